/// Whether a user, a portfolio or a strategy trades.
public enum TradingState: String, Sendable, CaseIterable {
    case active = "ACTIVE"
    /// Only orders that bring a position nearer to flat.
    case reducing = "REDUCING"
    /// No orders at all; what is open can be canceled.
    case halted = "HALTED"

    /// Whether an order may leave, by its effect on the scope that is in this state.
    public func permits(_ effect: RiskEffect) -> Bool {
        switch self {
        case .active: true
        case .reducing: effect.opens.isZero
        case .halted: false
        }
    }

    private var strictness: Int {
        switch self {
        case .active: 0
        case .reducing: 1
        case .halted: 2
        }
    }
}

extension TradingState: Comparable {
    /// The stricter one is the greater.
    public static func < (left: TradingState, right: TradingState) -> Bool {
        left.strictness < right.strictness
    }
}

/// What a rule does to trading where it is exceeded.
public struct TradingStop: Sendable, Hashable {
    public enum Reset: Sendable, Hashable {
        case endOfDay
        case endOfWeek
        case byHand
    }

    public let state: TradingState
    public let reset: Reset

    /// The first instant at which trading goes on by itself, days and weeks (from Monday) in UTC;
    /// nil where somebody has to say so.
    public func until(after now: Timestamp) -> Timestamp? {
        switch reset {
        case .endOfDay: now.day.adding(days: 1).start
        case .endOfWeek: now.day.adding(days: 8 - now.day.weekday).start
        case .byHand: nil
        }
    }

    /// The field by which a rule is told; nil in the settings: trading goes on.
    static let field = RiskField(
        "then", .choice([TradingState.reducing.rawValue, TradingState.halted.rawValue]),
        need: .optional,
        "What trading becomes when the limit is exceeded")

    /// Nil where the settings ask for none.
    init?(_ settings: RiskSettings, reset: Reset) {
        guard let word = settings.words(Self.field.key)?.first,
            let state = TradingState(rawValue: word.text)
        else { return nil }
        self.state = state
        self.reset = reset
    }
}

/// A state that a breach puts all trading of its policy's scope into.
public struct TradingStateChange: Sendable, Hashable {
    public let state: TradingState
    /// Nil: until somebody resumes.
    public let until: Timestamp?

    public init(state: TradingState, until: Timestamp?) {
        self.state = state
        self.until = until
    }

    /// Of two, the stricter one; of the same, the one that lasts longer.
    public func stricter(_ other: TradingStateChange) -> TradingStateChange {
        if state != other.state { return state < other.state ? other : self }
        guard let until, let otherUntil = other.until else {
            return until == nil ? self : other
        }
        return until < otherUntil ? other : self
    }
}
