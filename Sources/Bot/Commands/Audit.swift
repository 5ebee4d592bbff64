import Records
import Services
import Wire

extension Command {
    static let audit = Command(
        "audit", "Who did what, newest first; of one user, or about one kind of thing",
        arguments: "[TELEGRAM_ID|@username] [portfolio|token|trade|…]",
        example: "/audit @ada token",
        isPrivateOnly: true,
        body: .admin { request, admin in
            let users = try await request.services.users.all(for: admin)
            let selection = try AuditSelection(request.arguments.words, users)
            let start = Int64(request.place, radix: 36)
            let page = try await request.services.audit.page(
                about: selection.user?.telegramUserID, entity: selection.entity, before: start,
                limit: AuditScreen.rowsPerScreen, for: admin)
            return try AuditScreen(
                request: request, selection: selection, isFirst: start == nil, rows: page.rows,
                hasMore: page.next != nil
            ).screen()
        })
}

/// Whose deeds are asked for, and about what.
private struct AuditSelection {
    var user: User?
    var entity: AuditEntry.Entity?

    init(_ words: [String], _ users: [User]) throws(CommandRefusal) {
        for word in words {
            if entity == nil, let entity = AuditEntry.Entity(rawValue: word.uppercased()) {
                self.entity = entity
            } else if user == nil, let user = NamedUser.named(word, among: users) {
                self.user = user
            } else {
                throw CommandRefusal(
                    title: "That was not understood",
                    reason: "“\(word.shortened)” is neither a user nor a kind of thing.",
                    facts: [
                        Fact(
                            "Kinds",
                            .joined(
                                AuditEntry.Entity.allCases.map {
                                    .text($0.rawValue.lowercased())
                                }))
                    ], showsUsage: true)
            }
        }
    }

    /// What buttons carry; read as it is typed.
    var arguments: String {
        [user.map { String($0.telegramUserID) }, entity?.rawValue.lowercased()]
            .compactMap(\.self).joined(separator: " ")
    }

    var title: String {
        let parts = [user.map { "of \($0.shownName)" }, entity.map { $0.rawValue.lowercased() }]
        let words = parts.compactMap(\.self)
        return words.isEmpty ? "Audit log" : "Audit log: \(words.joined(separator: ", "))"
    }
}

private struct AuditScreen {
    static let rowsPerScreen = 20

    let request: CommandRequest
    let selection: AuditSelection
    let isFirst: Bool
    let rows: [AuditListing]
    let hasMore: Bool

    func screen() throws -> Screen {
        let table = Table(
            columns: [.init("When"), .init("Who"), .init("What"), .init("Id", .right)],
            rows: rows.map(row),
            whenEmpty: isFirst ? "Nothing is on record." : "Nothing older.")
        // As many rows as fit: long details may leave less room than rows.
        let fitting = try Paging.pages(of: table, in: request.zone) { page throws(ScreenError) in
            try screen(page.table, details: rows[page.rows], next: rows.last)
        }.first
        let count = fitting?.rows.count ?? rows.count
        let isLast = count == rows.count && !hasMore
        return try screen(
            fitting?.table ?? table, details: rows.prefix(count),
            next: isLast ? nil : rows.prefix(count).last)
    }

    private func screen(
        _ table: Table, details rows: ArraySlice<AuditListing>, next: AuditListing?
    ) throws(ScreenError) -> Screen {
        var turns: [Button] = []
        if !isFirst {
            turns.append(
                try request.button("⇤ Newest", place: "", arguments: selection.arguments))
        }
        if let next {
            turns.append(
                try request.button(
                    "Older ›", place: String(next.id, radix: 36), arguments: selection.arguments))
        }
        let isOfTrades = selection.entity == .trade
        return Screen(
            title: selection.title,
            blocks: [.table(table)] + details(of: rows)
                + (isOfTrades
                    ? [] : [.note("Each trade has a row, too: \(code: "/audit trade").")]),
            buttons: turns.isEmpty ? [] : [turns])
    }

    private func row(_ listing: AuditListing) -> [Cell] {
        [
            .time(listing.createdAt), .text(listing.actor?.shownName ?? "–"),
            .text(listing.deed), listing.entityID.map { "\($0)" } ?? "",
        ]
    }

    /// In the order of the rows; those of which nothing more is known are left out.
    private func details(of rows: ArraySlice<AuditListing>) -> [Block] {
        let lines = rows.compactMap { listing -> Cell? in
            let words = words(listing.detailsJSON)
            guard !words.isEmpty else { return nil }
            let number = listing.entityID.map { " \($0)" } ?? ""
            return .text("\(listing.deed)\(number): \(words)")
        }
        return lines.isEmpty ? [] : [.details(Details(summary: "Details", lines: lines))]
    }

    /// `name: main, source: http`.
    private func words(_ json: String) -> String {
        guard let members = (try? JSONValue(parsing: json))?.object else { return "" }
        let words = members.map { member in
            "\(member.key): \(member.value.string ?? member.value.description)"
        }
        return words.joined(separator: ", ").shortened(to: 120)
    }
}

extension AuditListing {
    /// `create portfolio`.
    fileprivate var deed: String { "\(action) \(entity)".lowercased() }
}
