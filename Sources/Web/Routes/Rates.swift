import Ledger
import Services
import Wire

extension Route {
    static let rates = Route(
        .get, "/v1/fx", parameters: ["base", "quote"],
        summary: "The latest exchange rate of each pair of currencies",
        .authorized(.read) { call, _ in
            let query = try call.query()
            let rates = try await call.services.fx.latest(
                base: query.currency("base"), quote: query.currency("quote"))
            return Answer(RatesAnswer(rates: rates))
        })
}

private struct RatesAnswer: JSONWritable {
    let rates: [ExchangeRate]

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { $0.write("rates", rates: rates) }
    }
}
