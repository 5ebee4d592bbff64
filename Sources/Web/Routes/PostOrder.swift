import HTTPTypes
import Ledger
import Logging
import Records
import Services
import Wire

extension Route {
    static let postOrder = Route(
        .post, "/v1/orders", .orders,
        summary: "Places an order through the portfolio's gateway",
        details: """
            It is stored, then sent; what became of it is told by `GET /v1/orders/{uid}`. Give a \
            `client_order_id`: the same one with the same content is the same order (200), with \
            other content a 409. A request without one that is sent again is another order. \
            `type` is `MARKET` where it is left out: a `price` alone makes no limit order. \
            `time_in_force` is `DAY` where it is left out, and `GTC` of CRYPTO and FOREX.
            """,
        request: .json(PlaceOrderField.object, example: orderRequest),
        answer: .json(.placedOrder, example: placedExample), isCreating: true,
        refusals: [
            .unknownPortfolio, .forbiddenPortfolio, .forbiddenStrategy, .conflict, .outOfRange,
            .unknownInstrument, .ambiguousInstrument, .instrumentMismatch, .noGateway, .noQuote,
            .nothingToReduce, .tooManyOpenOrders,
        ],
        .authorized(.trade) { call, authority in
            try call.body.require("application/json")
            let posted = try readOrder(try await call.body.collect())
            _ = try call.query()
            let order = try await posted.get().completed(by: call.services.instruments)
            let answer = try await call.services.orders.place(order, as: authority)
            call.logger.info(
                "order",
                metadata: [
                    "order_uid": "\(answer.order.uid)", "status": "\(answer.order.status)",
                    "repeated": "\(answer.isRepeated)",
                ])
            return Answer(
                answer.order, as: .placedOrder, status: answer.isRepeated ? .ok : .created)
        })
}

extension RouteParameter {
    static let orderUID = RouteParameter(
        "uid", .text(atMost: PathPattern.segmentLimitBytes), "The order's uid")
}

func readOrder(_ body: [UInt8]) throws(Problem) -> Result<PostedOrder, ServiceError> {
    do throws(JSONError) {
        return try PlaceOrderReader.order(from: body)
    } catch {
        throw Problem(.notJSON, "the body is not JSON: \(error)")
    }
}

extension AnswerFormat<OrderListing> {
    static let placedOrder = AnswerFormat(
        "PlacedOrder", [.object("order", as: .orderWithMeta) { $0 }])
}

let orderRequest = """
    {"client_order_id":"c-1","strategy":"momo@1.0","symbol":"BTCUSDT","exchange":"BINANCE",\
    "asset_type":"CRYPTO","currency":"USDT","side":"BUY","type":"LIMIT","quantity":"1",\
    "price":"65000.1","time_in_force":"GTC"}
    """

/// What placing, canceling and replacing answer.
let placedExample = """
    {"order":{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12","portfolio":"main",\
    "strategy":"momo@1.0","symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY","type":"LIMIT",\
    "status":"PENDING","time_in_force":"GTC","quantity":"1","filled_quantity":"0",\
    "price":"65000.1","stop_price":null,"client_order_id":"c-1","broker_order_id":null,\
    "placed_at":"2026-02-19T14:31:58Z","updated_at":"2026-02-19T14:31:58Z",\
    "overfilled":false,"reported_status":null,"reported_filled_quantity":null,\
    "gateway":"PAPER","trail_amount":null,"trail_percent":null,"reduce_only":false,\
    "triggered_at":null,"reason":null,"close_reason":null,"version":1,"meta":{}}}
    """
