import Gateways
import Ledger
import PaperGateway
import Records
import Services
import TestSupport
import World

/// A trader's hours with the paper broker, by chance: entries with exits, quotes, changes, closes,
/// fills from elsewhere, restarts. After each step it says what is not as it has to be.
struct BracketStory {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// How the ledger hears of what happens at the broker.
    enum Hearing: Sendable {
        /// Before anything else happens; then fills may also come from elsewhere.
        case atOnce
        /// Any time later, in order; what was not heard when the process ends has never been.
        case late
    }

    let scene: BracketScene
    private let hearing: Hearing
    private let paper: SteppedPaper
    private let desk: OrderDesk
    private let instrument: Instrument
    /// All purchases; their orders may rest then. Those of two ways are filled at once or not at
    /// all: what rests beside an exit may cross zero by itself.
    private let isOneWay: Bool
    private var random: SeededGenerator
    private var price = 100
    private var step = 0
    /// What is really held, by strategy: heard of or not.
    private var truth: [ExactText?: Decimal] = [:]
    private var known: [String: OrderListing] = [:]
    private(set) var counts: [String: Int] = [:]
    /// What has happened last, for who looks for a fault.
    private(set) var log: [String] = []

    init(_ scene: BracketScene, _ hearing: Hearing, seed: UInt64) async throws {
        self.scene = scene
        self.hearing = hearing
        paper = SteppedPaper(scene.world.services, scene.world.world)
        desk = OrderDesk(scene.world.services, gateways: [paper])
        random = SeededGenerator(seed: seed)
        isOneWay = hearing == .late || seed.isMultiple(of: 2)
        let all = try await scene.world.services.instruments.all(symbols: ["COIN"])
        guard let coin = all.first else { throw Wrong(description: "no instrument") }
        instrument = coin
        try await quote()
    }

    mutating func go() async throws {
        step += 1
        await scene.world.world.advance(seconds: 1)
        let name: String
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9:
            name = "quote"
            try await quote()
        case 9..<12:
            name = "enter"
            try await enter()
        case 12..<14:
            name = "exits"
            try await changeExits()
        case 14:
            name = "cancel"
            try await cancelSome()
        case 15:
            name = "close"
            try await close()
        case 16:
            name = "restart"
            try await restart()
        default:
            name = "elsewhere"
            if hearing == .atOnce { try await fillElsewhere() }
        }
        counts[name, default: 0] += 1
        log.append("\(step) \(name)")
        try await look()
        // Not everything leaves at once.
        if hearing == .atOnce || Bool.random(using: &random) {
            _ = try await desk.carryDue()
            try await look()
        }
        try await hear(hearing == .atOnce ? .max : Int.random(in: 0...4, using: &random))
        try await checkLedger()
    }

    /// Everything is heard and has left.
    mutating func settle() async throws {
        for _ in 0..<8 {
            _ = try await desk.carryDue()
            try await look()
            try await hear(.max)
        }
        try await checkLedger()
    }

    // MARK: Steps

    private mutating func quote() async throws {
        price = max(20, price + Int.random(in: -8...8, using: &random))
        let size = [nil, 2, 3, 5].randomElement(using: &random) ?? nil
        let shown = size.map { Decimal($0) }
        let now = scene.world.world.now()
        let quote = Quote(
            bid: Decimal(price), ask: Decimal(price + 1), last: nil, bidSize: shown,
            askSize: shown, time: now)
        _ = try await scene.world.services.quotes.post([
            .success(QuoteReport(symbol: "COIN", exchange: nil, quote: quote))
        ])
        paper.quote(
            PaperQuote(
                bid: quote.bid, ask: quote.ask, bidSize: shown, askSize: shown, time: now),
            of: instrument)
    }

    private mutating func terms(_ side: Side) -> ExitTerms {
        let sign = side == .buy ? 1 : -1
        var terms = ExitTerms()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: break
        case 1: terms.stop = .trail(.amount(Decimal(Int.random(in: 2...10, using: &random))))
        default:
            terms.stop = .price(Decimal(price - sign * Int.random(in: 3...12, using: &random)))
        }
        if terms.stop == nil || Bool.random(using: &random) {
            terms.profit = Decimal(price + sign * Int.random(in: 3...12, using: &random))
        }
        return terms
    }

    private mutating func enter() async throws {
        let side: Side = isOneWay || Bool.random(using: &random) ? .buy : .sell
        let momo = StrategyReference(parsing: "momo").map(StrategyChoice.named) ?? .none
        let strategy = Bool.random(using: &random) ? .none : momo
        let order = PlaceOrder(
            symbol: "COIN", side: side,
            size: .quantity(Decimal(Int.random(in: 1...9, using: &random))),
            pricing: Bool.random(using: &random)
                ? .market : .limit(Decimal(price + (side == .buy ? 1 : -1))),
            timeInForce: isOneWay ? .goodTillCanceled : .immediateOrCancel, strategy: strategy,
            exits: terms(side))
        _ = await attempt { try await scene.orders.place(order, as: scene.ada) }
    }

    private mutating func changeExits() async throws {
        let held = try await scene.world.services.positions.snapshot(for: scene.ada)
        guard let listing = held.randomElement(using: &random)?.listing else { return }
        let side: Side = listing.position.quantity.isNegative ? .sell : .buy
        let new = terms(side)
        var change = ExitsChange()
        if let stop = new.stop { change.stop = .set(stop) }
        if let profit = new.profit { change.profit = .set(profit) }
        if Int.random(in: 0..<5, using: &random) == 0 { change.stop = .off }
        let (asked, request) = (change, "r\(step)")
        _ = await attempt {
            try await scene.orders.setExits(
                asked, of: PositionPlace(listing), request: request, as: scene.ada)
        }
    }

    private mutating func cancelSome() async throws {
        guard let order = try await scene.listed().filter(\.isWorking).randomElement(using: &random)
        else { return }
        _ = await attempt { try await scene.orders.cancel(uid: order.uid, as: scene.ada) }
    }

    private mutating func close() async throws {
        let orders = try await scene.orders.closing(
            portfolio: nil, symbol: "COIN", for: scene.ada)
        guard let order = orders.randomElement(using: &random) else { return }
        // To one group a closing order can belong: with several brackets, or beside another one
        // that belongs to none, it may not be heard of late.
        if hearing == .late {
            let active = try await scene.world.count(of: "brackets", where: "ended_at IS NULL")
            let closing = try await scene.listed().filter {
                $0.closeReason == .manualClose && $0.status.isOpen
            }
            let grouped = try await scene.world.texts(
                """
                SELECT o.uid FROM orders o
                JOIN bracket_orders x ON x.order_id = o.id
                WHERE x.role = 'CLOSE'
                """)
            guard active + closing.count <= 1, closing.allSatisfy({ grouped.contains($0.uid) })
            else { return }
        }
        _ = await attempt { try await scene.orders.place(order, as: scene.ada) }
    }

    private mutating func fillElsewhere() async throws {
        let isSale = Bool.random(using: &random)
        let quantity = Int.random(in: 1...6, using: &random)
        let strategy = Bool.random(using: &random) ? "momo@1.0" : nil
        let held = truth[strategy.map { ExactText($0) }, default: .zero]
        if isOneWay, isSale, held < Decimal(quantity) { return }
        _ = try await scene.world.ingest(
            [
                fill(
                    "x-\(step)", isSale ? "SELL" : "BUY", "\(quantity)", at: "\(price)",
                    symbol: "COIN", exchange: nil, currency: "USD",
                    time: scene.world.world.now().description, strategy: strategy)
            ], as: scene.ada)
        let signed = Decimal(isSale ? -quantity : quantity)
        let name = strategy.map { ExactText($0) }
        truth[name] = try truth[name, default: .zero] + signed
    }

    private mutating func restart() async throws {
        try await scene.orders.keepExits()
        paper.restart(with: try await scene.orders.working(at: paper.brokerCode))
        try await desk.begin()
        truth = [:]
        for view in try await scene.world.services.positions.snapshot(for: scene.ada) {
            truth[view.listing.strategy] = view.listing.position.quantity
        }
        try await quote()
    }

    /// What is refused changes nothing.
    private func attempt<Result: Sendable>(_ body: () async throws -> Result) async -> Result? {
        try? await body()
    }

    // MARK: What has to hold

    /// Looks at what has happened at the broker: no exit opens anything or crosses zero.
    private mutating func look() async throws {
        for event in paper.news() {
            let kind = "\(event.kind)".prefix { $0 != "(" }
            counts[String(kind), default: 0] += 1
            log.append("    \(kind) \(event.uid.suffix(17))")
            guard case .filled(let fill) = event.kind else { continue }
            let order = try await order(event.uid)
            let before = truth[order.strategy, default: .zero]
            let after = try order.side == .buy ? before + fill.quantity : before - fill.quantity
            log.append("    \(order.side) \(fill.quantity): \(before) → \(after)")
            truth[order.strategy] = after
            guard order.isReduceOnly else { continue }
            counts["exit", default: 0] += 1
            guard before.closingSide == order.side, fill.quantity <= before.magnitude else {
                throw Wrong(
                    description: "\(order.side) \(fill.quantity) of \(order.uid) while \(before)"
                        + " is held")
            }
        }
    }

    private mutating func order(_ uid: String) async throws -> OrderListing {
        if let order = known[uid] { return order }
        let order = try await scene.orders.detail(uid: uid, for: scene.ada).order
        known[uid] = order
        return order
    }

    private mutating func hear(_ count: Int) async throws {
        var left = count
        while left > 0 {
            let events = paper.take(1)
            guard let event = events.first else { return }
            left -= 1
            log.append("    heard \("\(event.kind)".prefix { $0 != "(" }) \(event.uid.suffix(17))")
            let recorded = try await scene.orders.record(event, from: paper.brokerCode)
            switch recorded {
            case .stored, .known, .illegal: break
            case .unknownOrder, .refused:
                throw Wrong(description: "\(event) is \(recorded)")
            }
            // What follows from it may leave before the next one is heard.
            if hearing == .atOnce {
                _ = try await desk.carryDue()
                try await look()
            }
        }
    }

    /// The exits that work close no more of each position than is held, by the ledger's account.
    private func checkLedger() async throws {
        let held = Dictionary(
            try await scene.world.services.positions.snapshot(for: scene.ada).map {
                ($0.listing.strategy, $0.listing.position.quantity)
            }
        ) { first, _ in first }
        let orders = try await scene.listed()
        for order in orders {
            guard order.filledQuantity <= order.quantity || order.status == .canceled else {
                throw Wrong(description: "\(order.uid) is overfilled: \(order)")
            }
        }
        for order in orders where order.isReduceOnly && order.status.isOpen {
            let position = held[order.strategy] ?? .zero
            let left = try order.quantity - order.filledQuantity
            guard position.closingSide == order.side, left <= position.magnitude else {
                throw Wrong(
                    description: "\(order.type) \(order.uid) would close \(left) of \(position)")
            }
        }
        let orphans = try await scene.world.texts(
            """
            SELECT o.uid FROM orders o
            JOIN bracket_orders x ON x.order_id = o.id
            JOIN brackets k ON k.id = x.bracket_id
            WHERE k.ended_at IS NOT NULL AND x.role <> 'CLOSE'
                AND o.status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')
            """)
        guard orphans.isEmpty else {
            throw Wrong(description: "\(orphans) work, and their brackets have ended")
        }
    }

    /// When all is settled, what is at the broker is what the ledger has.
    func checkSettled() async throws {
        let orders = try await scene.listed()
        for order in orders where order.isReduceOnly {
            let state = try await paper.order(order.uid)
            guard let state, state.status.isOpen else {
                guard !order.status.isOpen else {
                    throw Wrong(
                        description: "\(order.uid) is \(order.status), not so at the broker")
                }
                continue
            }
            guard order.status.isOpen, state.instruction.quantity == order.quantity else {
                throw Wrong(
                    description: "\(order.uid) is \(order.status) of \(order.quantity), at the"
                        + " broker \(state.status) of \(state.instruction.quantity)")
            }
        }
        let positions = try await scene.world.services.positions.snapshot(for: scene.ada)
        for view in positions {
            let name = view.listing.strategy
            guard truth[name, default: .zero] == view.listing.position.quantity else {
                throw Wrong(description: "the ledger has not heard everything")
            }
        }
    }
}
