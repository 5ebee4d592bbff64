import Logging
import Services

extension Route {
    static let postRates = Route(
        .post, "/v1/fx", .market,
        summary: "Stores up to 10,000 exchange rates, each of one day",
        details: "A rate holds from its day until the next one, and serves both ways.",
        request: .json(
            RateField.batch,
            example: """
                {"rates":[{"base":"BNB","quote":"USDT","rate":"612.5","day":"2026-02-19"}]}
                """),
        answer: .json(
            MarketAnswer.schema(countsStale: false).named("RateResults"),
            example: #"{"accepted":1,"rejected":0,"results":[{"index":0,"status":"accepted"}]}"#),
        refusals: [.tooManyRates],
        .authorized(.ingest) { call, authority in
            let rates = try await call.batch { json throws(MarketBatchError) in
                try RateReader.batch(from: json)
            }
            let report = try await call.services.fx.post(rates, for: authority.caller)
            call.logger.log(report, of: "rates")
            return Answer(MarketAnswer(report: report, countsStale: false))
        })
}
