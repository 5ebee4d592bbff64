import Ledger
import Records
import Services
import Wire

extension Command {
    static let breaches = Command(
        "breaches", "What exceeded your risk policies, and whether it still does",
        arguments: "[portfolio]", example: "/breaches main",
        body: .approved { request, caller in
            var portfolio: ExactText?
            if request.arguments.isFromButton, request.place == acknowledgement {
                _ = try await request.services.risk.acknowledge(
                    breach: request.arguments.text, for: caller)
            } else {
                portfolio = try await request.listWords([.portfolio], of: caller).portfolio
            }
            let overview = try await request.services.risk.overview(
                portfolio: portfolio, for: Authority(caller: caller))
            var list = ListWords()
            list.portfolio = portfolio
            return try request.paged(
                "Breaches" + list.named,
                facts: [Fact("Open", "\(overview.breaches.count { $0.status == .open })")]
                    + overview.stops.map(\.fact),
                table: table(overview.breaches), arguments: list.carried(),
                rowsAtMost: mostRows,
                links: { page throws(ScreenError) in
                    let rows = page.rows.clamped(to: overview.breaches.indices)
                    return try acknowledgements(overview.breaches[rows], request)
                }, buttons: [[try request.refresh(list.carried())]])
        })

    private static let acknowledgement = "a"
    private static let mostRows = 10

    private static func acknowledgements(
        _ breaches: ArraySlice<RiskBreachRecord>, _ request: CommandRequest
    ) throws(ScreenError) -> [[Button]] {
        var buttons: [Button] = []
        for breach in breaches where breach.status == .open {
            buttons.append(
                try request.button(
                    "Seen: \(breach.policyName.text.shortened(to: 24))", place: acknowledgement,
                    arguments: breach.uid))
        }
        return buttons.inRows(of: 2)
    }

    private static func table(_ breaches: [RiskBreachRecord]) -> Table {
        Table(
            columns: [
                .init("When"), .init("Policy"), .init("Portfolio"), .init("Symbol"),
                .init("Observed"), .init("Done"), .init("Now"),
            ],
            rows: breaches.map { breach in
                [
                    .time(breach.createdAt), .text(breach.policyName.text),
                    .text(breach.portfolio?.text ?? "–"), .text(breach.symbol?.text ?? "–"),
                    breach.shownObservation, .text(breach.action.rawValue),
                    .text(breach.status.rawValue.lowercased()),
                ]
            }, whenEmpty: "No breaches.")
    }
}

extension RiskBreachRecord {
    /// `13.17 of 5 percent`; what another version of the program wrote, as it stands.
    var shownObservation: Cell {
        guard let json = try? JSONValue(parsing: observedJSON),
            let observed = json["observed"]?.string.flatMap({ try? Decimal(parsing: $0) }),
            let limit = json["limit"]?.string.flatMap({ try? Decimal(parsing: $0) }),
            let unit = json["unit"]?.string.flatMap({ RiskUnit(rawValue: $0) })
        else { return .code(observedJSON.shortened(to: Self.shownCharacters)) }
        let words = unit == .none ? "" : " \(unit.rawValue.lowercased())"
        return .text("\(unit.shown(observed, of: limit)) of \(limit)\(words)")
    }

    private static let shownCharacters = 200
}
