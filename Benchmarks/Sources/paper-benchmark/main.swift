// Measures how many quotes a second one core takes over resting orders of the paper broker, and
// whether that depends on orders that can't match:
//
//     swift run -c release --package-path Benchmarks paper-benchmark [RUNS]
//
// The quotes and orders are made beforehand. Each run measures every number of orders, so that the
// ratios come from the same minute. Where orders match, what is measured is their replacement too:
// as soon as an order is filled another one is placed.
import Gateways
import Ledger
import PaperGateway

let runs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 7
let quotesInMeasurement = 500_000
let start = Timestamp(microseconds: 1_767_225_600_000_000)

struct NoCurrency: Error {}
guard let currency = Currency("USD") else { throw NoCurrency() }

/// A market that wavers between 99.5 and 100.5.
func quotes(_ count: Int) throws -> [PaperQuote] {
    var random = UInt64(1)
    return try (0..<count).map { index in
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let cents = Int(random >> 33) % 100
        let bid = try Decimal(9950 + cents).divided(by: 100)
        return PaperQuote(
            bid: bid, ask: try bid + Decimal(1).divided(by: 100), last: bid, bidSize: 5,
            askSize: 5, time: Timestamp(microseconds: start.microseconds + Int64(index)))
    }
}

/// Of all kinds: limits and stops far from the market, trailing stops far behind it.
func farOrder(_ number: Int, _ instrument: Instrument) throws -> GatewayOrder {
    let distance = Decimal(10 + number % 50)
    let (side, pricing): (Side, OrderPricing) =
        switch number % 6 {
        case 0: (.buy, .limit(try 100 - distance))
        case 1: (.sell, .limit(try 100 + distance))
        case 2: (.buy, .stop(try 100 + distance))
        case 3: (.sell, .stopLimit(stop: try 100 - distance, limit: try 90 - distance))
        case 4: (.sell, .trailing(.amount(distance), stop: nil))
        default: (.buy, .trailing(.percent(distance), stop: nil))
        }
    return try order("far-\(number)", instrument, side, pricing)
}

func order(
    _ uid: String, _ instrument: Instrument, _ side: Side, _ pricing: OrderPricing
) throws -> GatewayOrder {
    GatewayOrder(
        uid: uid, accountUID: "account", instrument: instrument,
        instruction: try OrderInstruction(
            side: side, quantity: 10, pricing: pricing, timeInForce: .goodTillCanceled),
        placedAt: start)
}

/// Quotes a second, and the fills that they made.
func rate(
    resting: Int, matching: Int, instruments: [Instrument], quotes: [PaperQuote]
) throws -> (rate: Double, fills: Int) {
    var exchange = PaperExchange(settings: PaperSettings(rememberedOrders: 1000))
    for number in 0..<resting {
        let far = try farOrder(number, instruments[number % instruments.count])
        _ = exchange.place(far, for: nil, at: start)
    }
    // What trailing stops follow at first, and the whole range of the market once.
    for instrument in instruments {
        for price in [Decimal(101), 99] {
            _ = exchange.take(PaperQuote(last: price, time: start), of: instrument, at: start)
        }
    }
    var next = 0
    let near = try (0..<(matching == 0 ? 0 : quotes.count + matching)).map { number in
        try order(
            "near-\(number)", instruments[number % instruments.count],
            number.isMultiple(of: 2) ? .buy : .sell, .limit(100))
    }
    for _ in 0..<matching {
        _ = exchange.place(near[next], for: nil, at: start)
        next += 1
    }
    var fills = 0
    let clock = ContinuousClock()
    let time = clock.measure {
        for (index, quote) in quotes.enumerated() {
            let events = exchange.take(
                quote, of: instruments[index % instruments.count], at: quote.time)
            for event in events {
                guard case .filled = event.kind else { continue }
                fills += 1
                if exchange.order(event.uid)?.status == .filled, next < near.count {
                    _ = exchange.place(near[next], for: nil, at: quote.time)
                    next += 1
                }
            }
        }
    }
    return (Double(quotes.count) / (time / .seconds(1)), fills)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func thousands(_ value: Double) -> String { "\(Int(value / 1000))" }

let told = try quotes(quotesInMeasurement)
let instruments = (0..<100).map { number in
    Instrument(
        symbol: ExactText("COIN\(number)"), exchange: "PAPER", assetType: .crypto,
        currency: currency)
}
let cases: [(resting: Int, matching: Int, instruments: Int)] = [
    (0, 0, 1), (1_000, 0, 1), (10_000, 0, 1), (100_000, 0, 1), (1_000, 0, 100), (10_000, 0, 100),
    (1_000, 10, 1), (10_000, 10, 1),
]
var found: [[Double]] = cases.map { _ in [] }
var filled: [Int] = cases.map { _ in 0 }
for _ in 0..<runs {
    for (place, each) in cases.enumerated() {
        let (rate, fills) = try rate(
            resting: each.resting, matching: each.matching,
            instruments: Array(instruments.prefix(each.instruments)), quotes: told)
        found[place].append(rate)
        filled[place] = fills
    }
}
print("Thousands of quotes a second, one core, median of \(runs) runs (least to most).")
print()
print("| orders that can't match | that can | instruments | fills a quote | thousand quotes/s |")
print("|---|---|---|---|---|")
for (place, each) in cases.enumerated() {
    let rates = found[place]
    let perQuote = filled[place] * 100 / told.count
    print(
        "| \(each.resting) | \(each.matching) | \(each.instruments) |",
        "\(perQuote / 100).\(perQuote % 100 < 10 ? "0" : "")\(perQuote % 100) |",
        "\(thousands(median(rates))) (\(thousands(rates.min() ?? 0)) to",
        "\(thousands(rates.max() ?? 0))) |")
}
