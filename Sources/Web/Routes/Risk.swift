import Ledger
import Records
import Services

extension Route {
    static let risk = Route(
        .get, "/v1/risk", .orders,
        summary: "The risk policies in force, and their latest breaches",
        parameters: [.portfolio], answer: .json(.overview, example: riskExample),
        .authorized(.read) { call, authority in
            let overview = try await call.services.risk.overview(
                portfolio: try call.query().text("portfolio"), for: authority)
            return Answer(overview, as: .overview)
        })
}

extension AnswerFormat<RiskOverview> {
    fileprivate static let overview = AnswerFormat(
        "Risk",
        [
            .list("policies", as: .policy) { $0.policies },
            .list("use", "How much of the limit of each is used, as things stand", as: .standing) {
                $0.standings
            },
            .list("breaches", "The latest first", as: .breach) { $0.breaches },
            .list("stops", "Where trading is stopped", as: .stop) { $0.stops },
        ])
}

extension AnswerFormat<RiskPolicyRecord> {
    fileprivate static let policy = AnswerFormat(
        "RiskPolicy",
        [
            .init("uid") { $0.uid },
            .init("name") { $0.name },
            .word("scope_type") { $0.scopeType },
            .init("scope", "The name of what it is for") { $0.scopeName },
            .stored("config") { $0.configJSON },
            .init("created_at") { $0.createdAt },
        ])
}

extension AnswerFormat<PolicyStanding> {
    fileprivate static let standing = AnswerFormat(
        "PolicyUse",
        [
            .init("policy") { $0.policy.name },
            .init("currency", "In which money is counted") { $0.currency.code },
            .init("observed", "In `unit`, as `limit`; null of a rule for orders alone") {
                $0.measure?.observed
            },
            .init("limit") { $0.measure?.limit },
            .init("unit") { $0.measure?.unit.rawValue },
            .init("use", "How much of the limit: 0.62 is 62 %, above 1 where it is exceeded") {
                $0.measure?.use
            },
            .init("subject", "A symbol, an asset type, or a currency that it is about") {
                $0.subject
            },
            .init("unknown_because", "Why it can't be told") { $0.unknownBecause },
        ])
}

extension PolicyStanding {
    fileprivate var measure: RiskMeasure? {
        if case .measured(let measure) = use { measure } else { nil }
    }

    fileprivate var unknownBecause: String? {
        switch use {
        case .measured, .ordersAlone: nil
        case .unknown(let reason): reason
        case .notUnderstood: "this version does not understand what the policy says"
        }
    }
}

extension AnswerFormat<RiskBreachRecord> {
    fileprivate static let breach = AnswerFormat(
        "RiskBreach",
        [
            .init("uid") { $0.uid },
            .init("policy") { $0.policyName },
            .init("portfolio") { $0.portfolio },
            .init("symbol") { $0.symbol },
            .word("action", "What was done about it") { $0.action },
            .stored("observed") { $0.observedJSON },
            .init("created_at") { $0.createdAt },
            .word("status") { $0.status },
            .init("acknowledged_at", "When somebody had seen it") { $0.acknowledgedAt },
            .init("cleared_at", "When it was not exceeded any more") { $0.clearedAt },
        ])
}

extension AnswerFormat<TradingStopRecord> {
    fileprivate static let stop = AnswerFormat(
        "TradingStop",
        [
            .init("scope", "A portfolio or a strategy; null for all") { $0.scopeName },
            .word("set_by") { $0.setBy },
            .word("state") { $0.state },
            .init("until", "When trading goes on by itself") { $0.until },
            .init("reason") { $0.reason },
            .init("created_at") { $0.createdAt },
        ])
}

private let riskExample = """
    {"policies":[{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a13","name":"no more than 5 BTC",\
    "scope_type":"USER","scope":"ada","config":{"max":"5"},\
    "created_at":"2026-02-01T00:00:00Z"}],\
    "use":[{"policy":"no more than 5 BTC","currency":"USD","observed":"3.1","limit":"5",\
    "unit":"QUANTITY","use":"0.62","subject":"BTCUSDT","unknown_because":null}],\
    "breaches":[{"uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a14","policy":"no more than 5 BTC",\
    "portfolio":"main","symbol":"BTCUSDT","action":"WARNED","observed":{"size":"6"},\
    "created_at":"2026-02-19T14:32:00.123Z","status":"OPEN","acknowledged_at":null,\
    "cleared_at":null}],\
    "stops":[{"scope":"main","set_by":"POLICY","state":"REDUCING",\
    "until":"2026-02-20T00:00:00Z","reason":"daily loss",\
    "created_at":"2026-02-19T14:32:00.123Z"}]}
    """
