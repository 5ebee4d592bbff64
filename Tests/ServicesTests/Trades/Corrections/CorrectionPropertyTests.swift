import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Fills, corrections and busts in any order of arrival end in the ledger that the last word of
/// each trade alone gives.
struct CorrectionPropertyTests {
    @Test
    func `corrected streams end as the last words alone, on SQLite`() async throws {
        try await check(on: .sqlite, count: 300)
    }

    @Test
    func `corrected streams end as the last words alone, on PostgreSQL`() async throws {
        try await check(on: .postgres, count: 100)
    }

    /// `BLOTTER_TEST_SEEDS` and `BLOTTER_TEST_FIRST_SEED` ask for others, or for many more.
    private func check(on backend: TestBackend, count: Int) async throws {
        let seeds = Seeds.range(count: count)
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: seeds.count)) { world in
            for seed in seeds {
                let trader = try await world.member(Int64(seed))
                try await check(seed, as: trader, in: world)
            }
            try await world.expectVerified()
        }
    }

    private func check(
        _ seed: UInt64, as trader: Authority, in world: ServiceWorld
    ) async throws {
        var stream = CorrectedStream(seed: seed)
        let rules = stream.rules()
        try await world.addPortfolio("straight", of: trader)
        for name in ["main", "straight"] as [ExactText] {
            _ = try await world.services.portfolios.setRules(
                of: name, lotMethod: rules.lotMethod, legWindowSeconds: rules.legWindowSeconds,
                for: trader.caller)
        }
        if stream.fills.isTrue(oneIn: 2) {
            let portfolios = try await world.services.portfolios.all(for: trader.caller)
            for portfolio in portfolios {
                try await RebuildService(world.services).rebuild(
                    portfolio.id, for: trader.caller)
            }
        }
        let (events, finals) = try stream.events()
        for event in events { try await post(event, as: trader, in: world, seed) }

        let image = try await LedgerImage(of: "main", as: trader, in: world)
        #expect(image == (try LedgerImage(folding: finals, by: rules)), "seed \(seed)")
        let report = try await world.ingest(
            finals.map(\.json), portfolio: "straight", as: trader)
        #expect(report.accepted == finals.count, "seed \(seed)")
        #expect(
            try await LedgerImage(of: "straight", as: trader, in: world) == image,
            "seed \(seed)")
    }

    private func post(
        _ event: CorrectedStream.Event, as trader: Authority, in world: ServiceWorld,
        _ seed: UInt64
    ) async throws {
        switch event.kind {
        case .fill(let fill):
            let report = try await world.ingest([fill.json], as: trader)
            #expect(
                report.words == [event.isRepeat ? "duplicate" : "accepted"],
                "seed \(seed) \(fill.fill.id)")
        case .correction(let request):
            let report = try await world.services.corrections.post(
                request, through: .http, as: trader)
            #expect(
                report.isDuplicate == event.isRepeat, "seed \(seed) \(request.correctionID)")
        }
    }
}

/// Fills, and what was said of them afterwards.
struct CorrectedStream {
    struct Event {
        enum Kind {
            case fill(PlacedFill)
            case correction(CorrectionRequest)
        }

        let kind: Kind
        /// Whether the same has come before.
        var isRepeat = false
    }

    var fills: FillStream

    init(seed: UInt64) { fills = FillStream(seed: seed) }

    mutating func rules() -> HoldingRules {
        HoldingRules(
            lotMethod: fills.pick([.fifo, .fifo, .lifo]),
            legWindowSeconds: fills.pick([300, 300, 0, 700]))
    }

    /// In an order of arrival in which each trade's own events keep theirs, and the fills that
    /// count at its end.
    mutating func events() throws -> (events: [Event], finals: [PlacedFill]) {
        var queues: [[Event.Kind]] = []
        var finals: [PlacedFill] = []
        for fill in try fills.fills() {
            let (kinds, last) = try history(of: fill)
            queues.append(kinds)
            if let last { finals.append(last) }
        }
        var events: [Event] = []
        while let index = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(
            using: &fills.random)
        {
            events.append(Event(kind: queues[index].removeFirst()))
            if fills.isTrue(oneIn: 4) {
                events.append(Event(kind: fills.pick(events).kind, isRepeat: true))
            }
        }
        return (events, finals)
    }

    /// A fill and up to three corrections of it; `last` is nil where it is busted in the end.
    private mutating func history(
        of fill: PlacedFill
    ) throws -> (kinds: [Event.Kind], last: PlacedFill?) {
        var kinds: [Event.Kind] = [.fill(fill)]
        var known = fill
        var isBusted = false
        for number in 0..<fills.pick([0, 0, 1, 1, 2, 3]) {
            var change = CorrectionRequest.Change.bust
            if isBusted || !fills.isTrue(oneIn: 3) {
                let figures = try figures()
                known = try known.corrected(by: figures)
                change = .correct(figures)
                isBusted = false
            } else {
                isBusted = true
            }
            kinds.append(
                .correction(
                    CorrectionRequest(
                        brokerTradeID: fill.fill.id,
                        correctionID: ExactText("\(fill.fill.id)/\(number)"), change: change)))
        }
        return (kinds, isBusted ? nil : known)
    }

    /// At least one of them; another trade's are as good as any.
    private mutating func figures() throws -> CorrectedFigures {
        let others = try fills.fills()
        let other = fills.pick(others).fill
        var figures = CorrectedFigures()
        repeat {
            if fills.isTrue(oneIn: 2) { figures.quantity = other.quantity }
            if fills.isTrue(oneIn: 3) { figures.price = other.price }
            if fills.isTrue(oneIn: 4) { figures.fee = other.fee }
            if fills.isTrue(oneIn: 3) { figures.execTime = other.time }
        } while figures == CorrectedFigures()
        return figures
    }
}

extension PlacedFill {
    fileprivate func corrected(by figures: CorrectedFigures) throws -> PlacedFill {
        PlacedFill(
            holding: holding,
            fill: try Fill(
                id: fill.id, side: fill.side, quantity: figures.quantity ?? fill.quantity,
                price: figures.price ?? fill.price, multiplier: fill.multiplier,
                fee: figures.fee ?? fill.fee, feeCurrency: fill.feeCurrency,
                time: figures.execTime ?? fill.time, orderID: fill.orderID))
    }
}
