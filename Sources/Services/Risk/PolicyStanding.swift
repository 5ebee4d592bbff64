public import Ledger
public import Records
import Storage

/// A policy in force, and how much of its limit is used as things stand.
public struct PolicyStanding: Sendable, Hashable {
    public enum Use: Sendable, Hashable {
        case measured(RiskMeasure)
        /// It measures orders, not what is held: there is nothing to show before one comes.
        case ordersAlone
        /// Why it can't be told, to be read after "because".
        case unknown(String)
        /// Another version of the program wrote what this one does not understand.
        case notUnderstood
    }

    public let policy: RiskPolicyRecord
    /// In which money is counted.
    public let currency: Currency
    public let use: Use
    /// What a measure is about: a symbol, an asset type, a currency; nil for all of the scope.
    public let subject: String?
}

extension RiskService {
    /// How much of their limits is used, by the same judgement as after a fill. Money is counted in
    /// a portfolio's base currency; for a policy of the user or of a strategy, in that of the
    /// default portfolio. What an authority does not reach is not told.
    func standings(
        of records: [RiskPolicyRecord], for authority: Authority, now: Timestamp,
        in tx: any Transaction
    ) throws -> [PolicyStanding] {
        guard !records.isEmpty else { return [] }
        let caller = authority.caller
        let facts = try RiskFacts(for: caller, now: now, in: tx)
        func currency(of record: RiskPolicyRecord) -> Currency {
            facts.currency(of: record.scope)
        }
        var found: [Int64: PolicyStanding] = [:]
        for record in records where !authority.reaches(record) {
            found[record.id] = PolicyStanding(
                policy: record, currency: currency(of: record),
                use: .unknown("it is about more than what this token reaches"), subject: nil)
        }
        let reached = records.filter(authority.reaches)
        for (currency, group) in Dictionary(grouping: reached, by: currency) {
            for standing in try standings(
                of: group, in: currency, facts)
            {
                found[standing.policy.id] = standing
            }
        }
        return records.compactMap { found[$0.id] }
    }

    private func standings(
        of records: [RiskPolicyRecord], in currency: Currency, _ facts: RiskFacts
    ) throws -> [PolicyStanding] {
        let policies = records.compactMap(policy)
        let situation = try facts.situation(in: currency, for: policies)
        let review = RiskJudge(policies).review(situation)
        let understood = Set(policies.map(\.number.raw))
        return records.map { record in
            let finding = review.findings.filter { $0.policy.raw == record.id }
                .max { $0.measure.use < $1.measure.use }
            let unjudged = review.unjudged.first { $0.policy.raw == record.id }
            let use: PolicyStanding.Use =
                if let finding {
                    .measured(finding.measure)
                } else if let unjudged {
                    .unknown(unjudged.explanation)
                } else if understood.contains(record.id) {
                    .ordersAlone
                } else {
                    .notUnderstood
                }
            return PolicyStanding(
                policy: record, currency: currency, use: use,
                subject: finding.flatMap { situation.name(of: $0.measure.subject) })
        }
    }
}

extension Authority {
    /// Whether all that a policy is about is within it.
    fileprivate func reaches(_ policy: RiskPolicyRecord) -> Bool {
        (portfolioID == nil || portfolioID == policy.portfolioID)
            && (strategyID == nil || strategyID == policy.strategyID)
    }
}

extension RiskSituation {
    /// Nil for all of a scope, and for what is not held.
    fileprivate func name(of subject: RiskSubject) -> String? {
        func symbol(_ number: InstrumentNumber) -> String? {
            holdings.first { $0.instrument.number == number }
                .map { $0.instrument.instrument.symbol.text }
        }
        return switch subject {
        case .scope: nil
        case .position(let key): symbol(key.instrument)
        case .instrument(let number): symbol(number)
        case .assetType(let type): type.rawValue
        case .currency(let currency): currency.code
        }
    }
}
