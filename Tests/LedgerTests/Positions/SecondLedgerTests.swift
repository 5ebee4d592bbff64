import Ledger
import Testing

/// Any fills at all, against the second ledger.
@Suite struct SecondLedgerTests {
    private func rules(_ method: LotMethod, _ random: inout SplitMix64) -> HoldingRules {
        HoldingRules(
            lotMethod: method, legWindowSeconds: random.next() % 8 == 0 ? 0 : 300)
    }

    @Test(arguments: LotMethod.allCases)
    func `the ledger and the second one agree, whatever order the fills came in`(
        method: LotMethod
    ) throws {
        Seeds.check { random in
            let rules = rules(method, &random)
            let run = try Run(History(&random).fills, rules)
            let plain = PlainLedger(
                run.fills.shuffled(using: &random), windowSeconds: rules.legWindowSeconds)
            for (index, posting) in run.postings.enumerated() {
                let agreement = Agreement(posting, run.holdings[index], with: plain, at: index)
                try agreement.hold("fill \(index) of \(run.fills.count)")
                try require(plain.fits(index, method), "fill \(index) was taken and does not fit")
            }
            for (fill, count) in run.refused {
                // What was refused is the last one in the order of truth: they came in it.
                let all = PlainLedger(
                    Array(run.fills[..<count]) + [fill], windowSeconds: rules.legWindowSeconds)
                try require(
                    !all.fits(count, method), "refused after \(count), and it fits: \(fill)")
            }
        }
    }

    @Test func `the histories reach every corner`() throws {
        var effects: [Posting.Effect: Int] = [:]
        var legs: [Leg.Kind: Int] = [:]
        var (refused, ties, nothingPaid, rebates, lots) = (0, 0, 0, 0, 0)
        for seed in UInt64(1)...200 {
            var random = SplitMix64(seed: seed)
            let run = try Run(History(&random).fills, HoldingRules())
            refused += run.refused.count
            ties += zip(run.fills, run.fills.dropFirst()).count { $0.time == $1.time }
            rebates += run.fills.count { $0.fee.isNegative }
            lots = max(lots, run.postings.map(\.closures.count).max() ?? 0)
            for posting in run.postings {
                effects[posting.effect, default: 0] += 1
                for step in [posting.closing, posting.opening].compactMap({ $0 }) {
                    legs[step.campaign.leg.kind, default: 0] += 1
                    nothingPaid += step.campaign.returnPercent == nil ? 1 : 0
                }
            }
        }
        #expect(Posting.Effect.allCases.allSatisfy { effects[$0, default: 0] > 100 }, "\(effects)")
        #expect(Leg.Kind.allCases.allSatisfy { legs[$0, default: 0] > 100 }, "\(legs)")
        #expect(refused > 50)
        #expect(ties > 100)
        #expect(nothingPaid > 10)
        #expect(rebates > 100)
        #expect(lots > 4)
    }

    @Test(arguments: LotMethod.allCases)
    func `days agree, and what is taken away again was never there`(method: LotMethod) throws {
        let currency = try #require(Sample.usd)
        Seeds.check { random in
            let rules = rules(method, &random)
            let run = try Run(History(&random).fills, rules)
            var days: [DailyPnL.Key: DailyPnL] = [:]
            var counted: [Int] = []
            for index in run.fills.indices.shuffled(using: &random) {
                let before = days
                do throws(LedgerError) {
                    try days.add(run.postings[index], of: run.fills[index], currency: currency)
                    counted.append(index)
                } catch {
                    try require(error == .outOfRange && days == before, "\(error)")
                }
            }
            if counted.count == run.fills.count {
                let expected = PlainLedger(run.fills).days(currency: currency.code, method)
                let told = Dictionary(
                    uniqueKeysWithValues: days.map { (PlainDay($0), PlainDayFigures($1)) })
                try require(told == expected, "\(told) for \(expected)")
                for key in days.keys.map(PlainDay.init) {
                    let made = run.postings.filter { Int64($0.day.number) == key.number }
                    let sum = made.map(\.realizedPnL).exactSum()
                    try require(
                        key.currency != currency.code || told[key]?.realizedPnL == sum,
                        "the day is not the sum of its postings")
                }
            }
            // In the opposite order, so that every state on the way is one that did fit.
            for index in counted.reversed() {
                let posting = run.postings[index]
                try days.remove(
                    realizedPnL: posting.realizedPnL, lotRealizedPnL: posting.lotRealizedPnL,
                    of: run.fills[index], currency: currency)
            }
            try require(days.values.allSatisfy(\.isEmpty), "left over: \(days)")
        }
    }
}

extension PlainDay {
    init(_ key: DailyPnL.Key) {
        self.init(number: Int64(key.day.number), currency: key.currency.code)
    }
}

extension PlainDayFigures {
    init(_ row: DailyPnL) {
        self.init(
            realizedPnL: BigInteger(row.realizedPnL.units),
            lotRealizedPnL: BigInteger(row.lotRealizedPnL.units),
            fees: BigInteger(row.fees.units), trades: row.trades)
    }
}
