import Gateways
import Ledger
import PaperGateway
import TestSupport
import Testing
import World

@Suite struct PaperGatewayTests {
    private func harness() throws -> PaperHarness {
        PaperHarness(currency: try #require(Currency("USD")))
    }

    private func order(
        _ uid: String, _ harness: PaperHarness, _ pricing: OrderPricing,
        _ timeInForce: TimeInForce = .goodTillCanceled
    ) throws -> GatewayOrder {
        GatewayOrder(
            uid: uid, accountUID: harness.accountUID, instrument: harness.instrument,
            instruction: try OrderInstruction(
                side: .buy, quantity: 10, pricing: pricing, timeInForce: timeInForce),
            placedAt: harness.now())
    }

    @Test(.timeLimit(.minutes(1)), arguments: GatewayContract.all)
    func `the paper broker keeps the contract`(_ contract: GatewayContract) async throws {
        try await contract.check(try harness())
    }

    @Test(.timeLimit(.minutes(1)), arguments: GatewayContract.all)
    func `it keeps the contract with slippage and fees too`(
        _ contract: GatewayContract
    ) async throws {
        let settings = PaperSettings(
            slippageBasisPoints: 50, fees: PaperFees(percent: 1, perUnit: 1, minimum: 2))
        let currency = try #require(Currency("USD"))
        try await contract.check(PaperHarness(currency: currency, settings: settings))
    }

    @Test(.timeLimit(.minutes(1)))
    func `an order for the day expires when its day has ended, without a quote`() async throws {
        let harness = try harness()
        let run = Task { await harness.paper.run() }
        var events = harness.paper.events.makeAsyncIterator()
        _ = try await harness.paper.place(try order("a", harness, .limit(90), .day))
        #expect(await events.next()?.kind == .accepted)
        // It sleeps until midnight, of its own.
        await harness.world.waitForSleepers()
        await harness.world.advance(seconds: 86_400, sleepers: 0)
        let expired = await events.next()
        #expect(expired?.kind == .expired)
        #expect(expired?.time.description == "2026-01-02T00:00:00.000000Z")
        #expect(try await harness.paper.order("a")?.status == .expired)
        run.cancel()
        await run.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `the sooner deadline of a later order is kept`() async throws {
        let harness = try harness()
        let forex = Instrument(
            symbol: "EUR", exchange: nil, assetType: .forex,
            currency: harness.instrument.currency)
        let run = Task { await harness.paper.run() }
        var events = harness.paper.events.makeAsyncIterator()
        _ = try await harness.paper.place(try order("late", harness, .limit(90), .day))
        await harness.world.waitForSleepers()
        let soon = GatewayOrder(
            uid: "soon", accountUID: harness.accountUID, instrument: forex,
            instruction: try order("", harness, .limit(90), .day).instruction,
            placedAt: harness.now())
        _ = try await harness.paper.place(soon)
        for _ in 0..<2 { #expect(await events.next()?.kind == .accepted) }
        // To 17:00 in New York, and on by little until it is seen.
        await harness.world.advance(seconds: 22 * 3600)
        while try await harness.paper.order("soon")?.status == .new {
            await harness.world.advance(seconds: 0.001)
        }
        #expect(await events.next()?.uid == "soon")
        #expect(try await harness.paper.order("late")?.status == .new)
        run.cancel()
        await run.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `after a restart orders go on where they stood, and a quote is not used twice`()
        async throws
    {
        let first = try harness()
        try await first.market(bid: 99, ask: 100, size: 4)
        _ = try await first.paper.place(try order("a", first, .limit(100)))
        let state = try #require(try await first.paper.order("a"))
        #expect(state.fills.map(\.quantity) == [4])

        let second = try harness()
        await second.world.advance(seconds: 60)
        second.paper.restore([
            PaperRestingOrder(
                order: try order("a", first, .limit(100)), fills: state.fills,
                filledOnQuoteOf: first.now())
        ])
        let quote = PaperQuote(bid: 99, ask: 100, askSize: 4, time: first.now())
        second.paper.quote(quote, for: second.instrument)
        #expect(try await second.paper.order("a")?.fills == state.fills)
        try await second.market(bid: 99, ask: 100, size: nil)
        let fills = try #require(try await second.paper.order("a")).fills
        #expect(fills.map(\.quantity) == [4, 6])
        #expect(fills.map(\.id) == ["a-1", "a-2"])
    }

    @Test func `an order of an account that is not known is refused`() async throws {
        let harness = try harness()
        harness.accounts.figures.withLock { $0.isThere = false }
        let answer = try await harness.paper.place(try order("a", harness, .limit(90)))
        #expect(answer == .refused("no account account is known"))
        await #expect(throws: GatewayFailure.unsent("no account account is known")) {
            try await harness.paper.account("account")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `calls from many tasks lose no event`() async throws {
        let harness = try harness()
        try await harness.market(bid: 99, ask: 101, size: nil)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<50 {
                        let uid = "\(task)-\(index)"
                        guard let order = try? order(uid, harness, .limit(Decimal(90 + index % 20)))
                        else { return }
                        _ = try? await harness.paper.place(order)
                        if index % 3 == 0 { _ = try? await harness.paper.cancel(uid) }
                    }
                }
            }
        }
        let open = try await harness.paper.openOrders(ofAccount: harness.accountUID)
        var accepted: Set<String> = []
        var ended: Set<String> = []
        var events = harness.paper.events.makeAsyncIterator()
        while accepted.count < 400 || ended.count < 400 - open.count {
            let event = try #require(await events.next())
            switch event.kind {
            case .accepted: accepted.insert(event.uid)
            case .filled, .canceled:
                #expect(accepted.contains(event.uid))
                ended.insert(event.uid)
            default: Issue.record("\(event)")
            }
        }
        #expect(ended.isDisjoint(with: open.map(\.uid)))
    }
}
