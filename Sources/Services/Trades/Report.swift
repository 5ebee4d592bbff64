import Ledger

/// What the reports of fills and of orders have in common: where they belong, and which instrument
/// they mean.
protocol Report: Sendable {
    var portfolio: ExactText? { get }
    var strategy: StrategyChoice { get }
    var symbol: ExactText { get }
    var exchange: ExactText? { get }
    var assetType: AssetType? { get }
    /// The instrument's.
    var currency: Currency? { get }
    var option: OptionContract? { get }
    var multiplier: Decimal? { get }
    var tickSize: Decimal? { get }
}

extension FillReport: Report {}
