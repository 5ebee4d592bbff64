import Ledger
import Testing

@Suite struct OrderProgressTests {
    /// What may happen to an order, and what it means on its own.
    private enum Event: Sendable, CaseIterable {
        case partFilled, allFilled, new, partly, filled, canceled, rejected

        func apply(to order: inout OrderProgress) throws(LedgerError) {
            switch self {
            case .partFilled: try order.fill(4)
            case .allFilled: try order.fill(6)
            case .new: order.hear(.new, quantity: 10)
            case .partly: order.hear(.partiallyFilled, quantity: 10)
            case .filled: order.hear(.filled, quantity: 10)
            case .canceled: order.hear(.canceled, quantity: 10)
            case .rejected: order.hear(.rejected, quantity: 10)
            }
        }
    }

    private func order(after events: [Event]) throws -> OrderProgress {
        var order = OrderProgress(quantity: 10, reported: .pending)
        for event in events { try event.apply(to: &order) }
        return order
    }

    @Test func `fills and reports end the same in any order, and reports also twice`() throws {
        let events = Event.allCases
        for mask in 0..<(1 << events.count) {
            let chosen = events.indices.filter { mask & 1 << $0 != 0 }.map { events[$0] }
            let expected = try order(after: chosen)
            #expect(try order(after: chosen.reversed()) == expected)
            for turn in chosen.indices {
                let turned = Array(chosen[turn...] + chosen[..<turn])
                #expect(try order(after: turned) == expected, "\(turned)")
            }
            let reports = chosen.filter { $0 != .partFilled && $0 != .allFilled }
            #expect(try order(after: chosen + reports) == expected, "\(chosen)")
        }
    }

    @Test func `the state follows from the furthest report and from what is filled`() throws {
        let cases: [([Event], OrderStatus)] = [
            ([], .pending), ([.new], .new), ([.partFilled], .partiallyFilled),
            ([.partFilled, .new], .partiallyFilled), ([.partly], .partiallyFilled),
            // The broker knows of fills that are still to come.
            ([.filled], .filled), ([.partFilled, .filled, .new], .filled),
            // What ended with a part filled has ended.
            ([.partFilled, .canceled], .canceled), ([.canceled, .partFilled], .canceled),
            ([.rejected, .canceled], .canceled),
            // Fills are facts.
            ([.canceled, .partFilled, .allFilled], .filled),
        ]
        for (events, status) in cases {
            #expect(try order(after: events).status == status, "\(events)")
        }
    }

    @Test func `a correction takes back what fills have brought about, not what was reported`()
        throws
    {
        var order = try order(after: [.new, .partFilled, .allFilled])
        #expect(order.status == .filled)
        try order.correct(removing: 6, adding: 5)
        #expect((order.status, order.filled) == (.partiallyFilled, 9))
        try order.correct(removing: 9, adding: 0)
        #expect((order.status, order.filled) == (.new, 0))
        order.hear(.filled, quantity: 10)
        try order.correct(removing: 0, adding: 3)
        #expect((order.status, order.filled) == (.filled, 3))
    }

    @Test func `an amended quantity moves the state, and may leave the order overfilled`() throws {
        var order = try order(after: [.new, .partFilled])
        order.hear(.new, quantity: 4)
        #expect((order.status, order.isOverfilled) == (.filled, false))
        order.hear(.new, quantity: 3)
        #expect((order.status, order.isOverfilled) == (.filled, true))
        order.hear(.new, quantity: 5)
        #expect((order.status, order.isOverfilled) == (.partiallyFilled, false))
    }

    @Test func `what nobody reported keeps what was known of it when it is`() throws {
        for status in OrderStatus.allCases {
            var order = OrderProgress(quantity: 10, filled: 4, status: status, reported: nil)
            order.hear(.new, quantity: 10)
            let expected: OrderStatus =
                switch status {
                case .canceled, .rejected, .expired: status
                default: .partiallyFilled
                }
            #expect(order.status == expected, "\(status)")
        }
    }

    @Test func `what is filled may not overflow, and is then unchanged`() throws {
        let huge = Decimal(units: 169_999_999_999_999_999_999_999_999_999_999_999_999)
        var order = OrderProgress(quantity: 10, filled: huge, status: .filled, reported: .filled)
        let before = order
        #expect(throws: LedgerError.outOfRange) { try order.fill(huge) }
        #expect(order == before)
    }

    @Test func `a report tells states of orders that were sent`() {
        #expect(
            OrderStatus.reportable.map(\.rawValue) == [
                "PENDING", "NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED",
            ])
        for status in OrderStatus.allCases {
            #expect(status.further(status) == status)
            for other in OrderStatus.allCases {
                #expect(status.further(other) == other.further(status))
                if status.canBecome(other), status.isOpen {
                    #expect(status.further(other) == other, "\(status) \(other)")
                }
            }
        }
    }
}
