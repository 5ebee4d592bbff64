public import Ledger

/// What the configuration says about the money of accounts.
public struct MoneySettings: Sendable, Hashable {
    /// What a new paper account begins with, in its base currency; 0 for nothing.
    public var startingCash: Decimal
    /// The part of an exposure, in percent, that equity has to cover; above 0. 100 is no leverage,
    /// 50 twice the equity.
    public var marginPercent: Decimal

    public init(startingCash: Decimal = 100_000, marginPercent: Decimal = 100) {
        self.startingCash = startingCash
        self.marginPercent = marginPercent
    }
}
