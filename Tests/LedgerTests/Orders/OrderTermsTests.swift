import Ledger
import Testing

@Suite struct OrderTermsTests {
    private let now = Timestamp(microseconds: 1_767_225_600_000_000)

    private func time(_ second: Int64) -> Timestamp { now.adding(seconds: second - 1000) }

    private func terms(after news: [OrderNews]) -> OrderTerms {
        var terms = OrderTerms(news[0], now: now)
        for report in news.dropFirst() { terms.hear(report, now: now) }
        return terms
    }

    /// Reports that tell some of the figures, at instants that may be equal.
    private func reports(_ random: inout SplitMix64) -> [OrderNews] {
        func pick<Value>(_ values: [Value]) -> Value {
            values[Int(random.next() % UInt64(values.count))]
        }
        return (0..<Int(2 + random.next() % 5)).map { _ in
            OrderNews(
                updatedAt: time(pick([1, 2, 3, 4])), type: pick([nil, .limit, .stop]),
                quantity: pick([1, 2, 3]), price: pick([nil, 10, 11]),
                stopPrice: pick([nil, 8, 9]),
                timeInForce: pick([nil, .day, .goodTillCanceled]),
                placedAt: pick([nil, time(0), time(1)]), filledQuantity: pick([nil, 0, 1, 2]))
        }
    }

    @Test func `reports with their instants end the same in any order, also twice`() {
        Seeds.check { random in
            let news = reports(&random)
            let expected = terms(after: news)
            for _ in 0..<6 {
                let shuffled = (news + news.filter { _ in random.next() % 3 == 0 })
                    .shuffled(using: &random)
                guard terms(after: shuffled) == expected else {
                    throw Disagreement("\(shuffled) ends other than \(news)")
                }
            }
        }
    }

    @Test func `each figure is that of the newest report that tells it`() {
        let terms = terms(after: [
            OrderNews(updatedAt: time(3), quantity: 3, filledQuantity: 2),
            OrderNews(updatedAt: time(1), type: .limit, quantity: 1, price: 10, stopPrice: 9),
            OrderNews(updatedAt: time(2), quantity: 2, price: 11, filledQuantity: 1),
        ])
        #expect((terms.quantity, terms.price, terms.stopPrice) == (3, 11, 9))
        #expect((terms.type, terms.reportedFilled) == (.limit, 2))
        #expect(terms.placedAt == now)
    }

    @Test func `a report without an instant is as new as its arrival`() {
        var terms = terms(after: [
            OrderNews(quantity: 2, price: 10, filledQuantity: 1), OrderNews(quantity: 3),
            OrderNews(updatedAt: time(1), quantity: 9, price: 9),
        ])
        #expect((terms.quantity, terms.price, terms.reportedFilled) == (3, 10, 1))
        // It says nothing new of what is filled when it says less.
        terms.hear(OrderNews(quantity: 3, filledQuantity: 0), now: now)
        #expect(terms.reportedFilled == 1)
        let before = terms
        let repeated = OrderNews(quantity: 3, price: 10, filledQuantity: 1)
        terms.hear(repeated, now: now.adding(seconds: 9))
        #expect(terms == before)
    }

    @Test func `meta alone makes no report without an instant a new one`() {
        var terms = terms(after: [OrderNews(quantity: 1, metaJSON: #"{"a":1}"#)])
        #expect(terms.metaJSON == #"{"a":1}"#)
        let before = terms
        terms.hear(OrderNews(quantity: 1, metaJSON: #"{"a":2}"#), now: now)
        #expect(terms == before)
        terms.hear(OrderNews(quantity: 2, metaJSON: #"{"a":2}"#), now: now)
        #expect(terms.metaJSON == #"{"a":2}"#)
        terms.hear(
            OrderNews(updatedAt: time(1), quantity: 2, metaJSON: #"{"a":3}"#), now: now)
        #expect(terms.metaJSON == #"{"a":2}"#)
    }
}
