import Ledger
import Records
import Services

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
                .init("Done"), .init("Now"),
            ],
            rows: breaches.map { breach in
                [
                    .time(breach.createdAt), .text(breach.policyName.text),
                    .text(breach.portfolio?.text ?? "–"), .text(breach.symbol?.text ?? "–"),
                    .text(breach.action.rawValue), .text(breach.status.rawValue.lowercased()),
                ]
            }, whenEmpty: "No breaches.")
    }
}
