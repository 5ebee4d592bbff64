public import Ledger

/// What a broker says of a trade that was not as reported.
public struct CorrectionRequest: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
        /// It never was.
        case bust
        /// It had these figures.
        case correct(CorrectedFigures)
    }

    /// Nil is the token's portfolio, or else the user's default.
    public var portfolio: ExactText?
    public var brokerTradeID: ExactText
    /// The sender's, by which a repeat is known within the portfolio.
    public var correctionID: ExactText
    public var change: Change
    public var reason: ExactText?
    /// What the sender takes the trade for: where it is another one, the correction is refused.
    var statedTrade: FillReport?

    public init(
        portfolio: ExactText? = nil, brokerTradeID: ExactText, correctionID: ExactText,
        change: Change, reason: ExactText? = nil
    ) {
        self.portfolio = portfolio
        self.brokerTradeID = brokerTradeID
        self.correctionID = correctionID
        self.change = change
        self.reason = reason
    }
}

/// The figures that a trade had after all; nil is one that stays as it was.
public struct CorrectedFigures: Sendable, Hashable {
    /// Greater than 0.
    public var quantity: Decimal?
    public var price: Decimal?
    public var fee: Decimal?
    public var feeCurrency: Currency?
    public var execTime: Timestamp?

    public init(
        quantity: Decimal? = nil, price: Decimal? = nil, fee: Decimal? = nil,
        feeCurrency: Currency? = nil, execTime: Timestamp? = nil
    ) {
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.execTime = execTime
    }

    var isEmpty: Bool { self == CorrectedFigures() }
}

/// The raw values are part of the public interface.
public enum CorrectionAction: String, Sendable, CaseIterable {
    case bust, correct
}

/// Which way a correction came in.
public enum CorrectionChannel: String, Sendable {
    case http, cli, file, hook
}

/// What became of a correction that was taken.
public struct CorrectionReport: Sendable, Hashable {
    /// Whether it was known already with this content; then nothing changed, and the rest is what
    /// was answered first.
    public let isDuplicate: Bool
    public let correctionID: ExactText
    public let action: CorrectionAction
    /// The trade that is out of the ledger.
    public let tradeUID: String
    /// The one in its place; nil for a bust.
    public let replacementUID: String?
}
