import Ledger
import Records
import Services
import Wire

extension Route {
    static let order = Route(
        .get, "/v1/orders/{uid}", .orders,
        summary: "One order with its trades, newest first, page by page",
        parameters: [.cursor("trades"), .limit],
        segments: [.orderUID],
        answer: .json(.orderDetail, example: orderExample), refusals: [.unknownOrder],
        .authorized(.read) { call, authority in
            let query = try call.query()
            let limit = try query.integer("limit", in: Limits.pageSize, default: 100)
            var cursor: TradeCursor?
            if let text = query.text("cursor") {
                cursor = TradeCursor(token: text.text)
                guard cursor != nil else {
                    throw Problem.invalid("cursor", "not a next_cursor of this list")
                }
            }
            let detail = try await call.services.orders.detail(
                uid: try call.segment("uid").text, after: cursor, limit: limit, for: authority)
            return Answer(detail, as: .orderDetail)
        })
}

extension AnswerFormat<OrderDetail> {
    fileprivate static let orderDetail = AnswerFormat(
        "OrderDetail",
        [
            .object("order", as: .orderWithMeta) { $0.order },
            .list("trades", "Those that fills of it became", as: .trade) { $0.trades.trades },
            .init("next_cursor", "Null on the last page of its trades") { $0.trades.next?.token },
        ])
}

extension AnswerFormat<OrderListing> {
    static let orderWithMeta = AnswerFormat(
        orderMembers + [.stored("meta", "As it was posted") { $0.metaJSON }])
}

private let orderExample = """
    {"order":{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12","portfolio":"main",\
    "strategy":"momo@1.0","symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY","type":"LIMIT",\
    "status":"NEW","time_in_force":"GTC","quantity":"1","filled_quantity":"0",\
    "price":"65000.1","stop_price":null,"client_order_id":null,"broker_order_id":"o-1",\
    "placed_at":"2026-02-19T14:31:58Z","updated_at":"2026-02-19T14:31:58Z",\
    "overfilled":false,"reported_status":"NEW","reported_filled_quantity":null,\
    "gateway":null,"trail_amount":null,"trail_percent":null,"reduce_only":false,\
    "triggered_at":null,"reason":null,"close_reason":null,"version":1,"meta":{}},\
    "trades":[],"next_cursor":null}
    """
