public import Ledger
import Records
import Storage
import Wire

/// What a notice tells of orders that came to their end.
public struct EndedOrders: Sendable, Hashable {
    public struct Order: Sendable, Hashable {
        public let portfolio: ExactText
        public let symbol: ExactText
        public let side: Side
        public let quantity: Decimal
        public let filledQuantity: Decimal
        public let status: OrderStatus
        public let brokerOrderID: ExactText?
    }

    /// So many are listed.
    static let listed = 20

    public let orders: [Order]
    /// Those that are not listed.
    public let others: Int

    init(_ orders: [Order]) {
        self.orders = Array(orders.prefix(Self.listed))
        others = max(0, orders.count - Self.listed)
    }

    init?(_ payload: JSONValue) {
        guard let array = payload["orders"]?.array else { return nil }
        orders = array.compactMap(Order.init)
        others = payload["others"]?.integer ?? 0
        guard !orders.isEmpty, orders.count == array.count else { return nil }
    }

    var payloadJSON: String {
        Details.object { object in
            object.array("orders") { array in
                for order in orders { array.object { order.write(to: &$0) } }
            }
            object.write("others", others)
        }
    }
}

extension EndedOrders.Order {
    fileprivate init?(_ json: JSONValue) {
        guard let portfolio = json["portfolio"]?.string, let symbol = json["symbol"]?.string,
            let side = json["side"]?.string.flatMap({ Side(rawValue: $0) }),
            let quantity = json["quantity"]?.decimal,
            let filled = json["filled_quantity"]?.decimal,
            let status = json["status"]?.string.flatMap({ OrderStatus(rawValue: $0) })
        else { return nil }
        self.portfolio = ExactText(portfolio)
        self.symbol = ExactText(symbol)
        self.side = side
        self.quantity = quantity
        filledQuantity = filled
        self.status = status
        brokerOrderID = json["broker_order_id"]?.string.map { ExactText($0) }
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("portfolio", portfolio)
        object.write("symbol", symbol)
        object.write("side", side)
        object.write("quantity", quantity)
        object.write("filled_quantity", filledQuantity)
        object.write("status", status)
        object.write("broker_order_id", brokerOrderID)
    }
}

/// Tells an order's owner when a report brings it to its end, as far as they want to know; once,
/// for nothing but a late fill leads out of an end.
struct OrderNotice {
    let caller: Caller
    let tx: any Transaction

    /// An order that is reported for the first time when it has ended, and is older than this, is
    /// no news.
    private static let newsSeconds: Int64 = 86_400

    /// An order that has come to its end.
    struct Ended {
        let portfolioID: PortfolioID
        let symbol: ExactText
        let side: Side
        let progress: OrderProgress
        let brokerOrderID: ExactText?
    }

    /// One notice for all orders of this unit of work that a report has brought to their end.
    func tell(of changed: [OrderReportPosting.Entry], _ draw: inout Draw) throws {
        let oldest = draw.now.adding(seconds: -Self.newsSeconds)
        let ended = changed.filter { entry in
            guard let told = entry.order.progress.status.toldEnd else { return false }
            if let before = entry.statusBefore { return before != told }
            return entry.order.terms.placedAt >= oldest
        }
        try tell(
            of: ended.map { entry in
                Ended(
                    portfolioID: entry.order.holding.portfolioID, symbol: entry.instrument.symbol,
                    side: entry.order.side, progress: entry.order.progress,
                    brokerOrderID: entry.order.brokerOrderID)
            }, &draw)
    }

    /// One notice for all of them, as far as their owner wants to know.
    func tell(of ended: [Ended], _ draw: inout Draw) throws {
        guard !ended.isEmpty else { return }
        let wanted = try SettingsRows.of(caller.userID, in: tx).orders
        let told = ended.filter { wanted.tells(of: $0.progress.status) }
        guard !told.isEmpty, let owner = try Users.with(id: caller.userID, in: tx) else { return }
        let names = Dictionary(
            try Portfolios.all(for: caller, in: tx).map { ($0.id, $0.name) }
        ) { first, _ in first }
        let orders = told.map { order in
            EndedOrders.Order(
                portfolio: names[order.portfolioID] ?? "", symbol: order.symbol,
                side: order.side, quantity: order.progress.quantity,
                filledQuantity: order.progress.filled, status: order.progress.status,
                brokerOrderID: order.brokerOrderID)
        }
        try Notice.orders(EndedOrders(orders)).post(to: owner, in: tx, &draw)
    }
}

extension OrderStatus {
    /// Itself where it is an end that a broker brings about.
    fileprivate var toldEnd: OrderStatus? {
        switch self {
        case .filled, .canceled, .rejected, .expired: self
        case .draft, .simulated, .pending, .new, .partiallyFilled, .denied: nil
        }
    }
}

extension UserSettings.OrderNotices {
    fileprivate func tells(of status: OrderStatus) -> Bool {
        switch self {
        case .all: true
        case .failed: status == .rejected || status == .expired
        case .off: false
        }
    }
}
