import Ledger
import Records
import Services
import Wire

extension Route {
    static let why = Route(
        .get, "/v1/positions/{symbol}/why",
        parameters: [
            "portfolio", "strategy", "exchange", "asset_type", "currency", "cursor", "limit",
        ],
        summary: "The trades, lots and closures behind a position's figures, page by page",
        .authorized(.read) { call, authority in
            let query = try call.query()
            let explanation = try await call.services.positions.explain(
                try ExplanationQuery(symbol: call.segment("symbol"), query), for: authority)
            return Answer(WhyAnswer(explanation: explanation))
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

private struct WhyAnswer: JSONWritable {
    let explanation: PositionExplanation

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.object("position") { PositionsAnswer.write(explanation.position, to: &$0) }
            answer.object("carried") { carried in
                carried.write("campaigns", explanation.carried.campaigns)
                carried.write("realized_pnl", explanation.carried.realizedPnL.shown)
            }
            if let campaign = explanation.campaign {
                answer.object("campaign") { CampaignsAnswer.write(campaign, to: &$0) }
            } else {
                answer.write("campaign", String?.none)
            }
            answer.write("lot_method", explanation.lotMethod.rawValue)
            answer.array("trades") { list in
                for trade in explanation.trades { list.object { write(trade, to: &$0) } }
            }
            answer.array("lots") { list in
                for lot in explanation.lots { list.object { write(lot, to: &$0) } }
            }
            answer.array("closures") { list in
                for closure in explanation.closures { list.object { write(closure, to: &$0) } }
            }
            answer.write("next_cursor", explanation.next?.token)
        }
    }

    private func write(_ explained: ExplainedTrade, to object: inout JSONObjectWriter) {
        let trade = explained.trade
        object.write("trade_uid", trade.uid)
        object.write("broker_trade_id", trade.fill.id)
        object.write("exec_time", trade.fill.time)
        object.write("side", trade.fill.side)
        object.write("action", trade.derived.action?.rawValue)
        object.write("quantity", trade.fill.quantity)
        object.write("allocated_qty", explained.allocatedQuantity)
        object.write("price", trade.fill.price)
        object.write("notional", trade.fill.notional)
        object.write("fee", trade.fill.fee)
        object.write("fee_currency", trade.fill.feeCurrency)
        object.write("realized_pnl", explained.realizedPnL.shown)
        object.write("quantity_after", explained.quantityAfter)
        object.write("cost_after", explained.costAfter.shown)
    }

    private func write(_ explained: ExplainedLot, to object: inout JSONObjectWriter) {
        object.write("trade_uid", explained.tradeUID)
        object.write("quantity", explained.lot.quantity)
        object.write("cost", explained.lot.cost.shown)
        object.write("open_quantity", explained.lot.openQuantity)
        object.write("open_cost", explained.lot.openCost.shown)
    }

    private func write(_ explained: ExplainedClosure, to object: inout JSONObjectWriter) {
        object.write("trade_uid", explained.tradeUID)
        object.write("lot_trade_uid", explained.lotTradeUID)
        object.write("quantity", explained.closure.quantity)
        object.write("cost", explained.closure.cost.shown)
        object.write("proceeds", explained.closure.proceeds.shown)
        object.write("realized_pnl", explained.closure.realizedPnL.shown)
    }
}
