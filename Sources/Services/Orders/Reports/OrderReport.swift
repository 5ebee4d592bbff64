public import Ledger

/// An order as it was reported: the ORDER of `POST /v1/orders/reports`.
///
/// `OrderReader` has checked every field by itself; what depends on the ledger is still open. Nil
/// is a field that was left out: it stays as it is known.
public struct OrderReport: Sendable, Hashable {
    public var brokerOrderID: ExactText
    public var clientOrderID: ExactText?
    public var symbol: ExactText
    public var exchange: ExactText?
    public var assetType: AssetType?
    /// The instrument's.
    public var currency: Currency?
    public var option: OptionContract?
    /// The contract's, greater than 0; may have come in the option's block.
    public var multiplier: Decimal?
    /// Greater than 0.
    public var tickSize: Decimal?
    public var side: Side
    /// One of `OrderStatus.reportable`.
    public var status: OrderStatus
    /// What changes while the order works.
    public var news: OrderNews
    public var portfolio: ExactText?
    public var strategy: StrategyChoice
}

extension OrderReport: Report {}

/// A batch of orders as it was posted.
public struct OrderBatch: Sendable {
    /// For the orders that name none.
    public let portfolio: ExactText?
    /// For the orders that leave it out.
    public let strategy: StrategyChoice
    /// One entry per ORDER, in the order in which they stand.
    public let orders: [Result<OrderReport, FillRefusal>]
}

/// Reads orders by the rules of `POST /v1/orders/reports`, which are those of fills.
public enum OrderReader {
    public static let batchLimit = 10_000

    /// Reads `{"portfolio":…,"strategy":…,"orders":[ORDER,…]}`.
    public static func batch(
        from json: [UInt8], limit: Int = batchLimit
    ) throws(BatchError) -> OrderBatch {
        let batch = try ReportBatch<OrderDraft>(json: json, limit: limit)
        return OrderBatch(
            portfolio: batch.portfolio, strategy: batch.strategy, orders: batch.reports)
    }
}

/// What became of a reported order.
public enum OrderReportOutcome: Sendable, Hashable {
    /// Stored: it is new, or something of it was.
    case accepted(orderUID: String)
    /// Told nothing new.
    case duplicate(orderUID: String)
    case rejected(FillRefusal)
}

/// What became of each order of a request, in the request's order.
public struct OrderReportAnswer: Sendable, Hashable {
    public let outcomes: [OrderReportOutcome]
    public let accepted: Int
    public let duplicates: Int
    public let rejected: Int

    init(outcomes: [OrderReportOutcome]) {
        var counts = (accepted: 0, duplicates: 0, rejected: 0)
        for outcome in outcomes {
            switch outcome {
            case .accepted: counts.accepted += 1
            case .duplicate: counts.duplicates += 1
            case .rejected: counts.rejected += 1
            }
        }
        self.outcomes = outcomes
        (accepted, duplicates, rejected) = counts
    }
}
