/// Why a rule can't be judged. It is neither passed nor exceeded then.
///
/// Thousands of these may be passed along before one is told, so instruments are numbers here.
public enum RiskUnknown: Error, Sendable, Hashable {
    case mark(of: InstrumentNumber)
    /// Of an order at the market's price, where that is not known.
    case price(of: InstrumentNumber)
    /// From the instrument's currency into the one in which risk is counted.
    case rate(of: InstrumentNumber)
    case figure(RiskFigure)
    /// A result that does not fit, or a quotient by zero.
    case outOfRange

    /// Which instrument it is about; nil: none.
    var instrument: InstrumentNumber? {
        switch self {
        case .mark(let number), .price(let number), .rate(let number): number
        case .figure, .outOfRange: nil
        }
    }

    /// For people, to be read after "because". `instrument` is the one that it is about.
    func explanation(_ instrument: Instrument?) -> String {
        let symbol = instrument?.symbol.text ?? "an instrument"
        return switch self {
        case .mark: "the price of \(symbol) is not known"
        case .price: "the price of an order for \(symbol) is not known"
        case .rate:
            "the exchange rate of \(instrument?.currency.code ?? "a currency") is not known"
        case .figure(let figure): "\(figure.rawValue) is not known"
        case .outOfRange: "the figures are too large or too small to be computed"
        }
    }
}

/// What is known of a scope beside its holdings.
public enum RiskFigure: String, Sendable, CaseIterable {
    case equity = "the equity"
    case dayStartEquity = "the equity at the start of the day"
    case weekStartEquity = "the equity at the start of the week"
    case peakEquity = "the highest equity"
    case dayProfit = "the profit of the day"
    case weekProfit = "the profit of the week"
    case tradesToday = "the number of today's trades"
    case closedResults = "what closed positions made"
}

/// An amount in the base currency, or why it is not known.
typealias RiskAmount = Result<Decimal, RiskUnknown>

/// The result of a computation; where it does not fit, that is why it is not known.
func computed<Value>(
    _ body: () throws(LedgerError) -> Value
) throws(RiskUnknown) -> Value {
    do { return try body() } catch { throw .outOfRange }
}
