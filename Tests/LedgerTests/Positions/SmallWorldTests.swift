import Ledger
import Testing

/// Every sequence of a few fills from a small alphabet, against the second ledger: each of them,
/// and by both lot methods.
@Suite struct SmallWorldTests {
    private struct Letter {
        /// Below zero for a sale.
        let bought: Int
        let price: Decimal
        /// After the fill before.
        let seconds: Int64
        let order: ExactText?
        let currency: Currency

        init(
            _ bought: Int, _ price: String, after seconds: Int64, of order: ExactText? = nil
        ) throws {
            self.bought = bought
            self.price = try decimal(price)
            currency = try #require(Sample.usd)
            self.seconds = seconds
            self.order = order
        }
    }

    @Test func `long, short, flat and through zero, rounded at every turn`() throws {
        try check(
            [
                Letter(1, "10", after: 1),
                Letter(2, "7.000000000000000001", after: 600, of: "a"),
                Letter(3, "0.333333333333333333", after: 600),
                Letter(-1, "9", after: 600, of: "b"),
                Letter(-2, "11.000000000000000005", after: 1),
                Letter(-3, "8", after: 600),
            ], length: 6)
    }

    @Test func `legs by order and by time, at the window's edge and beyond`() throws {
        let letters = try [2, -1, -2].flatMap { quantity in
            try [Int64(300), 301].flatMap { seconds in
                try [nil, "a"].map { try Letter(quantity, "10", after: seconds, of: $0) }
            }
        }
        try check(letters, length: 4)
    }

    @Test func `prices at and below zero`() throws {
        let letters = try [3, -1, -2].flatMap { quantity in
            try ["0", "-5.000000000000000001"].map { try Letter(quantity, $0, after: 1) }
        }
        try check(letters, length: 5)
    }

    @Test func `every quantity at every price and distance`() throws {
        let letters = try [1, 2, 3, -1, -2, -3].flatMap { quantity in
            try ["10", "-0.333333333333333333"].flatMap { price in
                try [Int64(0), 600].map { try Letter(quantity, price, after: $0) }
            }
        }
        try check(letters, length: 3)
    }

    private func check(_ letters: [Letter], length: Int) throws {
        var count = 0
        try descend(
            letters, length: length, fills: [], Holding(HoldingRules(lotMethod: .fifo)),
            Holding(HoldingRules(lotMethod: .lifo)), visited: &count)
        let all = (1...length).reduce(0) { sum, _ in (sum + 1) * letters.count }
        #expect(count == all, "not every sequence was tried")
    }

    /// Returns whether all that follow `fills` agreed.
    @discardableResult
    private func descend(
        _ letters: [Letter], length: Int, fills: [Fill], _ oldestFirst: Holding,
        _ newestFirst: Holding, visited: inout Int
    ) throws -> Bool {
        for letter in letters {
            let last = fills.last?.time ?? Sample.start
            let fill = try Fill(
                id: ExactText("t-\(fills.count)"), side: letter.bought < 0 ? .sell : .buy,
                quantity: Decimal(abs(letter.bought)), price: letter.price, fee: 1,
                feeCurrency: letter.currency, time: last.adding(seconds: letter.seconds),
                orderID: letter.order)
            let number = TradeNumber(Int64(fills.count))
            let fills = fills + [fill]
            visited += 1
            var (first, second) = (oldestFirst, newestFirst)
            let posting = try first.apply(fill, number: number)
            let other = try second.apply(fill, number: number)
            let plain = PlainLedger(fills)
            let index = fills.count - 1
            let differences =
                Agreement(posting, first, with: plain, at: index).differences
                + Agreement(other, second, with: plain, at: index, besides: posting).differences
            guard differences.isEmpty else {
                let path = fills.map { "\($0.side) \($0.quantity) at \($0.price), \($0.time)" }
                Issue.record("after \(path): \(differences)")
                return false
            }
            guard fills.count < length else { continue }
            guard
                try descend(
                    letters, length: length, fills: fills, first, second, visited: &visited)
            else { return false }
        }
        return true
    }
}
