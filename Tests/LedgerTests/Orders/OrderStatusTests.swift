import Ledger
import Testing

@Suite struct OrderStatusTests {
    private static let terminal: Set<OrderStatus> = [
        .filled, .canceled, .rejected, .expired, .denied,
    ]

    @Test func `the names are those of the interfaces`() {
        #expect(
            OrderStatus.allCases.map(\.rawValue).joined(separator: " ")
                == "DRAFT SIMULATED PENDING NEW PARTIALLY_FILLED FILLED CANCELED REJECTED EXPIRED "
                + "DENIED")
    }

    @Test func `exactly the legal steps can be taken`() {
        let legal: Set<String> = [
            "DRAFT SIMULATED", "DRAFT PENDING", "DRAFT CANCELED", "DRAFT DENIED",
            "SIMULATED DRAFT", "SIMULATED PENDING", "SIMULATED CANCELED", "SIMULATED DENIED",
            "PENDING NEW", "PENDING PARTIALLY_FILLED", "PENDING FILLED", "PENDING CANCELED",
            "PENDING REJECTED", "PENDING EXPIRED",
            "NEW PARTIALLY_FILLED", "NEW FILLED", "NEW CANCELED", "NEW REJECTED", "NEW EXPIRED",
            "PARTIALLY_FILLED PARTIALLY_FILLED", "PARTIALLY_FILLED FILLED",
            "PARTIALLY_FILLED CANCELED", "PARTIALLY_FILLED EXPIRED",
        ]
        for status in OrderStatus.allCases {
            for next in OrderStatus.allCases {
                let step = "\(status.rawValue) \(next.rawValue)"
                #expect(status.canBecome(next) == legal.contains(step), "\(step)")
            }
        }
    }

    @Test func `a terminal state leads nowhere, any other one somewhere`() {
        for status in OrderStatus.allCases {
            #expect(status.isTerminal == Self.terminal.contains(status))
        }
        #expect(OrderStatus.allCases.filter(\.isOpen) == [.pending, .new, .partiallyFilled])
    }

    @Test(arguments: OrderStatus.allCases)
    func `a fill is a fact, however late`(status: OrderStatus) throws {
        #expect(status.afterFill(filled: 10, of: 10) == .filled)
        #expect(status.afterFill(filled: 11, of: 10) == .filled)
        #expect(status.afterFill(filled: 0, of: 10) == status)
        let partly = status.afterFill(filled: try decimal("9.999"), of: 10)
        #expect(partly == (Self.terminal.contains(status) ? status : .partiallyFilled))
    }

    @Test(arguments: OrderStatus.allCases)
    func `a correction takes back what fills alone have brought about`(
        status: OrderStatus
    ) throws {
        let isByFills = status == .filled || status == .partiallyFilled
        #expect(status.afterCorrection(filled: 10, of: 10) == .filled)
        #expect(status.afterCorrection(filled: 11, of: 10) == .filled)
        #expect(status.afterCorrection(filled: 0, of: 10) == (isByFills ? .new : status))
        let partly = status.afterCorrection(filled: try decimal("9.999"), of: 10)
        #expect(
            partly
                == (Self.terminal.contains(status) && status != .filled
                    ? status : .partiallyFilled))
    }
}
