/// What a gateway says has become of an order, its fills apart.
public enum OrderTurn: Sendable, Hashable, CaseIterable {
    case accepted, rejected, canceled, expired

    public var status: OrderStatus {
        switch self {
        case .accepted: .new
        case .rejected: .rejected
        case .canceled: .canceled
        case .expired: .expired
        }
    }

    /// What a turn does to an order.
    public enum Effect: Sendable, Hashable {
        case changed
        /// It is so already, or was before something that came first: events overtake each other
        /// and come twice.
        case unchanged
        /// No legal step leads there: it is refused, and the order stays as it is.
        case illegal
    }
}

extension OrderProgress {
    /// Takes in what a gateway says of an order that was placed through it.
    public mutating func take(_ turn: OrderTurn) -> OrderTurn.Effect {
        if status == turn.status { return .unchanged }
        if turn == .accepted, status.wasSent { return acceptLate() }
        guard status.canBecome(turn.status) else { return .illegal }
        status = turn.status
        return .changed
    }

    /// Of an order that is further on, that it was accepted is no news.
    private mutating func acceptLate() -> OrderTurn.Effect {
        guard status == .pending else { return .unchanged }
        status = .new
        return .changed
    }
}

extension OrderStatus {
    /// Whether it left for a broker.
    public var wasSent: Bool {
        switch self {
        case .pending, .new, .partiallyFilled, .filled, .canceled, .rejected, .expired: true
        case .draft, .simulated, .denied: false
        }
    }
}

/// How an order that closed a position came about.
public enum CloseReason: String, Sendable, CaseIterable {
    case takeProfitHit = "TP_HIT"
    case stopLossHit = "SL_HIT"
    case manualClose = "MANUAL_CLOSE"
    case expired = "EXPIRED"
    /// A risk policy had it closed.
    case riskLimit = "RISK_LIMIT"
}
