import Ledger
import Records
import Services
import Wire

extension Route {
    static let why = Route(
        .get, "/v1/positions/{symbol}/why", .positions,
        summary: "The trades, lots and closures behind a position's figures, page by page",
        details: """
            Where the symbol has several positions, the parameters say which is meant; else the \
            answer is 422 `AMBIGUOUS` with the choices.
            """,
        parameters: [
            .portfolio,
            RouteParameter(
                "strategy", .strategy, "Its `NAME` or `NAME@VERSION`; `null` for none",
                example: "momo@1.0", refusals: [.unknownStrategy]),
            RouteParameter(
                "exchange", .text(atMost: 1024), "The instrument's; `null` for none",
                example: "BINANCE"),
            RouteParameter(
                "asset_type", AssetType.schema, "The instrument's, in any case",
                example: "CRYPTO"),
            RouteParameter("currency", Currency.schema, "The instrument's", example: "USDT"),
            .cursor("trades"), .limit,
        ],
        segments: [
            RouteParameter(
                "symbol", .text(atMost: PathPattern.segmentLimitBytes),
                "The instrument's, percent-encoded", example: "BTCUSDT",
                refusals: [.unknownPosition])
        ],
        answer: .json(.explanation, example: whyExample), refusals: [.ambiguous],
        .authorized(.read) { call, authority in
            let query = try call.query()
            let explanation = try await call.services.positions.explain(
                try ExplanationQuery(symbol: call.segment("symbol"), query), for: authority)
            return Answer(explanation, as: .explanation)
        })
}

extension ExplanationQuery {
    /// What stands for "none" where nothing else would tell it from "any".
    private static let absent: ExactText = "null"

    fileprivate init(symbol: ExactText, _ query: Query) throws(Problem) {
        self.init(
            symbol: symbol, portfolio: query.text("portfolio"),
            currency: try query.currency("currency"),
            limit: try query.integer("limit", in: Limits.pageSize, default: 100))
        if query.text("strategy") == Self.absent {
            strategy = .none
        } else if let reference = try query.strategy("strategy") {
            strategy = .named(reference)
        }
        if let text = query.text("exchange") {
            exchange = text == Self.absent ? .none : .named(text)
        }
        if let text = query.text("asset_type") {
            guard let type = AssetType(rawValue: text.text.uppercased()) else {
                let names = AssetType.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("asset_type", "expected one of \(names)")
            }
            assetType = type
        }
        if let text = query.text("cursor") {
            guard let order = FillOrder(token: text.text) else {
                throw .invalid("cursor", "not a next_cursor of this list")
            }
            start = .after(order)
        }
    }
}

extension AnswerFormat<PositionExplanation> {
    fileprivate static let explanation = AnswerFormat(
        "PositionExplanation",
        [
            .object("position", as: .position) { $0.position },
            .object("carried", as: .carried) { $0.carried },
            .objectOrNull("campaign", "The last one of the position", as: .campaign) {
                $0.campaign
            },
            .word("lot_method", "In which order lots are consumed") { $0.lotMethod },
            .list("trades", "Of the campaign, the oldest first", as: .explainedTrade) { $0.trades },
            .list("lots", "That these trades opened", as: .lot) { $0.lots },
            .list("closures", "What these trades took from lots", as: .closure) { $0.closures },
            .init("next_cursor", "Null on the last page") { $0.next?.token },
        ])
}

extension AnswerFormat<PositionExplanation.Carried> {
    fileprivate static let carried = AnswerFormat(
        "CarriedPnL", "What the campaigns before realized",
        [
            .init("campaigns") { $0.campaigns },
            .init("realized_pnl") { $0.realizedPnL.shown },
        ])
}

extension AnswerFormat<ExplainedTrade> {
    fileprivate static let explainedTrade = AnswerFormat(
        "ExplainedTrade", "A trade, with what was held and what it had cost right after it",
        [
            .init("trade_uid") { $0.trade.uid },
            .init("broker_trade_id") { $0.trade.fill.id },
            .init("exec_time") { $0.trade.fill.time },
            .init("side") { $0.trade.fill.side },
            .wordOrNull("action") { $0.trade.derived.action },
            .init("quantity") { $0.trade.fill.quantity },
            .init("allocated_qty", "The part of a trade through zero that belongs here") {
                $0.allocatedQuantity
            },
            .init("price") { $0.trade.fill.price },
            .init("notional") { $0.trade.fill.notional },
            .init("fee") { $0.trade.fill.fee },
            .init("fee_currency") { $0.trade.fill.feeCurrency },
            .init("realized_pnl") { $0.realizedPnL.shown },
            .init("quantity_after") { $0.quantityAfter },
            .init("cost_after") { $0.costAfter.shown },
        ])
}

extension AnswerFormat<ExplainedLot> {
    fileprivate static let lot = AnswerFormat(
        "Lot", "The quantity that one trade opened, with its own cost",
        [
            .init("trade_uid") { $0.tradeUID },
            .init("quantity") { $0.lot.quantity },
            .init("cost") { $0.lot.cost.shown },
            .init("open_quantity", "What is left of it") { $0.lot.openQuantity },
            .init("open_cost") { $0.lot.openCost.shown },
        ])
}

extension AnswerFormat<ExplainedClosure> {
    fileprivate static let closure = AnswerFormat(
        "LotClosure", "What a closing trade took from a lot",
        [
            .init("trade_uid") { $0.tradeUID },
            .init("lot_trade_uid", "The trade that opened the lot") { $0.lotTradeUID },
            .init("quantity") { $0.closure.quantity },
            .init("cost") { $0.closure.cost.shown },
            .init("proceeds") { $0.closure.proceeds.shown },
            .init("realized_pnl") { $0.closure.realizedPnL.shown },
        ])
}

private let whyExample = """
    {"position":{"portfolio":"main","symbol":"BTCUSDT","exchange":"BINANCE",\
    "asset_type":"CRYPTO","currency":"USDT","strategy":"momo@1.0","quantity":"0.5",\
    "avg_price":"65000.1","realized_pnl":"0","fees":{"USDT":"0.65"},"mark_price":null,\
    "mark_time":null,"mark_is_stale":false,"unrealized_pnl":null,\
    "opened_at":"2026-02-19T14:32:00.123Z","updated_at":"2026-02-19T14:32:00.123Z"},\
    "carried":{"campaigns":0,"realized_pnl":"0"},"campaign":null,"lot_method":"fifo",\
    "trades":[{"trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","broker_trade_id":"t-1",\
    "exec_time":"2026-02-19T14:32:00.123Z","side":"BUY","action":"BTO","quantity":"0.5",\
    "allocated_qty":"0.5","price":"65000.1","notional":"32500.05","fee":"0.65",\
    "fee_currency":"USDT","realized_pnl":"0","quantity_after":"0.5",\
    "cost_after":"32500.05"}],\
    "lots":[{"trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","quantity":"0.5",\
    "cost":"32500.05","open_quantity":"0.5","open_cost":"32500.05"}],\
    "closures":[],"next_cursor":null}
    """
