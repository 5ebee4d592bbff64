import Ledger

extension Instrument {
    /// What people call it: an option by its contract, anything else by its symbol.
    var shownName: String { option.map(\.shownName) ?? symbol.text }

    /// All that tells it from others: `AAPL, EQUITY, USD, NASDAQ`.
    var described: String {
        let parts = [
            shownName, assetType.rawValue, currency.code, exchange?.text,
            multiplier == .one ? nil : "× \(multiplier)",
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension ExactText {
    /// The same for an instrument of which the symbol alone is known.
    var shownSymbol: String { OptionContract(occSymbol: text)?.shownName ?? text }
}

extension OptionContract {
    /// `AAPL 2026-03-20 150 C`
    var shownName: String { "\(underlying) \(expiry) \(strike) \(right.rawValue)" }
}
