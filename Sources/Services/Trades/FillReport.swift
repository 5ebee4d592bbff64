public import Ledger

/// A fill as it was reported: the FILL of `POST /v1/fills`, of an NDJSON line, of a CSV record.
///
/// `FillReader` has checked every field by itself; what depends on the ledger (is the instrument
/// known, the portfolio allowed, the id taken?) is still open. Nil is a field that was left out.
public struct FillReport: Sendable, Hashable {
    public var brokerTradeID: ExactText
    public var brokerOrderID: ExactText?
    public var clientOrderID: ExactText?
    public var symbol: ExactText
    public var exchange: ExactText?
    public var assetType: AssetType?
    /// The instrument's.
    public var currency: Currency?
    public var side: Side
    /// Greater than 0.
    public var quantity: Decimal
    /// Negative only where `assetType` is a future or was left out.
    public var price: Decimal
    /// Negative for a rebate.
    public var fee: Decimal?
    public var feeCurrency: Currency?
    public var execTime: Timestamp
    /// A JSON object, as it was written; `{}` where it was left out.
    public var metaJSON: String
    /// What was paid or received in all, in the instrument's currency, as the broker states it.
    public var netAmount: Decimal?
    /// The broker's part of `fee`, in its currency.
    public var commission: Decimal?
    /// The option's delta at the trade.
    public var delta: Decimal?
    /// Why it was done, in the trader's words.
    public var reason: String?
    /// The contract's, greater than 0; may have come in the option's block.
    public var multiplier: Decimal?
    /// Greater than 0.
    public var tickSize: Decimal?
    public var option: OptionContract?
    public var portfolio: ExactText?
    public var strategy: StrategyChoice
    /// What its source does not know for certain (`fee` with its currency, `strategy`): no conflict
    /// where a known fill differs in it alone.
    var guessed: Set<FillField> = []
    /// Its `brokerTradeID` where that one is a fill's of another symbol: for sources that number
    /// their fills by symbol.
    var idBesideOtherSymbol: ExactText?

    public init(
        brokerTradeID: ExactText, symbol: ExactText, side: Side, quantity: Decimal,
        price: Decimal, execTime: Timestamp, brokerOrderID: ExactText? = nil,
        clientOrderID: ExactText? = nil, exchange: ExactText? = nil, assetType: AssetType? = nil,
        currency: Currency? = nil, fee: Decimal? = nil, feeCurrency: Currency? = nil,
        metaJSON: String = "{}", multiplier: Decimal? = nil, tickSize: Decimal? = nil,
        option: OptionContract? = nil, portfolio: ExactText? = nil,
        strategy: StrategyChoice = .leftOut, netAmount: Decimal? = nil, commission: Decimal? = nil,
        delta: Decimal? = nil, reason: String? = nil
    ) {
        self.brokerTradeID = brokerTradeID
        self.brokerOrderID = brokerOrderID
        self.clientOrderID = clientOrderID
        self.symbol = symbol
        self.exchange = exchange
        self.assetType = assetType
        self.currency = currency
        self.side = side
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.execTime = execTime
        self.metaJSON = metaJSON
        self.multiplier = multiplier
        self.tickSize = tickSize
        self.option = option
        self.portfolio = portfolio
        self.strategy = strategy
        self.netAmount = netAmount
        self.commission = commission
        self.delta = delta
        self.reason = reason
    }
}

/// What a report says about its strategy.
public enum StrategyChoice: Sendable, Hashable {
    /// Nothing: the batch, then the token decides.
    case leftOut
    /// Explicitly that there is none (`null`).
    case none
    case named(StrategyReference)
}

/// A strategy's name and version, `momo@1.0`.
public struct StrategyReference: Sendable, Hashable, CustomStringConvertible {
    public static let partLimitBytes = 64
    public static let defaultVersion: ExactText = "1.0"

    public let name: ExactText
    public let version: ExactText

    /// Reads `momo@1.0`, or `momo`, which is its version 1.0. Nil where a part is empty, longer
    /// than `partLimitBytes`, or holds another `@` or U+0000.
    public init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count <= 2, !text.utf8.contains(0),
            parts.allSatisfy({ (1...Self.partLimitBytes).contains($0.count) })
        else { return nil }
        name = ExactText(String(decoding: parts[0], as: UTF8.self))
        version =
            parts.count == 1
            ? Self.defaultVersion : ExactText(String(decoding: parts[1], as: UTF8.self))
    }

    public var description: String { "\(name)@\(version)" }
}

/// Why one fill was not taken. The others of its batch are none the worse for it.
public struct FillRefusal: Error, Sendable, Hashable {
    /// The raw values are part of the public interface.
    public enum Code: String, Sendable, CaseIterable {
        /// The id is known with other content.
        case conflict = "CONFLICT"
        case unknownInstrument = "UNKNOWN_INSTRUMENT"
        case ambiguousInstrument = "AMBIGUOUS_INSTRUMENT"
        case instrumentMismatch = "INSTRUMENT_MISMATCH"
        /// A decimal, or one that follows from it, cannot be held exactly.
        case outOfRange = "OUT_OF_RANGE"
        case invalidField = "INVALID_FIELD"
        case unknownField = "UNKNOWN_FIELD"
        case unknownPortfolio = "UNKNOWN_PORTFOLIO"
        case forbiddenPortfolio = "FORBIDDEN_PORTFOLIO"
        case forbiddenStrategy = "FORBIDDEN_STRATEGY"
    }

    public let code: Code
    /// The one at fault, such as `quantity` or `option.expiry`.
    public let field: String?
    /// For the sender to read; holds nothing that other users may not know.
    public let detail: String

    public init(code: Code, field: String? = nil, detail: String) {
        self.code = code
        self.field = field
        self.detail = detail
    }
}

extension FillRefusal: CustomStringConvertible {
    public var description: String {
        field.map { "\(code.rawValue) \($0): \(detail)" } ?? "\(code.rawValue): \(detail)"
    }
}
