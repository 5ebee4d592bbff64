import Ledger
import Records
import Services

extension Command {
    static let quarantine = Command(
        "quarantine", "What came through hooks and is no trade yet: look, try again, discard",
        example: "/quarantine retry all", isPrivateOnly: true,
        branches: [
            Branch("show", "N", example: "/quarantine show 7", mayBePressed: true) {
                try await show($0, try number($1), $2)
            },
            // What is stored stays stored: it may be repeated.
            Branch("retry", "N|all", mayBePressed: true) { try await retry($0, $1, $2) },
            Branch("discard", "N|all", example: "/quarantine discard 7") {
                try await discard($0, $1, $2)
            },
        ], show: { try await list($0, $1) })

    private static func list(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let waiting = try await request.services.quarantine.waiting(for: caller)
        return try request.paged(
            "Quarantine",
            table: Table(
                columns: [
                    .init("No.", .right), .init("Hook"), .init("Came"), .init("Times", .right),
                ],
                rows: waiting.map { delivery in
                    [
                        "\(delivery.id)", .text(delivery.hookName.text),
                        .time(delivery.receivedAt), "\(delivery.times)",
                    ]
                }, whenEmpty: "Nothing waits: all that came is a trade."),
            notes: waiting.isEmpty
                ? []
                : [
                    "\(code: "/quarantine show N") shows what came.",
                    "\(code: "/hooks template NAME {…}") changes how it is read.",
                ],
            buttons: waiting.isEmpty
                ? [] : [[try request.button("Retry all", arguments: "retry all")]],
            details: { rows in reasons(of: waiting[rows]) })
    }

    private static func reasons(of deliveries: ArraySlice<HookDelivery>) -> [Block] {
        let lines = deliveries.compactMap { delivery in
            delivery.reason.map { reason -> Cell in
                "No. \(delivery.id): \(reason.sentence.shortened(to: 120))"
            }
        }
        return lines.isEmpty ? [] : [.details(Details(summary: "Reasons", lines: lines))]
    }

    private static func show(
        _ request: CommandRequest, _ id: HookDeliveryID, _ caller: Caller
    ) async throws -> Screen {
        let delivery = try await request.services.quarantine.delivery(id, for: caller)
        let text = String(decoding: delivery.body, as: UTF8.self)
        let isWaiting = delivery.status == .quarantined
        return Screen(
            title: "Quarantine: No. \(id)",
            blocks: [
                .facts([
                    Fact("Hook", .text(delivery.hookName.text)),
                    Fact("Came", .time(delivery.receivedAt)),
                    Fact("Times", "\(delivery.times)"),
                    Fact("Type", .text(delivery.contentType ?? "not told")),
                    Fact("State", .text(delivery.status.rawValue.lowercased())),
                    Fact("Reason", .text(delivery.reason?.sentence ?? "none")),
                ]),
                .details(
                    Details(summary: "What came", lines: [.code(text.shortened(to: 2000))])),
            ],
            buttons: isWaiting
                ? [[try request.button("Retry", arguments: "retry \(id)")]] : [])
    }

    private static func retry(
        _ request: CommandRequest, _ which: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let quarantine = request.services.quarantine
        if which.text.lowercased() != "all" {
            let id = try number(which)
            switch try await quarantine.retry(id, for: caller) {
            case .fill(.accepted(let uid)):
                return Screen(
                    title: "Stored: No. \(id)", blocks: [.facts([Fact("Trade", .code(uid))])])
            case .fill(.duplicate(let uid)):
                return Screen(
                    title: "Known already: No. \(id)",
                    blocks: [.facts([Fact("Trade", .code(uid))])])
            case .fill(.rejected(let refusal)):
                return Screen(
                    title: "Still no trade: No. \(id)",
                    blocks: [.facts([Fact("Reason", .text(refusal.sentence))])])
            case .pulling:
                return Screen(
                    title: "Pulled from the bot: No. \(id)",
                    blocks: [
                        .note("The hook has a bot by now: it is asked for what this tells of.")
                    ])
            }
        }
        var counts = (stored: 0, known: 0, refused: 0, pulled: 0)
        for delivery in try await quarantine.waiting(for: caller) {
            do {
                switch try await quarantine.retry(delivery.id, for: caller) {
                case .fill(.accepted): counts.stored += 1
                case .fill(.duplicate): counts.known += 1
                case .fill(.rejected): counts.refused += 1
                case .pulling: counts.pulled += 1
                }
            } catch let error as ServiceError where error.kind == .notFound {
                // Somebody was faster: it does not wait any more.
                continue
            }
        }
        return Screen(
            title: "Tried again",
            blocks: [
                .facts(
                    [
                        Fact("Stored", "\(counts.stored)"),
                        Fact("Known already", "\(counts.known)"),
                        Fact("Still no trade", "\(counts.refused)"),
                    ]
                        + (counts.pulled > 0
                            ? [Fact("Pulled from the bot", "\(counts.pulled)")] : [])),
                .note("\(code: "/quarantine") shows what is left."),
            ])
    }

    private static func discard(
        _ request: CommandRequest, _ which: Arguments, _ caller: Caller
    ) async throws -> Screen {
        var ids: [HookDeliveryID] = []
        if which.text.lowercased() == "all" {
            ids = try await request.services.quarantine.waiting(for: caller).map(\.id)
        } else {
            let id = try number(which)
            let delivery = try await request.services.quarantine.delivery(id, for: caller)
            if delivery.status == .quarantined { ids = [id] }
        }
        guard !ids.isEmpty else {
            return Screen(title: "Quarantine", blocks: [.note("Nothing of it waits.")])
        }
        let proposal = DiscardProposal(ids: ids)
        return try await request.proposal(
            of: .discard, proposal.json, to: caller,
            blocks: [
                .note("They will never be trades. A trade that is missing then is for you to add.")
            ])
    }

    private static func number(_ argument: Arguments) throws -> HookDeliveryID {
        guard !argument.isEmpty else {
            throw CommandRefusal.misused("Which one? \(code: "/quarantine") lists their numbers.")
        }
        guard argument.words.count == 1, let number = Int64(argument.text), number > 0 else {
            throw CommandRefusal.misused(
                "“\(argument.text.shortened)” is no number of the quarantine's list.")
        }
        return HookDeliveryID(number)
    }
}

extension HookDelivery.Reason {
    /// For people, with the field at fault.
    var sentence: String { .sentence(about: field, detail) }
}
