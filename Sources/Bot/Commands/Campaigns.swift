import Ledger
import Records
import Services

extension Command {
    static let campaigns = Command(
        "campaigns", "Journeys from flat to flat, the last opened first",
        arguments: "[open|closed] [symbol] [portfolio]", example: "/campaigns closed BTCUSDT",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let selection = try await CampaignSelection(request, authority)
            let campaigns = try await selection.list(request, authority)
            return try CampaignsScreen(request: request, selection: selection).screen(campaigns)
        })
}

/// Which campaigns are asked for.
private struct CampaignSelection {
    static let rowsPerScreen = 10

    var status: CampaignStatus?
    let symbol: ExactText?
    let portfolio: ExactText?

    init(_ request: CommandRequest, _ authority: Authority) async throws {
        var arguments = request.arguments
        let (first, rest) = arguments.firstAndRest
        if let status = Self.status(first, isFromButton: arguments.isFromButton) {
            self.status = status
            arguments = rest
        } else if first.lowercased() == (arguments.isFromButton ? Self.allLetter : Self.all) {
            arguments = rest
        }
        guard !arguments.isEmpty else {
            (symbol, portfolio) = (nil, nil)
            return
        }
        let symbols = try await request.tradedSymbols(for: authority)
        let portfolios = try await request.services.portfolios.all(for: authority.caller)
        guard
            let named = arguments.pick(
                symbolFrom: symbols, portfolioFrom: portfolios.map(\.name))
        else {
            throw CommandRefusal.unknownName(
                arguments.text, kind: "traded symbol or portfolio", known: symbols)
        }
        (symbol, portfolio) = named
    }

    /// For those whose symbol is `OPEN`.
    private static let all = "all"
    private static let allLetter = "a"

    private static func status(_ word: String, isFromButton: Bool) -> CampaignStatus? {
        isFromButton
            ? CampaignStatus.allCases.first { letter(of: $0) == word }
            : CampaignStatus(rawValue: word.lowercased())
    }

    /// A button has little room.
    private static func letter(of status: CampaignStatus) -> String {
        String(status.rawValue.prefix(1))
    }

    /// One more than a screen shows where there are so many.
    func list(
        _ request: CommandRequest, _ authority: Authority
    ) async throws -> [CampaignListing] {
        var query = CampaignQuery(
            portfolio: portfolio, status: status, symbol: symbol, limit: Self.rowsPerScreen + 1)
        if let opening = CampaignsScreen.opening(request.place) {
            query.cursor = try await request.services.campaigns.cursor(
                behind: opening, for: authority)
        }
        return try await request.services.campaigns.page(query, for: authority).campaigns
    }

    /// What a button carries.
    var carried: String {
        [
            status.map(Self.letter) ?? Self.allLetter,
            symbol.map(NameDigest.of), portfolio.map(NameDigest.of),
        ].compactMap(\.self).joined(separator: " ")
    }

    var whenEmpty: String {
        switch status {
        case .open: "No open campaigns."
        case .closed: "No closed campaigns."
        case nil: "No campaigns yet."
        }
    }

    var title: String {
        let kind =
            switch status {
            case .open: "Open campaigns"
            case .closed: "Closed campaigns"
            case nil: "Campaigns"
            }
        return kind + (symbol.map { " in \($0)" } ?? "")
            + (portfolio.map { symbol == nil ? " in \($0)" : ", \($0)" } ?? "")
    }
}

private struct CampaignsScreen {
    let request: CommandRequest
    let selection: CampaignSelection

    private static let buttonsPerRow = 5

    /// The campaign behind which the screen begins; nil for the newest.
    static func opening(_ place: String) -> TradeID? {
        Int64(place, radix: 36).map { TradeID($0) }
    }

    private var isFirst: Bool { Self.opening(request.place) == nil }

    func screen(_ campaigns: [CampaignListing]) throws -> Screen {
        let shown = Array(campaigns.prefix(CampaignSelection.rowsPerScreen))
        let table = Table(
            columns: columns(shown), rows: shown.map { row($0, shown) },
            whenEmpty: isFirst ? selection.whenEmpty : "No older campaigns.")
        return try Paging.first(of: table, in: request.zone) { page throws(ScreenError) in
            let onPage = shown[page.rows]
            let hasMore = page.rows.upperBound < campaigns.count
            return Screen(
                title: selection.title,
                blocks: [.table(page.table)]
                    + (onPage.first.map { [note($0)] } ?? []),
                buttons: try links(onPage)
                    + [
                        try turning(hasMore ? onPage.last : nil), try statuses(),
                    ].filter { !$0.isEmpty })
        }
    }

    private func note(_ campaign: CampaignListing) -> Block {
        let command = "/campaign \(CampaignWords.number(of: campaign))"
        return .note("One with its legs: \(code: command)")
    }

    private func links(
        _ campaigns: ArraySlice<CampaignListing>
    ) throws(ScreenError) -> [[Button]] {
        var rows: [[Button]] = []
        for campaign in campaigns {
            let number = CampaignWords.number(of: campaign)
            let button = try request.link(number, to: .campaign, arguments: number)
            if let last = rows.last, last.count < Self.buttonsPerRow {
                rows[rows.count - 1].append(button)
            } else {
                rows.append([button])
            }
        }
        return rows
    }

    /// To the newest, and to those behind `last`.
    private func turning(_ last: CampaignListing?) throws(ScreenError) -> [Button] {
        var buttons: [Button] = []
        if !isFirst {
            buttons.append(
                try request.button("⇤ Newest", place: "", arguments: selection.carried))
        }
        if let last {
            buttons.append(
                try request.button(
                    "Older ›", place: String(last.id.raw, radix: 36),
                    arguments: selection.carried))
        }
        return buttons
    }

    private func statuses() throws(ScreenError) -> [Button] {
        var buttons: [Button] = []
        for (name, status) in [("Open", CampaignStatus.open), ("Closed", .closed), ("All", nil)]
        where status != selection.status {
            var other = selection
            other.status = status
            buttons.append(try request.button(name, place: "", arguments: other.carried))
        }
        return buttons
    }

    private func hasPortfolios(_ campaigns: [CampaignListing]) -> Bool {
        Set(campaigns.map(\.portfolio)).count > 1
    }

    private func columns(_ campaigns: [CampaignListing]) -> [Table.Column] {
        var columns: [Table.Column] = [.init("Number")]
        if selection.symbol == nil { columns.append(.init("Symbol")) }
        if hasPortfolios(campaigns) { columns.append(.init("Portfolio")) }
        return columns + [
            .init("Way"), .init("Opened"), .init("Closed"), .init("Legs", .right),
            .init("Most held", .right), .init("Realized", .right),
        ]
    }

    private func row(_ campaign: CampaignListing, _ campaigns: [CampaignListing]) -> [Cell] {
        var cells: [Cell] = [.code(CampaignWords.number(of: campaign))]
        if selection.symbol == nil { cells.append(.text(campaign.instrument.shownName)) }
        if hasPortfolios(campaigns) { cells.append(.text(campaign.portfolio.text)) }
        return cells + [
            .text(campaign.direction.rawValue), .time(campaign.openedAt),
            campaign.closedAt.map(Cell.time) ?? "open", "\(campaign.legCount)",
            .decimal(campaign.maxQuantity),
            .gain(campaign.realizedPnL, campaign.instrument.currency),
        ]
    }
}
