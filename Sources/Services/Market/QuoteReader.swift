public import Ledger
public import Records

/// A quote as it was posted. What depends on the ledger (is the instrument known, may its price be
/// negative?) is still open.
public struct QuoteReport: Sendable, Hashable {
    public let symbol: ExactText
    /// Nil is the instruments without one.
    public let exchange: ExactText?
    /// Nil is every one that has the symbol.
    public let assetType: AssetType?
    /// The instrument's; nil is any.
    public let currency: Currency?
    public let quote: Quote

    /// Throws a `FillRefusal` where there is no price at all, or the bid is above the ask.
    public init(
        symbol: ExactText, exchange: ExactText?, assetType: AssetType? = nil,
        currency: Currency? = nil, quote: Quote
    ) throws(FillRefusal) {
        guard quote.bid != nil || quote.ask != nil || quote.last != nil else {
            throw .invalid("last", "at least one of bid, ask and last is needed")
        }
        if let bid = quote.bid, let ask = quote.ask, bid > ask {
            throw .invalid("bid", "must not be greater than ask")
        }
        self.symbol = symbol
        self.exchange = exchange
        self.assetType = assetType
        self.currency = currency
        self.quote = quote
    }

    /// The first price below 0, by its field's name.
    var negativePrice: String? {
        let prices = [("bid", quote.bid), ("ask", quote.ask), ("last", quote.last)]
        return prices.first { $0.1.map(\.isNegative) == true }?.0
    }
}

/// Reads the body of `POST /v1/quotes`: `{"quotes":[{"symbol","exchange","bid","ask","last",
/// "time"}]}`, and in each quote perhaps `bid_size`, `ask_size`, `asset_type` and `currency`.
public enum QuoteReader {
    public static let batchLimit = 10_000

    public static func batch(
        from json: [UInt8], limit: Int = batchLimit
    ) throws(MarketBatchError) -> [Result<QuoteReport, FillRefusal>] {
        try MarketBatchReader<QuoteDraft>.read(json, limit: limit)
    }
}

/// The keys of a quote.
public enum QuoteField: String, CaseIterable, Sendable {
    case symbol
    case exchange
    case bid
    case ask
    case last
    case bidSize = "bid_size"
    case askSize = "ask_size"
    case time
    case assetType = "asset_type"
    case currency
}

private struct QuoteDraft: MarketDraft {
    static let arrayKey = "quotes"
    static let elementName = "a quote"

    private var symbol: ExactText?
    private var exchange: ExactText?
    private var bid: Decimal?
    private var ask: Decimal?
    private var last: Decimal?
    private var bidSize: Decimal?
    private var askSize: Decimal?
    private var time: Timestamp?
    private var assetType: AssetType?
    private var currency: Currency?

    mutating func set(_ field: QuoteField, _ value: FillValue) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .symbol: symbol = try value.text(name, atMost: FillLimits.nameBytes)
        case .exchange: exchange = try value.text(name, atMost: FillLimits.nameBytes)
        case .bid: bid = try value.decimal(name)
        case .ask: ask = try value.decimal(name)
        case .last: last = try value.decimal(name)
        case .bidSize: bidSize = try value.positiveDecimal(name)
        case .askSize: askSize = try value.positiveDecimal(name)
        case .time: time = try value.time(name)
        case .assetType: assetType = try value.word(name)
        case .currency: currency = try value.currency(name)
        }
    }

    func item() throws(FillRefusal) -> QuoteReport {
        guard let symbol else { throw .missing("symbol") }
        guard let time else { throw .missing("time") }
        return try QuoteReport(
            symbol: symbol, exchange: exchange, assetType: assetType, currency: currency,
            quote: Quote(
                bid: bid, ask: ask, last: last, bidSize: bidSize, askSize: askSize, time: time))
    }
}
