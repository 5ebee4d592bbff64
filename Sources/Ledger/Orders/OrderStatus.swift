/// Where an order stands.
public enum OrderStatus: String, Sendable, CaseIterable {
    /// Written down, not sent.
    case draft = "DRAFT"
    /// Its effect was computed; not sent.
    case simulated = "SIMULATED"
    /// Sent; the broker has not answered.
    case pending = "PENDING"
    /// Taken by the broker, nothing filled.
    case new = "NEW"
    case partiallyFilled = "PARTIALLY_FILLED"
    case filled = "FILLED"
    case canceled = "CANCELED"
    /// Refused by the broker.
    case rejected = "REJECTED"
    case expired = "EXPIRED"
    /// Refused by us before it was sent.
    case denied = "DENIED"

    /// Every legal step. A broker's reports may overtake each other, so an order that is sent can
    /// reach any later state directly; a second partial fill leaves it where it is. Nothing leads
    /// out of a terminal state but a fill (`afterFill`), or word that one was not as reported
    /// (`afterCorrection`).
    private static let next: [OrderStatus: Set<OrderStatus>] = [
        .draft: [.simulated, .pending, .canceled, .denied],
        .simulated: [.draft, .pending, .canceled, .denied],
        .pending: [.new, .partiallyFilled, .filled, .canceled, .rejected, .expired],
        .new: [.partiallyFilled, .filled, .canceled, .rejected, .expired],
        .partiallyFilled: [.partiallyFilled, .filled, .canceled, .expired],
        .filled: [],
        .canceled: [],
        .rejected: [],
        .expired: [],
        .denied: [],
    ]

    public func canBecome(_ next: OrderStatus) -> Bool {
        Self.next[self]?.contains(next) ?? false
    }

    /// Whether nothing but a late fill can change it any more.
    public var isTerminal: Bool {
        Self.next[self]?.isEmpty ?? true
    }

    /// Whether it is with the broker and may still be filled.
    public var isOpen: Bool {
        switch self {
        case .pending, .new, .partiallyFilled: true
        case .draft, .simulated, .filled, .canceled, .rejected, .expired, .denied: false
        }
    }

    /// What the order becomes when, of `quantity`, `filled` is now filled in all.
    ///
    /// A fill is a fact, however late: a complete one makes any order `FILLED`, a partial one
    /// leaves a terminal state as it is. Where nothing is filled, nothing changes.
    public func afterFill(filled: Decimal, of quantity: Decimal) -> OrderStatus {
        guard filled > .zero else { return self }
        if filled >= quantity { return .filled }
        return isTerminal ? self : .partiallyFilled
    }

    /// What the order becomes when a fill of it turned out to be another one or none, and of
    /// `quantity`, `filled` is filled in all.
    ///
    /// What fills alone have brought about is taken back: the order is then with the broker again.
    /// One that was canceled or has expired stays so.
    public func afterCorrection(filled: Decimal, of quantity: Decimal) -> OrderStatus {
        switch self {
        case .partiallyFilled, .filled:
            OrderStatus.new.afterFill(filled: filled, of: quantity)
        case .draft, .simulated, .pending, .new, .canceled, .rejected, .expired, .denied:
            afterFill(filled: filled, of: quantity)
        }
    }
}
