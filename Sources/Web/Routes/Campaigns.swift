import Ledger
import Records
import Services
import Wire

extension Route {
    static let campaigns = Route(
        .get, "/v1/campaigns", .campaigns,
        summary: "Journeys from flat to flat, the last opened first, page by page",
        parameters: [
            .portfolio,
            RouteParameter(
                "status", .words(of: CampaignStatus.self),
                "Those that are so, in any case; all where it is left out", example: "open"),
            .symbol, .strategy, .cursor("campaigns"), .limit,
        ],
        answer: .json(.campaigns, example: campaignsExample),
        .authorized(.read) { call, authority in
            let page = try await call.services.campaigns.page(
                try CampaignQuery(call.query()), for: authority)
            return Answer(page, as: .campaigns, reserving: page.campaigns.count * 640)
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

extension AnswerFormat<CampaignPage> {
    fileprivate static let campaigns = AnswerFormat(
        "Campaigns",
        [
            .list("campaigns", "The last opened first", as: .campaign) { $0.campaigns },
            .init("next_cursor", "Null on the last page") { $0.next?.token },
        ])
}

extension AnswerFormat<CampaignListing> {
    static let campaign = AnswerFormat(
        "Campaign", "The journey of a position from flat to flat",
        [
            .init("uid", "Its opening trade's") { $0.uid },
            .init("portfolio") { $0.portfolio },
            .init("symbol") { $0.instrument.symbol },
            .init("strategy") { $0.strategy },
            .word("direction") { $0.direction },
            .word("status") { $0.status },
            .init("opened_at") { $0.openedAt },
            .init("closed_at", "Null while it is open") { $0.closedAt },
            .init("qty_opened", "By the first leg") { $0.openedQuantity },
            .init("qty_closed", "By all trades that reduced it") { $0.closedQuantity },
            .init("max_qty", "The most that was held, whichever way") { $0.maxQuantity },
            .init("avg_open_price", "Of the first leg") { $0.averageOpenPrice },
            .init("avg_close_price", "Of all trades that reduced it") { $0.averageClosePrice },
            .init("realized_pnl", "Before fees, in `currency`") { $0.realizedPnL.shown },
            .init("return_pct", "`realized_pnl` in percent of what opening it cost") {
                $0.returnPercent
            },
            .init("holding_period_sec", "Seconds; null while it is open") {
                $0.holdingPeriodSeconds
            },
            .init("num_fills") { $0.fillCount },
            .word("cost_basis_method") { $0.costMethod },
            .word("source", "Of its opening trade") { $0.source },
            .init("legs_count") { $0.legCount },
            .init("exchange") { $0.instrument.exchange },
            .init("currency") { $0.instrument.currency },
            .init("r_multiple", "`realized_pnl` in units of the risk that was planned") {
                $0.riskMultiple
            },
        ])
}

private let campaignsExample = """
    {"campaigns":[{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","portfolio":"ibkr",\
    "symbol":"AAPL","strategy":"swing@1.0","direction":"long","status":"open",\
    "opened_at":"2026-02-02T14:35:00Z","closed_at":null,"qty_opened":"100","qty_closed":"0",\
    "max_qty":"150","avg_open_price":"182.1","avg_close_price":null,"realized_pnl":"0",\
    "return_pct":null,"holding_period_sec":null,"num_fills":2,"cost_basis_method":"average",\
    "source":"broker","legs_count":2,"exchange":"NASDAQ","currency":"USD","r_multiple":null}],\
    "next_cursor":null}
    """
