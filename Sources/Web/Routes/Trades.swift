import Ledger
import Records
import Services
import Wire

extension Route {
    static let trades = Route(
        .get, "/v1/trades", .trades,
        summary: "Trades, newest first, page by page",
        parameters: [.portfolio, .symbol, .from, .to, .cursor("trades"), .limit],
        answer: .json(.trades, example: tradesExample),
        .authorized(.read) { call, authority in
            let page = try await call.services.trades.page(
                try TradeQuery(call.query()), for: authority)
            return Answer(page, as: .trades, reserving: page.trades.count * 512)
        })
}

extension TradeQuery {
    fileprivate init(_ query: Query) throws(Problem) {
        self.init(
            portfolio: query.text("portfolio"), symbol: query.text("symbol"),
            from: try query.start("from"), until: try query.end("to"),
            limit: try query.integer("limit", in: Limits.pageSize, default: 100))
        if let from, let until, from >= until {
            throw .invalid("to", "ends before from begins")
        }
        if let text = query.text("cursor") {
            guard let cursor = TradeCursor(token: text.text) else {
                throw .invalid("cursor", "not a next_cursor of this list")
            }
            self.cursor = cursor
        }
    }
}

extension AnswerFormat<TradePage> {
    fileprivate static let trades = AnswerFormat(
        "Trades",
        [
            .list("trades", "The newest first", as: .trade) { $0.trades },
            .init("next_cursor", "Null on the last page") { $0.next?.token },
        ])
}

extension AnswerFormat<TradeListing> {
    static let trade = AnswerFormat(
        "Trade", "The immutable row that a fill became",
        [
            .init("trade_uid") { $0.uid },
            .init("portfolio") { $0.portfolio },
            .init("strategy") { $0.strategy },
            .init("symbol") { $0.instrument.symbol },
            .init("exchange") { $0.instrument.exchange },
            .init("side") { $0.side },
            .init("quantity") { $0.quantity },
            .init("price") { $0.price },
            .init("notional", "price × quantity × multiplier") { $0.notional },
            .init("fee") { $0.fee },
            .init("fee_currency") { $0.feeCurrency },
            .init("realized_pnl", "Before fees, in the instrument's currency") {
                $0.realizedPnL.shown
            },
            .init("exec_time") { $0.execTime },
            .init("broker_trade_id") { $0.brokerTradeID },
            .init("broker_order_id") { $0.brokerOrderID },
            .init("order_uid") { $0.orderUID },
            .word("source") { $0.source },
            .init("superseded_by", "The correction that took it out") { $0.supersession?.uid },
            .wordOrNull("action", "What it did to the position, by FINRA's abbreviations") {
                $0.action
            },
            .init("commission") { $0.commission },
            .init("net_amount") { $0.netAmount },
            .init("delta") { $0.delta },
            .init("reason") { $0.reason },
            .objectOrNull("option", "Of an option alone", as: .contract) { trade in
                trade.instrument.option.map { ($0, trade.instrument.multiplier) }
            },
        ])
}

extension AnswerFormat<(OptionContract, multiplier: Decimal)> {
    fileprivate static let contract = AnswerFormat(
        "OptionContract",
        [
            .init("underlying") { $0.0.underlying },
            .init("expiry") { $0.0.expiry },
            .init("strike") { $0.0.strike },
            .init("right") { $0.0.right },
            .init("multiplier") { $0.multiplier },
            .init("occ_symbol", "Null where the OCC's form cannot hold it") { $0.0.occSymbol },
        ])
}

private let tradesExample = """
    {"trades":[{"trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","portfolio":"main",\
    "strategy":"momo@1.0","symbol":"BTCUSDT","exchange":"BINANCE","side":"BUY",\
    "quantity":"0.5","price":"65000.1","notional":"32500.05","fee":"0.65",\
    "fee_currency":"USDT","realized_pnl":"0","exec_time":"2026-02-19T14:32:00.123Z",\
    "broker_trade_id":"t-1","broker_order_id":"o-1","order_uid":null,"source":"broker",\
    "superseded_by":null,"action":"BTO","commission":null,"net_amount":null,"delta":null,\
    "reason":null,"option":null}],"next_cursor":null}
    """
