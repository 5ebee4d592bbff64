import Ledger
import Records
import Services
import Wire

extension Route {
    static let orders = Route(
        .get, "/v1/orders", .orders,
        summary: "Orders in a state, newest first, page by page; the open ones where none is named",
        parameters: [
            .portfolio,
            RouteParameter(
                "status", .string(pattern: statusPattern),
                "`open`, `all`, or some of the states of an order, by commas, in any case",
                example: "open"),
            .cursor("orders"), .limit,
        ],
        answer: .json(.orders, example: ordersExample),
        .authorized(.read) { call, authority in
            let page = try await call.services.orders.page(
                try OrderQuery(call.query()), for: authority)
            return Answer(page, as: .orders, reserving: page.orders.count * 640)
        })
}

extension OrderQuery {
    fileprivate init(_ query: Query) throws(Problem) {
        self.init(
            portfolio: query.text("portfolio"), statuses: try Web.statuses(query),
            limit: try query.integer("limit", in: Limits.pageSize, default: 100))
        if let text = query.text("cursor") {
            guard let cursor = OrderCursor(token: text.text) else {
                throw .invalid("cursor", "not a next_cursor of this list")
            }
            self.cursor = cursor
        }
    }
}

private let statusPattern: String = {
    let words = OrderStatus.allCases.map(\.rawValue).joined(separator: "|")
    return "^(open|all|OPEN|ALL|(\(words))(,(\(words)))*)$"
}()

/// Nil for the open ones.
fileprivate func statuses(_ query: Query) throws(Problem) -> [OrderStatus]? {
    let text = query.text("status")?.text.uppercased() ?? "OPEN"
    switch text {
    case "OPEN": return nil
    case "ALL": return OrderStatus.allCases
    default: break
    }
    var statuses: [OrderStatus] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let status = OrderStatus(rawValue: String(name)) else {
            let known = OrderStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("status", "expected open, all, or some of \(known), by commas")
        }
        statuses.append(status)
    }
    return statuses
}

extension AnswerFormat<OrderPage> {
    fileprivate static let orders = AnswerFormat(
        "Orders",
        [
            .list("orders", "The newest first", as: .order) { $0.orders },
            .init("next_cursor", "Null on the last page") { $0.next?.token },
        ])
}

extension AnswerFormat<OrderListing> {
    static let orderMembers: [AnswerMember<OrderListing>] = [
        .init("uid") { $0.uid },
        .init("portfolio") { $0.portfolio },
        .init("strategy") { $0.strategy },
        .init("symbol") { $0.instrument.symbol },
        .init("exchange") { $0.instrument.exchange },
        .init("side") { $0.side },
        .init("type", "As the broker calls it, such as `LIMIT`") { $0.type },
        .init("status") { $0.status },
        .init("time_in_force") { $0.timeInForce },
        .init("quantity") { $0.quantity },
        .init("filled_quantity") { $0.filledQuantity },
        .init("price", "The limit") { $0.price },
        .init("stop_price") { $0.stopPrice },
        .init("client_order_id") { $0.clientOrderID },
        .init("broker_order_id") { $0.brokerOrderID },
        .init("placed_at") { $0.placedAt },
        .init("updated_at") { $0.updatedAt },
        .init("overfilled", "Whether more was filled than was ordered") { $0.isOverfilled },
        .init("reported_status", "As it was last reported; null where it never was") {
            $0.reportedStatus
        },
        .init("reported_filled_quantity", "As it was last reported, with or without trades") {
            $0.reportedFilledQuantity
        },
        .init("gateway", "The broker through whose gateway it was placed; null of a reported one") {
            $0.gateway
        },
        .init("trail_amount", "How far its stop stays behind the best price") {
            $0.trail?.amount
        },
        .init("trail_percent", "The same in percent of the best price") { $0.trail?.percent },
        .init("reduce_only", "Whether it may only bring the position nearer to flat") {
            $0.isReduceOnly
        },
        .init("triggered_at", "When its stop price was reached") { $0.triggeredAt },
        .init("reason", "Why it was denied, rejected or canceled") { $0.reason },
        .wordOrNull("close_reason", "How an order that closed a position came about") {
            $0.closeReason
        },
        .init("version", "Counts its changes") { $0.version },
    ]

    static let order = AnswerFormat("Order", orderMembers)
}

extension Trail {
    fileprivate var amount: Decimal? { if case .amount(let amount) = self { amount } else { nil } }
    fileprivate var percent: Decimal? {
        if case .percent(let percent) = self { percent } else { nil }
    }
}

private let ordersExample = """
    {"orders":[{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12","portfolio":"main",\
    "strategy":"momo@1.0","symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY","type":"LIMIT",\
    "status":"PARTIALLY_FILLED","time_in_force":"GTC","quantity":"1","filled_quantity":"0.5",\
    "price":"65000.1","stop_price":null,"client_order_id":null,"broker_order_id":"o-1",\
    "placed_at":"2026-02-19T14:31:58Z","updated_at":"2026-02-19T14:32:00.123Z",\
    "overfilled":false,"reported_status":"NEW","reported_filled_quantity":null,\
    "gateway":null,"trail_amount":null,"trail_percent":null,"reduce_only":false,\
    "triggered_at":null,"reason":null,"close_reason":null,"version":1}],\
    "next_cursor":null}
    """
