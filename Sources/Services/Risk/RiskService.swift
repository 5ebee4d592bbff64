public import Ledger
public import Records
import Storage
import World

/// The rules in force and the latest breaches of them.
public struct RiskOverview: Sendable, Hashable {
    public let policies: [RiskPolicyRecord]
    /// Newest first.
    public let breaches: [RiskBreachRecord]
}

/// Risk policies: what they say, what they make of orders, and what was breached.
public struct RiskService: Sendable {
    let work: UnitOfWork
    let money: MoneyService
    let gateways: Set<String>
    let timeZones: TimeZones

    /// How many breaches an overview shows.
    public static let breachLimit = 20

    /// With a portfolio: what applies to it, and what was breached in it.
    public func overview(
        portfolio: ExactText? = nil, for authority: Authority
    ) async throws -> RiskOverview {
        try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: nil, in: tx)
            return RiskOverview(
                policies: try RiskPolicies.active(scope, for: authority.caller, in: tx),
                breaches: try RiskPolicies.latestBreaches(
                    scope, limit: RiskService.breachLimit, for: authority.caller, in: tx))
        }
    }
}
