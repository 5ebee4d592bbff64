import Logging
import Services

extension Route {
    static let postQuotes = Route(
        .post, "/v1/quotes",
        summary: "Stores up to 10,000 quotes, the marks for unrealized P&L",
        .authorized(.ingest) { call, _ in
            let quotes = try await call.batch { json throws(MarketBatchError) in
                try QuoteReader.batch(from: json)
            }
            let report = try await call.services.quotes.post(quotes)
            call.logger.log(report, of: "quotes")
            return Answer(MarketAnswer(report: report, countsStale: true))
        })
}
