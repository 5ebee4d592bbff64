import Ledger
import Records
import Storage

/// How a user stands against their policies, beside what is known of it already.
struct StandingReview {
    /// What is exceeded, by what each policy is about.
    struct Exceeded {
        let finding: RiskFinding
        let subject: String
    }

    private(set) var exceeded: [Exceeded] = []
    /// Which policies found something out, and which could not be judged.
    private(set) var judged: Set<Int64> = []
    private(set) var unjudged: Set<Int64> = []
    private let standing: [StandingBreach]

    init(
        _ policies: [RiskPolicy], _ facts: RiskFacts,
        currency: (RiskScope) -> Currency
    ) throws {
        standing = try RiskBreaches.standing(for: facts.caller, in: facts.tx)
        let groups = Dictionary(grouping: policies) { currency($0.scope) }
        for (currency, policies) in groups.sorted(by: { $0.key < $1.key }) {
            let situation = try facts.situation(in: currency, for: policies)
            let review = RiskJudge(policies).review(situation)
            for finding in review.findings {
                judged.insert(finding.policy.raw)
                guard finding.isBreach else { continue }
                exceeded.append(
                    Exceeded(finding: finding, subject: finding.measure.subject.text))
            }
            unjudged.formUnion(review.unjudged.map(\.policy.raw))
        }
    }

    /// What was not exceeded before.
    var new: [Exceeded] {
        let known = Set(standing.map { Key(policy: $0.policyID, subject: $0.subject) })
        return exceeded.filter { !known.contains(Key($0)) }
    }

    /// What is not exceeded any more. Of what can't be judged right now nothing is said.
    var cleared: [StandingBreach] {
        let still = Set(exceeded.map(Key.init))
        return standing.filter { breach in
            !unjudged.contains(breach.policyID)
                && !still.contains(Key(policy: breach.policyID, subject: breach.subject))
        }
    }

    private struct Key: Hashable {
        let policy: Int64
        let subject: String

        init(policy: Int64, subject: String) {
            self.policy = policy
            self.subject = subject
        }

        init(_ exceeded: Exceeded) {
            self.init(policy: exceeded.finding.policy.raw, subject: exceeded.subject)
        }
    }
}

extension RiskSubject {
    /// By which a standing breach is known.
    fileprivate var text: String {
        switch self {
        case .scope: "scope"
        case .position(let key): "position:\(key.portfolio.raw):\(key.instrument.raw)"
        case .instrument(let number): "instrument:\(number.raw)"
        case .assetType(let type): "asset_type:\(type.rawValue)"
        case .currency(let currency): "currency:\(currency.code)"
        }
    }

    var instrument: InstrumentID? {
        switch self {
        case .position(let key): InstrumentID(key.instrument.raw)
        case .instrument(let number): InstrumentID(number.raw)
        case .scope, .assetType, .currency: nil
        }
    }
}
