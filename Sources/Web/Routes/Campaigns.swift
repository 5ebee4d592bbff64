import Ledger
import Records
import Services
import Wire

extension Route {
    static let campaigns = Route(
        .get, "/v1/campaigns",
        parameters: ["portfolio", "status", "symbol", "strategy", "cursor", "limit"],
        summary: "Journeys from flat to flat, the last opened first, page by page",
        .authorized(.read) { call, authority in
            let page = try await call.services.campaigns.page(
                try CampaignQuery(call.query()), for: authority)
            return Answer(CampaignsAnswer(page: page))
        })
}

extension CampaignQuery {
    fileprivate init(_ query: Query) throws(Problem) {
        self.init(
            portfolio: query.text("portfolio"), symbol: query.text("symbol"),
            strategy: try query.strategy("strategy"),
            limit: try query.integer("limit", in: Limits.pageSize, default: 100))
        if let text = query.text("status") {
            guard let status = CampaignStatus(rawValue: text.text.lowercased()) else {
                throw .invalid("status", "expected open or closed")
            }
            self.status = status
        }
        if let text = query.text("cursor") {
            guard let cursor = TradeCursor(token: text.text) else {
                throw .invalid("cursor", "not a next_cursor of this list")
            }
            self.cursor = cursor
        }
    }
}

struct CampaignsAnswer: JSONWritable {
    let page: CampaignPage

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 100 + page.campaigns.count * 640)
        JSONWriter.object(to: &bytes) { answer in
            answer.array("campaigns") { list in
                for campaign in page.campaigns {
                    list.object { Self.write(campaign, to: &$0) }
                }
            }
            answer.write("next_cursor", page.next?.token)
        }
    }

    static func write(_ campaign: CampaignListing, to object: inout JSONObjectWriter) {
        object.write("uid", campaign.uid)
        object.write("portfolio", campaign.portfolio)
        object.write("symbol", campaign.instrument.symbol)
        object.write("strategy", campaign.strategy)
        object.write("direction", campaign.direction.rawValue)
        object.write("status", campaign.status.rawValue)
        object.write("opened_at", campaign.openedAt)
        object.write("closed_at", campaign.closedAt)
        object.write("qty_opened", campaign.openedQuantity)
        object.write("qty_closed", campaign.closedQuantity)
        object.write("max_qty", campaign.maxQuantity)
        object.write("avg_open_price", campaign.averageOpenPrice)
        object.write("avg_close_price", campaign.averageClosePrice)
        object.write("realized_pnl", campaign.realizedPnL.shown)
        object.write("return_pct", campaign.returnPercent)
        object.write("holding_period_sec", campaign.holdingPeriodSeconds)
        object.write("num_fills", campaign.fillCount)
        object.write("cost_basis_method", campaign.costMethod.rawValue)
        object.write("source", campaign.source.rawValue)
        object.write("legs_count", campaign.legCount)
        object.write("exchange", campaign.instrument.exchange)
        object.write("currency", campaign.instrument.currency)
        object.write("r_multiple", campaign.riskMultiple)
    }
}
