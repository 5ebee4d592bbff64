import Ledger

extension Decimal {
    /// A figure that splitting a cost led to, as it is shown: 12 decimals, half-even.
    var shown: Decimal { rounded(decimals: 12) }
}
