import Ledger
import Services
import Wire

extension Route {
    static let rates = Route(
        .get, "/v1/fx", .market,
        summary: "The latest exchange rate of each pair of currencies",
        parameters: [
            RouteParameter("base", Currency.schema, "Only rates of it", example: "BNB"),
            RouteParameter("quote", Currency.schema, "Only rates in it", example: "USDT"),
        ],
        answer: .json(
            .rates,
            example: """
                {"rates":[{"base":"BNB","quote":"USDT","day":"2026-02-19","rate":"612.5"}]}
                """),
        .authorized(.read) { call, _ in
            let query = try call.query()
            let rates = try await call.services.fx.latest(
                base: query.currency("base"), quote: query.currency("quote"))
            return Answer(rates, as: .rates)
        })
}

extension AnswerFormat<[ExchangeRate]> {
    fileprivate static let rates = AnswerFormat("ExchangeRates", [.list("rates", as: .rate) { $0 }])
}
