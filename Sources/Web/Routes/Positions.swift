import Ledger
import Records
import Services
import Wire

extension Route {
    static let positions = Route(
        .get, "/v1/positions", .positions,
        summary: "What is held, at average cost",
        parameters: [
            .portfolio, .strategy,
            RouteParameter(
                "include_closed", JSONSchema.boolean.withDefault(false),
                "Whether those that are flat are wanted too", example: true),
        ],
        answer: .json(.positions, example: positionsExample),
        .authorized(.read) { call, authority in
            let query = try call.query()
            let positions = try await call.services.positions.snapshot(
                portfolio: query.text("portfolio"), strategy: query.strategy("strategy"),
                includeClosed: query.flag("include_closed"), for: authority)
            return Answer(positions, as: .positions)
        })
}

extension AnswerFormat<[PositionView]> {
    fileprivate static let positions = AnswerFormat(
        "Positions", [.list("positions", as: .position) { $0 }])
}

extension AnswerFormat<PositionView> {
    static let position = AnswerFormat(
        "Position", "What is held of an instrument, in a portfolio, for a strategy or for none",
        [
            .init("portfolio") { $0.listing.portfolio },
            .init("symbol") { $0.listing.instrument.instrument.symbol },
            .init("exchange") { $0.listing.instrument.instrument.exchange },
            .init("asset_type") { $0.listing.instrument.instrument.assetType },
            .init("currency") { $0.listing.instrument.instrument.currency },
            .init("strategy") { $0.listing.strategy },
            .init("quantity", "Below 0 where it is short; 0 of a closed one") {
                $0.listing.position.quantity
            },
            .init("avg_price", "Its average cost, to 12 decimals") { $0.listing.averagePrice },
            .init("realized_pnl", "Before fees, in `currency`") {
                $0.listing.position.realizedPnL.shown
            },
            .map("fees", "By the currency in which they were paid") { view in
                view.listing.position.fees.sorted { $0.key < $1.key }
                    .map { ($0.key.code, $0.value) }
            },
            .init("mark_price", "Null without a quote") { $0.markPrice },
            .init("mark_time") { $0.markTime },
            .init("mark_is_stale", "Older than `quotes.stale_after_seconds`") {
                $0.isMarkStale
            },
            .init("unrealized_pnl", "At the mark") { $0.unrealizedPnL?.shown },
            .init("opened_at", "Null of a closed one") { $0.listing.position.openedAt },
            .init("updated_at", "Of its last trade") { $0.listing.position.lastFill?.time },
        ])
}

private let positionsExample = """
    {"positions":[{"portfolio":"main","symbol":"BTCUSDT","exchange":"BINANCE",\
    "asset_type":"CRYPTO","currency":"USDT","strategy":"momo@1.0","quantity":"0.5",\
    "avg_price":"65000.1","realized_pnl":"0","fees":{"USDT":"0.65"},"mark_price":"66890",\
    "mark_time":"2026-02-19T15:00:00Z","mark_is_stale":false,"unrealized_pnl":"944.95",\
    "opened_at":"2026-02-19T14:32:00.123Z","updated_at":"2026-02-19T14:32:00.123Z"}]}
    """
