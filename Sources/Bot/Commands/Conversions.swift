import Ledger
import Services

/// What a screen says of totals in the reader's own currency.
enum Conversions {
    /// So many missing rates are named, the others counted.
    private static let namedRates = 3

    /// Nil where nothing had to be converted, or not all of it could be: the notes say why.
    static func fact<Total>(
        _ label: String, _ converted: Converted<Total>, _ shown: (Total, Currency) -> Cell
    ) -> Fact? {
        switch converted {
        case .total(_, _, rates: []), .lacking, .noCurrency: nil
        case .total(let total, let currency, _):
            Fact("\(label) in \(currency) (converted)", shown(total, currency))
        case .tooLarge(let currency):
            Fact("\(label) in \(currency) (converted)", "too large to add up")
        }
    }

    /// What to send so that the totals can be told.
    static func notes<Total>(_ converted: [Converted<Total>], today: Day) -> [Cell] {
        var missing: [Currency: Day] = [:]
        var target: Currency?
        for case .lacking(let rates, let currency) in converted {
            target = currency
            for rate in rates {
                missing[rate.currency] = min(missing[rate.currency] ?? rate.day, rate.day)
            }
        }
        guard let target else { return [] }
        let sorted = missing.sorted { $0.key < $1.key }
        var notes = sorted.prefix(namedRates).map { currency, day in
            note(from: currency, to: target, on: day, today: today)
        }
        if sorted.count > namedRates {
            notes.append("\(sorted.count - namedRates) more currencies have no rate.")
        }
        return notes
    }

    private static func note(
        from source: Currency, to target: Currency, on day: Day, today: Day
    ) -> Cell {
        let command = "/fx \(source) \(target) RATE"
        guard day != today else { return "No rate from \(source) to \(target): \(code: command)" }
        return """
            No rate from \(source) to \(target) on \(day) or before: \(code: "\(command) \(day)")
            """
    }
}
