/// How much of an order is filled, and where it stands by that.
///
/// The trades decide what is filled. What the sender's reports said of the state is kept apart from
/// what the trades make of it, so both may come in any order and end the same.
public struct OrderProgress: Sendable, Hashable {
    public private(set) var quantity: Decimal
    /// The sum of the trades of the order that are in force.
    public private(set) var filled: Decimal
    public internal(set) var status: OrderStatus
    /// The furthest state that was reported; nil where nobody has reported the order.
    public private(set) var reported: OrderStatus?

    public init(
        quantity: Decimal, filled: Decimal, status: OrderStatus, reported: OrderStatus?
    ) {
        self.quantity = quantity
        self.filled = filled
        self.status = status
        self.reported = reported
    }

    /// That of an order that is first heard of by a report.
    public init(quantity: Decimal, reported: OrderStatus) {
        self.init(quantity: quantity, filled: .zero, status: reported, reported: reported)
    }

    /// Whether more was filled than ordered.
    public var isOverfilled: Bool { filled > quantity }

    /// Adds a trade, or several. Throws `outOfRange`; then nothing has changed.
    public mutating func fill(_ added: Decimal) throws(LedgerError) {
        filled = try filled + added
        status = (reported ?? status).afterFill(filled: filled, of: quantity)
    }

    /// Follows a correction, which took one quantity out and put another in.
    public mutating func correct(
        removing removed: Decimal, adding added: Decimal
    ) throws(LedgerError) {
        filled = try max(filled - removed, .zero) + added
        status =
            reported?.afterFill(filled: filled, of: quantity)
            ?? status.afterCorrection(filled: filled, of: quantity)
    }

    /// Takes in what a report says of the state, and the quantity that is ordered now.
    public mutating func hear(_ status: OrderStatus, quantity: Decimal) {
        // Of an order that was not reported before, what its fills have made of it is left aside.
        let known =
            reported ?? self.status.afterCorrection(filled: .zero, of: self.quantity)
        let furthest = known.further(status)
        self.quantity = quantity
        reported = furthest
        self.status = furthest.afterFill(filled: filled, of: quantity)
    }
}

extension OrderStatus {
    /// What a report may say: an order that has a broker's id was sent.
    public static let reportable: [OrderStatus] = [
        .pending, .new, .partiallyFilled, .filled, .canceled, .rejected, .expired,
    ]

    /// Reports overtake each other: the state that is further on counts, whichever came first. Of
    /// two that end an order, `FILLED` is the furthest, as fills can make it of any other.
    private static let course: [OrderStatus] = [
        .denied, .draft, .simulated, .pending, .new, .partiallyFilled, .rejected, .expired,
        .canceled, .filled,
    ]

    private var place: Int { Self.course.firstIndex(of: self) ?? 0 }

    /// The one of both that is further on.
    public func further(_ other: OrderStatus) -> OrderStatus {
        place < other.place ? other : self
    }
}
