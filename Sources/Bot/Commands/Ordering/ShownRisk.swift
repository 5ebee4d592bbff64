import Ledger
import Services

/// What the risk policies make of an order, for people.
struct ShownRisk {
    private let verdict: RiskVerdict
    private let currency: Currency

    init(_ verdict: RiskVerdict, in currency: Currency) {
        self.verdict = verdict
        self.currency = currency
    }

    var isDenied: Bool { verdict.decision == .block }

    /// The decision, then what is exceeded and what could not be judged, one each.
    var facts: [Fact] {
        [Fact("Risk", .text(decision))]
            + verdict.breaches.map { breach in
                Fact(
                    "– \(breach.policyName)",
                    .text("\(title(breach.rule)) \(figures(breach)): \(breach.action.rawValue)"))
            }
            + verdict.unjudged.map { policy in
                Fact("– \(policy.policyName)", .text("not judged, because \(policy.explanation)"))
            }
    }

    private var decision: String {
        if let state = verdict.refusedBy {
            return "DENIED: trading is \(state.rawValue), so it would not be sent"
        }
        return switch verdict.decision {
        case .allow:
            verdict.findings.isEmpty ? "no policy judges it" : "within all policies that judge it"
        case .warn: "WARN: it can be sent all the same"
        case .reduceSize: "REDUCE_SIZE: cut down to \(verdict.allowedQuantity)"
        case .block: "DENIED: it would not be sent"
        }
    }

    private func title(_ rule: String) -> String {
        RiskRules.named(rule)?.about.title ?? rule
    }

    /// `6500 of 5000 USD`; of a rule that is kept or is not, nothing.
    private func figures(_ breach: RiskFinding) -> String {
        let measure = breach.measure
        guard measure.unit != .none else { return "is broken" }
        return ["\(measure.shownObserved) of \(measure.limit)", measure.unit.shown(currency)]
            .compactMap(\.self).joined(separator: " ")
    }
}

/// When the market of an instrument opens; nil while it is open.
struct MarketHours {
    let opens: Timestamp?
    let name: String

    init?(_ instrument: Instrument, at now: Timestamp) {
        let calendar = TradingCalendar.of(
            exchange: instrument.exchange, assetType: instrument.assetType)
        guard !calendar.isOpen(at: now) else { return nil }
        opens = calendar.nextOpen(after: now)
        name = instrument.exchange?.text ?? "The market"
    }

    var note: Cell {
        guard let opens else { return "\(name) is closed: the order waits." }
        return "\(name) is closed and opens at \(opens): the order waits."
    }
}
