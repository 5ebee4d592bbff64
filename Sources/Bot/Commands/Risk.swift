import Ledger
import Records
import Services

extension Command {
    static let risk = Command(
        "risk", "Risk policies in force and their latest breaches", arguments: "[portfolio]",
        example: "/risk main",
        body: .approved { request, caller in
            var arguments = request.arguments
            let showsBreaches =
                arguments.isFromButton && arguments.firstAndRest.first == breachesMark
            if showsBreaches { arguments = arguments.firstAndRest.rest }
            let portfolio = try await request.portfolio(arguments, of: caller)
            let overview = try await request.services.risk.overview(
                portfolio: portfolio, for: Authority(caller: caller))
            let digest = portfolio.map(NameDigest.of) ?? ""
            let breaches = breachesMark + (digest.isEmpty ? "" : " \(digest)")
            let other = try request.button(
                showsBreaches ? "Policies" : "Breaches (\(overview.breaches.count))",
                arguments: showsBreaches ? digest : breaches)
            return try request.paged(
                portfolio.map { "Risk in \($0)" } ?? "Risk",
                facts: [
                    Fact("Active policies", "\(overview.policies.count)"),
                    Fact("Latest breach", overview.breaches.first.map(told) ?? "none"),
                ],
                table: showsBreaches ? breachTable(overview) : policyTable(overview),
                arguments: showsBreaches ? breaches : digest, buttons: [[other]])
        })

    private static let breachesMark = "breaches"
    /// Characters of a policy's rule or a breach's observation that are shown.
    private static let shownCharacters = 200

    private static func told(_ breach: RiskBreachRecord) -> Cell {
        "\(breach.policyName): \(breach.action) on \(breach.createdAt)"
    }

    private static func policyTable(_ overview: RiskOverview) -> Table {
        Table(
            columns: [.init("Policy"), .init("Applies to"), .init("Rule")],
            rows: overview.policies.map { policy in
                [
                    .text(policy.name.text),
                    .text(policy.scopeName?.text ?? "everything"),
                    .code(policy.configJSON.shortened(to: shownCharacters)),
                ]
            }, whenEmpty: "No risk policies.")
    }

    private static func breachTable(_ overview: RiskOverview) -> Table {
        Table(
            columns: [
                .init("When"), .init("Policy"), .init("Portfolio"), .init("Symbol"),
                .init("Action"), .init("Observed"),
            ],
            rows: overview.breaches.map { breach in
                [
                    .time(breach.createdAt), .text(breach.policyName.text),
                    .text(breach.portfolio?.text ?? "–"), .text(breach.symbol?.text ?? "–"),
                    .text(breach.action), .code(breach.observedJSON.shortened(to: shownCharacters)),
                ]
            }, whenEmpty: "No breaches.")
    }
}
