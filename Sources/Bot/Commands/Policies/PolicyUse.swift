import Ledger
import Services

/// How much of a policy's limit is used, as a bar of text.
extension PolicyStanding {
    private static let cells = 10

    /// `██████░░░░ 62 %: 310 of 500 USD`
    var shown: String {
        switch use {
        case .measured(let measure):
            [
                "\(Self.bar(measure.use)) \(Self.percent(measure.use)) %:",
                "\(measure.shownObserved) of \(measure.limit)", measure.unit.shown(currency),
                subject.map { "in \($0)" }, measure.isExceeded ? "– exceeded" : nil,
            ].compactMap(\.self).joined(separator: " ")
        case .ordersAlone: "judges orders alone"
        case .unknown(let reason): "not known, because \(reason)"
        case .notUnderstood: "not judged: this version does not understand it"
        }
    }

    /// Of ten cells, each begun one full: a limit that is touched shows.
    private static func bar(_ use: Decimal) -> String {
        let filled = (try? use * Decimal(cells)) ?? Decimal(cells)
        let full = (0..<cells).count { filled > Decimal($0) }
        return String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    }

    /// In whole percent; of what is far beyond all limits, what the kernel tells at most.
    private static func percent(_ use: Decimal) -> Decimal {
        ((try? use * 100) ?? use).rounded(decimals: 0)
    }
}

extension RiskUnit {
    /// Behind a number; nil where it counts nothing.
    func shown(_ currency: Currency) -> String? {
        switch self {
        case .money: currency.code
        case .percent: "%"
        case .ratio: "×"
        case .quantity: "units"
        case .minutes: "minutes"
        case .count, .none: nil
        }
    }
}
