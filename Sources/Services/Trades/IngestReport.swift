public import Ledger
public import Records

/// Fills to be stored, and what holds for those that do not say it themselves.
public struct IngestRequest: Sendable {
    public var fills: [Result<FillReport, FillRefusal>]
    /// For fills that name none; nil is the token's portfolio, or else the user's default.
    public var portfolio: ExactText?
    /// For fills that name none; `.leftOut` is the token's strategy, or else none.
    public var strategy: StrategyChoice
    /// Any rejection refuses all of them.
    public var isAtomic: Bool
    /// Only tells what would become of the fills.
    public var isDryRun: Bool
    public var source: TradeSource
    /// Whether it is a fact about an order of ours, which counts even when its owner has left.
    private(set) var isFromGateway = false

    public init(
        fills: [Result<FillReport, FillRefusal>], portfolio: ExactText? = nil,
        strategy: StrategyChoice = .leftOut, isAtomic: Bool = false, isDryRun: Bool = false,
        source: TradeSource
    ) {
        self.fills = fills
        self.portfolio = portfolio
        self.strategy = strategy
        self.isAtomic = isAtomic
        self.isDryRun = isDryRun
        self.source = source
    }

    init(fillFromGateway fill: FillReport, source: TradeSource) {
        self.init(fills: [.success(fill)], source: source)
        isFromGateway = true
    }
}

/// What became of a fill.
public enum FillOutcome: Sendable, Hashable {
    /// Stored, and everything derived agrees with it.
    case accepted(tradeUID: String)
    /// Known already with this content; nothing changed.
    case duplicate(tradeUID: String)
    case rejected(FillRefusal)
}

/// What became of each fill of a request, in the request's order.
public struct IngestReport: Sendable, Hashable {
    public let outcomes: [FillOutcome]
    public let accepted: Int
    public let duplicates: Int
    public let rejected: Int
    /// False where an atomic request was refused: then nothing was stored.
    public let isStored: Bool

    init(outcomes: [FillOutcome], isStored: Bool) {
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
        self.isStored = isStored
    }
}
