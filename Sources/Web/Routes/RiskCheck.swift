import Ledger
import Records
import Services

extension Route {
    static let riskCheck = Route(
        .post, "/v1/risk/check", .orders,
        summary: "What the risk policies would make of an order; nothing is stored or sent",
        details: """
            The same judgement, from the same facts, as when the order is placed. `decision` is \
            the strictest of all policies': `ALLOW`, `WARN`, `REDUCE_SIZE` to `allowed_quantity`, \
            or `BLOCK`. A policy that can't be judged, as a price or a rate is not known, is in \
            `unjudged`, and makes the decision `WARN` at least.
            """,
        request: .json(PlaceOrderField.object, example: orderRequest),
        answer: .json(.verdict, example: verdictExample),
        refusals: [
            .unknownPortfolio, .forbiddenPortfolio, .forbiddenStrategy, .outOfRange,
            .unknownInstrument, .ambiguousInstrument, .instrumentMismatch, .noGateway, .noQuote,
            .nothingToReduce,
        ],
        .authorized(.read) { call, authority in
            try call.body.require("application/json")
            let posted = try readOrder(try await call.body.collect())
            _ = try call.query()
            let order = try await posted.get().completed(by: call.services.instruments)
            return Answer(
                try await call.services.risk.check(order, as: authority), as: .verdict)
        })
}

extension AnswerFormat<RiskVerdict> {
    fileprivate static let verdict = AnswerFormat(
        "RiskVerdict",
        [
            .word("decision") { $0.decision },
            .init("allowed_quantity", "How much of the order may leave") { $0.allowedQuantity },
            .list("breaches", "What it would exceed", as: .finding) { $0.breaches },
            .list("unjudged", as: .unjudged) { $0.unjudged },
        ])
}

extension AnswerFormat<RiskFinding> {
    fileprivate static let finding = AnswerFormat(
        "RiskFinding",
        [
            .init("policy") { $0.policyName },
            .init("rule") { $0.rule },
            .word("action") { $0.action },
            .init("observed", "In `unit`, as `limit`") { $0.measure.observed },
            .init("limit") { $0.measure.limit },
            .word("unit") { $0.measure.unit },
            .init("allowed_quantity", "Where the action is to reduce the order") {
                $0.allowedQuantity
            },
        ])
}

extension AnswerFormat<UnjudgedPolicy> {
    fileprivate static let unjudged = AnswerFormat(
        "UnjudgedPolicy",
        [
            .init("policy") { $0.policyName },
            .init("rule") { $0.rule },
            .init("because") { $0.explanation },
        ])
}

private let verdictExample = """
    {"decision":"REDUCE_SIZE","allowed_quantity":"0.5","breaches":[{"policy":"small orders",\
    "rule":"max_order_notional","action":"REDUCE_SIZE","observed":"65000.1","limit":"35000",\
    "unit":"MONEY","allowed_quantity":"0.5"}],"unjudged":[]}
    """
