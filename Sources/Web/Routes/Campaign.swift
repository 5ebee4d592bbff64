import Ledger
import Records
import Services
import Wire

extension Route {
    static let campaign = Route(
        .get, "/v1/campaigns/{uid}", .campaigns,
        summary: "One journey with its legs",
        segments: [
            RouteParameter(
                "uid", .text(atMost: PathPattern.segmentLimitBytes),
                "The campaign's `uid`", example: "01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11",
                refusals: [.unknownCampaign])
        ],
        answer: .json(.campaignDetail, example: campaignExample),
        .authorized(.read) { call, authority in
            _ = try call.query()
            let detail = try await call.services.campaigns.detail(
                .uid(try call.segment("uid").text), for: authority)
            return Answer(detail, as: .campaignDetail)
        })
}

extension AnswerFormat<CampaignDetail> {
    fileprivate static let campaignDetail = AnswerFormat(
        "CampaignDetail",
        [
            .object("campaign", as: .campaign) { $0.campaign },
            .list("legs", "In the order in which they began", as: .leg) { $0.legs },
            .fixed(
                "evaluations", "What was made of it afterwards",
                as: .object([
                    .init(name: "campaign", schema: .null),
                    .init(name: "legs", schema: .map(of: .any)),
                ]), ["campaign": nil, "legs": [:]]),
            .fixed("contexts", as: .array(of: .any), []),
        ])
}

extension AnswerFormat<CampaignLegListing> {
    fileprivate static let leg = AnswerFormat(
        "CampaignLeg", "The trades of one decision within a campaign",
        [
            .init("uid", "Its first trade's") { $0.uid },
            .word("leg_type") { $0.leg.kind },
            .init("side") { $0.leg.side },
            .init("quantity") { $0.leg.quantity },
            .init("avg_price") { $0.averagePrice },
            .init("started_at") { $0.leg.startedAt },
            .init("ended_at") { $0.leg.endedAt },
            .init("fill_count") { $0.leg.fillCount },
        ])
}

private let campaignExample = """
    {"campaign":{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","portfolio":"ibkr","symbol":"AAPL",\
    "strategy":"swing@1.0","direction":"long","status":"closed",\
    "opened_at":"2026-02-02T14:35:00Z","closed_at":"2026-02-05T18:04:30Z","qty_opened":"100",\
    "qty_closed":"150","max_qty":"150","avg_open_price":"182.1","avg_close_price":"185.5",\
    "realized_pnl":"595","return_pct":"2.185089974293","holding_period_sec":271770,"num_fills":4,\
    "cost_basis_method":"average","source":"broker","legs_count":1,"exchange":"NASDAQ",\
    "currency":"USD","r_multiple":null},\
    "legs":[{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11","leg_type":"open","side":"BUY",\
    "quantity":"100","avg_price":"182.1","started_at":"2026-02-02T14:35:00Z",\
    "ended_at":"2026-02-02T14:35:00Z","fill_count":1}],\
    "evaluations":{"campaign":null,"legs":{}},"contexts":[]}
    """
