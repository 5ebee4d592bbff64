public import Ledger
public import Records
import Storage
import World

/// The rules in force and the latest breaches of them.
public struct RiskOverview: Sendable, Hashable {
    public let policies: [RiskPolicyRecord]
    /// How much of the limit of each of them is used, in their order.
    public let standings: [PolicyStanding]
    /// Newest first.
    public let breaches: [RiskBreachRecord]
    /// Where trading is stopped.
    public let stops: [TradingStopRecord]
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
        let now = work.world.now()
        return try await work.read { tx in
            let scope = try authority.scope(portfolio: portfolio, strategy: nil, in: tx)
            let policies = try RiskPolicies.active(scope, for: authority.caller, in: tx)
            return RiskOverview(
                policies: policies,
                standings: try standings(
                    of: policies, for: authority, now: now, in: tx),
                breaches: try RiskBreaches.latest(
                    scope, limit: RiskService.breachLimit, for: authority.caller, in: tx),
                stops: try TradingStops.inForce(at: now, for: authority.caller, in: tx)
                    .filter { $0.concerns(scope) })
        }
    }
}

extension TradingStopRecord {
    /// Whether it stops what a scope shows.
    fileprivate func concerns(_ scope: Scope) -> Bool {
        (portfolioID == nil || scope.portfolioID == nil || portfolioID == scope.portfolioID)
            && (strategyID == nil || scope.strategyID == nil || strategyID == scope.strategyID)
    }
}
