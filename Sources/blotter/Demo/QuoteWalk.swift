import Ledger
import Records
import Services
import World

/// Quotes for the demo: each of its instruments walks at random, a few basis points a step.
struct QuoteWalk {
    let services: Services

    private static let stepSeconds: Double = 2
    /// A step is at most so many basis points, up or down.
    private static let longestStep: Int64 = 8
    private static let halfSpread: Int64 = 1

    /// Runs until the task is cancelled.
    func run() async {
        let world = services.work.world
        var prices: [(instrument: Instrument, price: Decimal)] = []
        if let quotes = try? await services.quotes.all() {
            prices = quotes.compactMap { instrument, quote in
                quote.mark.map { (instrument, $0) }
            }
        }
        while !Task.isCancelled {
            do { try await world.sleep(seconds: Self.stepSeconds) } catch { return }
            let noise = world.randomBytes(prices.count)
            let now = world.now()
            var quotes: [Result<QuoteReport, FillRefusal>] = []
            for (index, byte) in noise.enumerated() {
                let step = Int64(byte) % (2 * Self.longestStep + 1) - Self.longestStep
                let price = prices[index].price
                guard let next = try? price.moved(step) else { continue }
                prices[index].price = next
                if let report = try? report(prices[index].instrument, next, now) {
                    quotes.append(.success(report))
                }
            }
            _ = try? await services.quotes.post(quotes)
        }
    }

    private func report(
        _ instrument: Instrument, _ price: Decimal, _ now: Timestamp
    ) throws -> QuoteReport {
        try QuoteReport(
            symbol: instrument.symbol, exchange: instrument.exchange,
            assetType: instrument.assetType, currency: instrument.currency,
            quote: Quote(
                bid: price.moved(-Self.halfSpread), ask: price.moved(Self.halfSpread),
                last: price, time: now))
    }
}

extension Decimal {
    /// By so many basis points, rounded to 2 decimals.
    fileprivate func moved(_ basisPoints: Int64) throws(LedgerError) -> Decimal {
        try (self * Decimal(Int(10_000 + basisPoints))).divided(by: 10_000, decimals: 2)
    }
}
