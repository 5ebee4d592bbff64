import Ledger

/// Fixtures, made by the real initializers.
enum Sample {
    static let usd = Currency("USD")
    static let bnb = Currency("BNB")
    static let start = Timestamp(microseconds: 1_700_000_000_000_000)

    /// A purchase where `quantity` is above zero, else a sale.
    static func fill(
        _ quantity: Decimal, at price: Decimal, multiplier: Decimal = .one, fee: Decimal = .zero,
        in feeCurrency: Currency? = usd, id: ExactText = "t", second: Int64 = 0,
        of order: ExactText? = nil
    ) throws(LedgerError) -> Fill {
        guard let feeCurrency else { throw .malformed }
        return try Fill(
            id: id, side: quantity.isNegative ? .sell : .buy, quantity: quantity.magnitude,
            price: price, multiplier: multiplier, fee: fee, feeCurrency: feeCurrency,
            time: start.adding(seconds: second), orderID: order)
    }
}

/// Reads a decimal that the test knows to be one.
func decimal(_ text: String) throws -> Decimal {
    try Decimal(parsing: text)
}
