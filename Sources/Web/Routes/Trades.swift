import Ledger
import Records
import Services
import Wire

extension Route {
    static let trades = Route(
        .get, "/v1/trades",
        parameters: ["portfolio", "symbol", "from", "to", "cursor", "limit"],
        summary: "Trades, newest first, page by page",
        .authorized(.read) { call, authority in
            let page = try await call.services.trades.page(
                try TradeQuery(call.query()), for: authority)
            return Answer(TradesAnswer(page: page))
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

struct TradesAnswer: JSONWritable {
    let page: TradePage

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 100 + page.trades.count * 512)
        JSONWriter.object(to: &bytes) { answer in
            answer.array("trades") { list in
                for trade in page.trades {
                    list.object { Self.write(trade, to: &$0) }
                }
            }
            answer.write("next_cursor", page.next?.token)
        }
    }

    static func write(_ trade: TradeListing, to object: inout JSONObjectWriter) {
        object.write("trade_uid", trade.uid)
        object.write("portfolio", trade.portfolio)
        object.write("strategy", trade.strategy)
        object.write("symbol", trade.instrument.symbol)
        object.write("exchange", trade.instrument.exchange)
        object.write("side", trade.side)
        object.write("quantity", trade.quantity)
        object.write("price", trade.price)
        object.write("notional", trade.notional)
        object.write("fee", trade.fee)
        object.write("fee_currency", trade.feeCurrency)
        object.write("realized_pnl", trade.realizedPnL.shown)
        object.write("exec_time", trade.execTime)
        object.write("broker_trade_id", trade.brokerTradeID)
        object.write("broker_order_id", trade.brokerOrderID)
        object.write("order_uid", trade.orderUID)
        object.write("source", trade.source.rawValue)
        object.write("superseded_by", trade.supersession?.uid)
        object.write("action", trade.action?.rawValue)
        object.write("commission", trade.commission)
        object.write("net_amount", trade.netAmount)
        object.write("delta", trade.delta)
        object.write("reason", trade.reason)
        if let option = trade.instrument.option {
            object.object("option") { contract in
                contract.write("underlying", option.underlying)
                contract.write("expiry", option.expiry)
                contract.write("strike", option.strike)
                contract.write("right", option.right)
                contract.write("multiplier", trade.instrument.multiplier)
                contract.write("occ_symbol", option.occSymbol)
            }
        } else {
            object.write("option", String?.none)
        }
    }
}
