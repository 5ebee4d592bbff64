import Logging
import Services

extension Route {
    static let postRates = Route(
        .post, "/v1/fx",
        summary: "Stores up to 10,000 exchange rates, each of one day",
        .authorized(.ingest) { call, authority in
            let rates = try await call.batch { json throws(MarketBatchError) in
                try RateReader.batch(from: json)
            }
            let report = try await call.services.fx.post(rates, for: authority.caller)
            call.logger.log(report, of: "rates")
            return Answer(MarketAnswer(report: report, countsStale: false))
        })
}
