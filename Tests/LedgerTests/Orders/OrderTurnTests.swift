import Ledger
import Testing

/// What gateways say of orders, in any order and twice.
struct OrderTurnTests {
    private static func progress(
        _ status: OrderStatus, filled: Decimal = .zero
    ) -> OrderProgress {
        OrderProgress(quantity: 10, filled: filled, status: status, reported: nil)
    }

    @Test func `a turn is known, overtaken, illegal, or leads where the table of steps allows`() {
        for status in OrderStatus.allCases {
            for turn in OrderTurn.allCases {
                var progress = Self.progress(status)
                let effect = progress.take(turn)
                switch effect {
                case .changed:
                    #expect(status.canBecome(turn.status), "\(status) \(turn)")
                    #expect(progress.status == turn.status)
                case .unchanged:
                    let isOvertaken = turn == .accepted && status.wasSent
                    #expect(status == turn.status || isOvertaken, "\(status) \(turn)")
                    #expect(progress.status == status)
                case .illegal:
                    #expect(!status.canBecome(turn.status), "\(status) \(turn)")
                    #expect(progress.status == status)
                }
                // Told again, it is no news.
                if effect == .changed { #expect(progress.take(turn) == .unchanged) }
            }
        }
    }

    @Test(arguments: [
        (OrderStatus.filled, OrderTurn.canceled), (.filled, .rejected), (.canceled, .expired),
        (.expired, .canceled), (.denied, .accepted), (.draft, .accepted),
        (.partiallyFilled, .rejected), (.rejected, .canceled),
    ])
    func `no end turns into another one, and what was never sent is not accepted`(
        _ status: OrderStatus, _ turn: OrderTurn
    ) {
        var progress = Self.progress(status)
        #expect(progress.take(turn) == .illegal)
    }

    @Test func `any order of the same events of a filled order ends the same`() throws {
        enum Event: CaseIterable { case accepted, first, second }
        let orders: [[Event]] = [
            [.accepted, .first, .second], [.first, .accepted, .second],
            [.first, .second, .accepted], [.accepted, .accepted, .first, .second],
        ]
        for events in orders {
            var progress = Self.progress(.pending)
            for event in events {
                switch event {
                case .accepted: #expect(progress.take(.accepted) != .illegal)
                case .first: try progress.fill(4)
                case .second: try progress.fill(6)
                }
            }
            #expect(progress.status == .filled && progress.filled == 10)
        }
    }

    @Test func `a late fill leaves a canceled order canceled, and a complete one fills it`() throws
    {
        var progress = Self.progress(.new)
        #expect(progress.take(.canceled) == .changed)
        try progress.fill(4)
        #expect(progress.status == .canceled)
        try progress.fill(6)
        #expect(progress.status == .filled)
    }
}
