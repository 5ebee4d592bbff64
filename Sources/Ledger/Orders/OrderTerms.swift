/// What kind of order it is, by the names that all interfaces use.
public enum OrderType: String, Sendable, CaseIterable {
    case market = "MARKET"
    case limit = "LIMIT"
    case stop = "STOP"
    case stopLimit = "STOP_LIMIT"
    case trailing = "TRAILING"
}

/// How long an order works.
public enum TimeInForce: String, Sendable, CaseIterable {
    case goodTillCanceled = "GTC"
    case immediateOrCancel = "IOC"
    case fillOrKill = "FOK"
    case day = "DAY"
}

/// The figures of an order that may change while it works, as its reports told them.
///
/// Each is kept on its own, as the newest report that told it had it, so reports may come in any
/// order, twice, and with parts left out. Of two that are of one instant, the greater value counts.
public struct OrderTerms: Sendable, Hashable {
    /// The raw values are column names.
    public enum Figure: String, Sendable, CaseIterable {
        case type, quantity, price
        case stopPrice = "stop_price"
        case timeInForce = "time_in_force"
        case placedAt = "placed_at"
        case filledQuantity = "filled_quantity"
        case meta
    }

    public private(set) var type: OrderType
    public private(set) var quantity: Decimal
    public private(set) var price: Decimal?
    public private(set) var stopPrice: Decimal?
    public private(set) var timeInForce: TimeInForce?
    public private(set) var placedAt: Timestamp
    /// How much is filled as the broker states it: more than the trades' sum while fills are
    /// still to come.
    public private(set) var reportedFilled: Decimal?
    /// A JSON object. It does not count when two reports are compared.
    public private(set) var metaJSON: String
    /// The instants of the reports that told these figures.
    public private(set) var toldAt: [Figure: Timestamp]

    /// Stored ones.
    public init(
        type: OrderType, quantity: Decimal, price: Decimal?, stopPrice: Decimal?,
        timeInForce: TimeInForce?, placedAt: Timestamp, reportedFilled: Decimal?,
        metaJSON: String, toldAt: [Figure: Timestamp]
    ) {
        self.type = type
        self.quantity = quantity
        self.price = price
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
        self.placedAt = placedAt
        self.reportedFilled = reportedFilled
        self.metaJSON = metaJSON
        self.toldAt = toldAt
    }

    /// Those of an order that is first heard of by this report, which arrives at `now`.
    public init(_ news: OrderNews, now: Timestamp) {
        self.init(
            type: .market, quantity: news.quantity, price: nil, stopPrice: nil, timeInForce: nil,
            placedAt: now, reportedFilled: nil, metaJSON: "{}", toldAt: [:])
        hear(news, now: now)
    }

    /// Takes in a report, which arrives at `now`. One that does not tell its own instant counts as
    /// made when it arrives, and never lowers what is filled.
    public mutating func hear(_ news: OrderNews, now: Timestamp) {
        let before = self
        let moment = news.updatedAt.map(Moment.stated) ?? .arrived(now)
        moment.decide(&type, &toldAt[.type], news.type)
        moment.decide(&quantity, &toldAt[.quantity], news.quantity)
        moment.decide(&price, &toldAt[.price], news.price)
        moment.decide(&stopPrice, &toldAt[.stopPrice], news.stopPrice)
        moment.decide(&timeInForce, &toldAt[.timeInForce], news.timeInForce)
        moment.decide(&placedAt, &toldAt[.placedAt], news.placedAt)
        if let filled = news.filledQuantity, news.updatedAt != nil || filled > reportedFilled ?? -1
        {
            moment.decide(&reportedFilled, &toldAt[.filledQuantity], filled)
        }
        hearMeta(news.metaJSON, moment, isNews: self != before)
    }

    private mutating func hearMeta(_ told: String?, _ moment: Moment, isNews: Bool) {
        guard let told else { return }
        switch (moment, toldAt[.meta]) {
        case (.stated(let time), let known?) where time <= known: return
        case (.arrived, .some) where !isNews: return
        case (.stated(let time), _), (.arrived(let time), _):
            metaJSON = told
            toldAt[.meta] = time
        }
    }
}

/// What one report tells of an order's figures; nil is one that was left out.
public struct OrderNews: Sendable, Hashable {
    /// When it was so, by the sender's clock.
    public var updatedAt: Timestamp?
    public var type: OrderType?
    public var quantity: Decimal
    public var price: Decimal?
    public var stopPrice: Decimal?
    public var timeInForce: TimeInForce?
    public var placedAt: Timestamp?
    public var filledQuantity: Decimal?
    /// A JSON object.
    public var metaJSON: String?

    public init(
        updatedAt: Timestamp? = nil, type: OrderType? = nil, quantity: Decimal,
        price: Decimal? = nil, stopPrice: Decimal? = nil, timeInForce: TimeInForce? = nil,
        placedAt: Timestamp? = nil, filledQuantity: Decimal? = nil, metaJSON: String? = nil
    ) {
        self.updatedAt = updatedAt
        self.type = type
        self.quantity = quantity
        self.price = price
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
        self.placedAt = placedAt
        self.filledQuantity = filledQuantity
        self.metaJSON = metaJSON
    }
}

/// When a report was made.
private enum Moment {
    /// As it says itself.
    case stated(Timestamp)
    /// It does not say: when it arrived.
    case arrived(Timestamp)

    /// Keeps the newer one of the value that is known and the one that is told.
    func decide<Figure: Comparable>(
        _ known: inout Figure?, _ knownAt: inout Timestamp?, _ told: Figure?
    ) {
        guard let told else { return }
        guard let value = known, let at = knownAt else {
            // Nobody told the one that is there: it stands for want of a better one.
            if case .stated(let time) = self { knownAt = time }
            if case .arrived(let time) = self { knownAt = time }
            known = told
            return
        }
        switch self {
        case .stated(let time) where time > at, .stated(let time) where time == at && told > value,
            .arrived(let time) where time >= at && told != value:
            known = told
            knownAt = time
        case .stated, .arrived: break
        }
    }

    func decide<Figure: Comparable>(
        _ known: inout Figure, _ knownAt: inout Timestamp?, _ told: Figure?
    ) {
        var value: Figure? = known
        decide(&value, &knownAt, told)
        known = value ?? known
    }
}

extension OrderType: Comparable {
    public static func < (left: OrderType, right: OrderType) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension TimeInForce: Comparable {
    public static func < (left: TimeInForce, right: TimeInForce) -> Bool {
        left.rawValue < right.rawValue
    }
}
