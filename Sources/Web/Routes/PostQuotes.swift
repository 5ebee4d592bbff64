import Logging
import Services

extension Route {
    static let postQuotes = Route(
        .post, "/v1/quotes", .market,
        summary: "Stores up to 10,000 quotes, the marks for unrealized P&L",
        details: """
            A quote marks every instrument of its symbol and exchange, unless `asset_type` or \
            `currency` narrow it. One that is older than what is stored is `stale` and changes \
            nothing.
            """,
        request: .json(
            QuoteField.batch,
            example: """
                {"quotes":[{"symbol":"BTCUSDT","exchange":"BINANCE","bid":"66889.9",\
                "ask":"66890.1","last":"66890","time":"2026-02-19T15:00:00Z"}]}
                """),
        answer: .json(
            MarketAnswer.schema(countsStale: true).named("QuoteResults"),
            example: """
                {"accepted":1,"stale":0,"rejected":0,"results":[{"index":0,"status":"accepted"}]}
                """),
        refusals: [.tooManyQuotes],
        .authorized(.ingest) { call, _ in
            let quotes = try await call.batch { json throws(MarketBatchError) in
                try QuoteReader.batch(from: json)
            }
            let report = try await call.services.quotes.post(quotes)
            call.logger.log(report, of: "quotes")
            return Answer(MarketAnswer(report: report, countsStale: true))
        })
}
