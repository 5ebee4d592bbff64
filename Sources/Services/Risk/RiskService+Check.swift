public import Ledger
import Records
import Storage
import World

extension RiskService {
    /// What would become of an order, by all policies that hold for it: the same judgement, from
    /// the same facts, as when it is placed. Nothing is stored and nothing is sent. Throws
    /// `ServiceError` for what placing it would refuse.
    public func check(
        _ order: PlaceOrder, as authority: Authority
    ) async throws -> RiskVerdict {
        let now = work.world.now()
        return try await work.read { tx in
            let plan = try OrderPlan(
                order, locking: false, gateways: gateways, money, on: now.day, authority, in: tx)
            return try judge(plan, for: authority.caller, now: now, in: tx)
        }
    }

    /// Judges an order that is about to be placed or is only asked about.
    func judge(
        _ plan: OrderPlan, for caller: Caller, now: Timestamp, in tx: any Transaction
    ) throws -> RiskVerdict {
        let policies = try policies(
            Scope(portfolioID: plan.portfolio.id, strategyID: plan.holding.strategyID),
            for: caller, in: tx)
        let facts = try RiskFacts(for: caller, now: now, in: tx)
        let base = plan.portfolio.baseCurrency
        let situation = try facts.situation(in: base, for: policies)
        let rates = try facts.rates(of: [plan.instrument.currency], into: base)
        let instrument = RiskInstrument(
            InstrumentNumber(plan.holding.instrumentID.raw), plan.instrument,
            mark: plan.quote?.mark, rate: rates[plan.instrument.currency])
        let order = RiskOrder(
            plan.instruction, of: instrument, in: PortfolioNumber(plan.portfolio.id.raw),
            for: plan.holding.strategyID.map { StrategyNumber($0.raw) }, stop: plan.stop, time: now)
        return RiskJudge(policies).judge(order, in: situation)
    }

    /// The policies that hold for a portfolio and a strategy. One that an earlier version of the
    /// program wrote and this one does not understand is left out; `/risk` says so.
    func policies(
        _ scope: Scope, for caller: Caller, in tx: any Transaction
    ) throws -> [RiskPolicy] {
        try RiskPolicies.active(scope, for: caller, in: tx).compactMap(policy)
    }

    /// Nil where this version of the program does not understand it.
    func policy(_ record: RiskPolicyRecord) -> RiskPolicy? {
        guard let config = try? PolicyConfig(record.configJSON, zones: timeZones) else {
            return nil
        }
        return RiskPolicy(
            PolicyNumber(record.id), name: record.name, scope: record.scope,
            action: config.action, rule: config.rule)
    }
}

extension RiskPolicyRecord {
    var scope: RiskScope {
        if let portfolioID { return .portfolio(PortfolioNumber(portfolioID.raw)) }
        if let strategyID { return .strategy(StrategyNumber(strategyID.raw)) }
        return .user
    }
}
