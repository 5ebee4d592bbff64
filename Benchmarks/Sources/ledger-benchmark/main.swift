// Measures how many fills a second one core posts to one holding in memory, and whether that
// depends on how many went before:
//
//     swift run -c release --package-path Benchmarks ledger-benchmark [RUNS]
//
// To post a fill is to work out what it does, and then to take that over: position, lots, campaign
// and legs. Each run measures every history's length, the short ones again and again, so that the
// ratios between lengths come from the same minute. The fills are made beforehand.
import Ledger

let runs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 7
let lengths = [500, 20_000, 1_000_000]
let fillsInMeasurement = 1_000_000

/// Fills a second, in millions.
func rate(_ fills: Span<Fill>, _ rules: HoldingRules) throws -> Double {
    let clock = ContinuousClock()
    let repetitions = max(1, fillsInMeasurement / fills.count)
    var realized = Decimal.zero
    let time = try clock.measure {
        for _ in 0..<repetitions {
            var holding = Holding(rules)
            for place in fills.indices {
                try holding.apply(fills[place], number: TradeNumber(Int64(place)))
            }
            realized = holding.position.realizedPnL
        }
    }
    // What nobody reads might not be computed.
    if realized == Decimal(units: 1) { print() }
    return Double(repetitions * fills.count) / (time / .seconds(1)) / 1_000_000
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// With two decimals, of a value above zero.
func text(_ value: Double) -> String {
    let hundredths = Int(value * 100 + 0.5)
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}

print("Millions of fills a second, one core, median of \(runs) runs (least to most);")
print("beside it the same run's rate as a multiple of that of \(lengths[0]) fills.")
print()
print("| one holding | lots | fills | M fills/s | times that of \(lengths[0]) |")
print("|---|---|---|---|---|")
for journey in Journey.allCases {
    let fills = try journey.fills(lengths.max() ?? 0)
    for method in LotMethod.allCases {
        let rules = HoldingRules(lotMethod: method)
        let rates = try (0..<runs).map { _ in
            try lengths.map { try rate(fills.span.extracting(first: $0), rules) }
        }
        for (place, length) in lengths.enumerated() {
            let own = rates.map { $0[place] }
            let ratio = median(rates.map { $0[place] / $0[0] })
            let spread = "\(text(own.min() ?? 0)) to \(text(own.max() ?? 0))"
            print(
                "| \(journey.rawValue) | \(method.rawValue.uppercased()) | \(length) |",
                "\(text(median(own))) (\(spread)) | \(text(ratio)) |")
        }
    }
}
