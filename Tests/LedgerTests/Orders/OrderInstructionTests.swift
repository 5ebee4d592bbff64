import Ledger
import Testing

/// Which parts make an order.
struct OrderInstructionTests {
    private func fault(
        _ quantity: Decimal = 1, _ pricing: OrderPricing,
        _ timeInForce: TimeInForce = .goodTillCanceled
    ) -> OrderFault.Field? {
        do {
            _ = try OrderInstruction(
                side: .buy, quantity: quantity, pricing: pricing, timeInForce: timeInForce)
            return nil
        } catch {
            return error.field
        }
    }

    @Test func `a quantity and a distance have to be above zero`() {
        #expect(fault(0, .market) == .quantity)
        #expect(fault(-1, .market) == .quantity)
        #expect(fault(Decimal(units: 1), .market) == nil)
        #expect(fault(1, .trailing(.amount(0), stop: nil)) == .trail)
        #expect(fault(1, .trailing(.amount(Decimal(units: 1)), stop: nil)) == nil)
        #expect(fault(1, .trailing(.percent(100), stop: nil)) == .trail)
        #expect(fault(1, .trailing(.percent(99), stop: nil)) == nil)
        #expect(fault(1, .limit(-5)) == nil)
    }

    @Test(arguments: [
        OrderPricing.stop(1), .stopLimit(stop: 1, limit: 1), .trailing(.amount(1), stop: nil),
    ])
    func `what waits for its stop can't be filled at once`(_ pricing: OrderPricing) {
        for timeInForce in TimeInForce.allCases {
            let isAtOnce = timeInForce == .immediateOrCancel || timeInForce == .fillOrKill
            #expect(fault(1, pricing, timeInForce) == (isAtOnce ? .timeInForce : nil))
        }
    }

    @Test func `a trailing stop stands behind the best price of its side`() throws {
        #expect(try Trail.amount(5).stop(behind: 100, for: .sell) == 95)
        #expect(try Trail.amount(5).stop(behind: 100, for: .buy) == 105)
        #expect(try Trail.percent(2).stop(behind: 200, for: .sell) == 196)
        #expect(try Trail.percent(2).stop(behind: 200, for: .buy) == 204)
    }

    @Test func `quantities and prices keep to the instrument's steps`() throws {
        let currency = try #require(Currency("USD"))
        let tenth = try Decimal(parsing: "0.1")
        let instrument = Instrument(
            symbol: "X", exchange: nil, assetType: .equity, currency: currency, tickSize: tenth,
            lotSize: 5)
        func field(_ quantity: Decimal, _ pricing: OrderPricing) throws -> OrderFault.Field? {
            let instruction = try OrderInstruction(
                side: .buy, quantity: quantity, pricing: pricing, timeInForce: .day)
            do throws(OrderFault) {
                try instrument.check(instruction)
                return nil
            } catch {
                return error.field
            }
        }
        #expect(try field(10, .limit(tenth)) == nil)
        #expect(try field(11, .limit(tenth)) == .quantity)
        #expect(try field(10, .limit(Decimal(parsing: "0.15"))) == .price)
        #expect(try field(10, .stop(Decimal(parsing: "0.15"))) == .stopPrice)
        #expect(try field(10, .trailing(.amount(1), stop: Decimal(parsing: "0.15"))) == nil)
        #expect(Decimal(12).roundedDown(to: 5) == 10)
        #expect(try Decimal(parsing: "0.29").roundedDown(to: tenth) == Decimal(parsing: "0.2"))
    }
}
