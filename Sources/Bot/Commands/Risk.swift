import Ledger
import Records
import Services

extension Command {
    static let risk = Command(
        "risk", "Risk policies in force and their latest breaches",
        arguments: "[portfolio] [breaches]", example: "/risk main",
        body: .approved { request, caller in
            let words = try await request.listWords(
                [.portfolio], choices: riskChoices, of: caller)
            let showsBreaches = words.choices.contains(breachesWord)
            let portfolios = try await request.services.portfolios.all(for: caller)
            let overview = try await request.services.risk.overview(
                portfolio: words.portfolio, for: Authority(caller: caller))
            func carried(
                showsBreaches: Bool = showsBreaches, in portfolio: ExactText? = words.portfolio
            ) -> String {
                var other = ListWords()
                other.portfolio = portfolio
                if showsBreaches { other.choices = [breachesWord] }
                return other.carried(choices: riskChoices)
            }
            let other = try request.button(
                showsBreaches ? "Policies" : "Breaches (\(overview.breaches.count))",
                arguments: carried(showsBreaches: !showsBreaches))
            return try request.paged(
                "Risk" + words.named,
                facts: [
                    Fact("Active policies", "\(overview.policies.count)"),
                    Fact("Latest breach", overview.breaches.first.map(told) ?? "none"),
                ],
                table: showsBreaches
                    ? breachTable(overview.breaches) : policyTable(overview),
                arguments: carried(),
                buttons: [[other, try request.refresh(carried())]]
                    + request.switcher(between: portfolios, shown: words.portfolio) {
                        carried(in: $0)
                    },
                details: { _ in
                    guard !showsBreaches, !overview.breaches.isEmpty else { return [] }
                    var latest = breachTable(Array(overview.breaches.prefix(latestBreaches)))
                    latest.caption = "Latest breaches"
                    return [.table(latest)]
                })
        })

    private static let breachesWord = "breaches"
    private static let riskChoices = [[breachesWord]]

    private static func told(_ breach: RiskBreachRecord) -> Cell {
        "\(breach.policyName): \(breach.action.rawValue) on \(breach.createdAt)"
    }

    private static func policyTable(_ overview: RiskOverview) -> Table {
        Table(
            columns: [.init("Policy"), .init("Holds for"), .init("Rule"), .init("Used")],
            rows: overview.standings.map { standing in
                let words = PolicyWords(standing.policy)
                return [
                    .text(standing.policy.name.text), .text(words.scope), words.line,
                    .text(standing.shown),
                ]
            }, whenEmpty: "No risk policies.")
    }

    /// Below the policies.
    private static let latestBreaches = 3

    private static func breachTable(_ breaches: [RiskBreachRecord]) -> Table {
        Table(
            columns: [
                .init("When"), .init("Policy"), .init("Portfolio"), .init("Symbol"),
                .init("Action"), .init("Observed"),
            ],
            rows: breaches.map { breach in
                [
                    .time(breach.createdAt), .text(breach.policyName.text),
                    .text(breach.portfolio?.text ?? "–"), .text(breach.symbol?.text ?? "–"),
                    .text(breach.action.rawValue), breach.shownObservation,
                ]
            }, whenEmpty: "No breaches.")
    }
}
