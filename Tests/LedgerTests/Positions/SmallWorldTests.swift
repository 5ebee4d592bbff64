import Ledger
import Testing

/// Every sequence of up to five fills from a small alphabet, against a second implementation.
@Suite struct SmallWorldTests {
    private struct Letter {
        let bought: Int128
        let price: Rational
        /// The fill at each place of a sequence, each a second after the one before.
        let fills: [Fill]
    }

    private static let length = 5

    private static func alphabet(quantities: [Int], prices: [String]) throws -> [Letter] {
        try quantities.flatMap { quantity in
            try prices.map { text in
                let price = try Decimal(parsing: text)
                let fills = try (0..<length).map { place in
                    try Sample.fill(
                        Decimal(quantity), at: price, fee: try Decimal(parsing: "0.01"),
                        id: ExactText("t-\(place)"), second: Int64(place))
                }
                return Letter(
                    bought: Int128(quantity), price: Rational(price.units), fills: fills)
            }
        }
    }

    @Test(arguments: [
        ([1, 2, -1, -2], ["10", "7.000000000000000001"]),
        ([3, -1, -2], ["0.333333333333333333", "-5"]),
    ])
    func `all short histories agree with the textbook`(quantities: [Int], prices: [String])
        throws
    {
        let letters = try Self.alphabet(quantities: quantities, prices: prices)
        try descend(letters, path: [], Holding(), AveragePriceBook())
    }

    private func descend(
        _ letters: [Letter], path: [Int], _ holding: Holding, _ book: AveragePriceBook
    ) throws {
        for (index, letter) in letters.enumerated() {
            var holding = holding
            var book = book
            let fill = letter.fills[path.count]
            let posting = try holding.apply(fill)
            book.trade(letter.bought, at: letter.price, time: fill.time)
            let path = path + [index]
            guard agree(holding.position, posting, fill, book) else {
                Issue.record("after \(path): \(posting), \(holding), \(book)")
                return
            }
            if path.count < Self.length { try descend(letters, path: path, holding, book) }
        }
    }

    private func agree(
        _ position: Position, _ posting: Posting, _ fill: Fill, _ book: AveragePriceBook
    ) -> Bool {
        let one = Decimal.one.units
        let closed = Int128(book.closed.magnitude) * one
        guard position.quantity.units == book.quantity * one, posting.effect == book.effect,
            posting.closedQuantity.units == closed,
            posting.openedQuantity.units == fill.quantity.units - closed,
            position.openedAt == book.openedAt, position.lastFill == fill.order
        else { return false }
        // Each reduction rounds by at most half a unit; flat, nothing is left of it.
        let bound = Rational(BigInteger(book.reductions), over: BigInteger(2))
        let costError = (Rational(position.cost.units) - book.cost).magnitude
        let profitError = (Rational(position.realizedPnL.units) - book.realizedPnL).magnitude
        return !(bound < costError) && !(bound < profitError)
    }
}
