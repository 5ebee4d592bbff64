public import Gateways
public import Ledger
public import World

/// The paper broker: a `PaperExchange` behind the calls that every broker takes.
///
/// It stores nothing: after a restart it goes on from what `restore` is given. An order that has
/// ended before is not known then, and what a group was filled by counts from the restart on.
public final class PaperGateway: OrderGateway {
    public let brokerCode: String
    public let honoursGroups = true
    /// Kept until they are read, however many.
    public let events: AsyncStream<GatewayEvent>

    private let world: any World
    private let accounts: any PaperAccounts
    private let exchange: Lock<PaperExchange>
    private let told: AsyncStream<GatewayEvent>.Continuation
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    public init(
        brokerCode: String = "PAPER", settings: PaperSettings = PaperSettings(),
        accounts: any PaperAccounts, world: any World
    ) {
        self.brokerCode = brokerCode
        self.accounts = accounts
        self.world = world
        exchange = Lock(PaperExchange(settings: settings))
        (events, told) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Goes on with the orders of an earlier run, in the order in which they were placed. Before
    /// anything else.
    public func restore(_ resting: [PaperRestingOrder]) {
        change { exchange, now in ((), exchange.restore(resting, at: now)) }
    }

    /// Shows what a market shows.
    public func quote(_ quote: PaperQuote, for instrument: Instrument) {
        take([(instrument, quote)])
    }

    /// Shows what markets show, one after another.
    public func take(_ quotes: [(instrument: Instrument, quote: PaperQuote)]) {
        change { exchange, now in
            var events: [GatewayEvent] = []
            for (instrument, quote) in quotes {
                events += exchange.take(quote, of: instrument, at: now)
            }
            return ((), events)
        }
    }

    /// Lets orders expire when it is time. Runs until the task is cancelled, and then returns.
    /// Once for one gateway.
    public func run() async {
        var timer = Task {}
        wake.yield()
        for await _ in wakes {
            let next = exchange.withLock { exchange in
                tell(exchange.advance(to: world.now()))
                return exchange.nextDeadline
            }
            timer.cancel()
            guard let next else { continue }
            timer = Task { [world, wake] in
                try? await world.sleep(until: next)
                if !Task.isCancelled { wake.yield() }
            }
        }
        timer.cancel()
    }

    public func place(_ order: GatewayOrder) async throws(GatewayFailure) -> GatewayAnswer {
        let account = try await accounts.account(
            order.accountUID, trading: order.instrument, beside: order.uid)
        guard let account else { return .refused("no account \(order.accountUID) is known") }
        return act { exchange, now in exchange.place(order, for: account, at: now) }
    }

    public func cancel(_ uid: String) async throws(GatewayFailure) -> GatewayAnswer {
        act { exchange, now in exchange.cancel(uid, at: now) }
    }

    public func replace(
        _ uid: String, with instruction: OrderInstruction, groupFilled: Decimal?
    ) async throws(GatewayFailure) -> GatewayAnswer {
        var account: PaperAccount?
        if let order = exchange.withLock({ $0.placedOrder(uid) }) {
            account = try await accounts.account(
                order.accountUID, trading: order.instrument, beside: nil)
            guard account != nil else {
                return .refused("no account \(order.accountUID) is known")
            }
        }
        return act { exchange, now in
            exchange.replace(
                uid, with: instruction, groupFilled: groupFilled, for: account, at: now)
        }
    }

    public func order(_ uid: String) async throws(GatewayFailure) -> GatewayOrderState? {
        exchange.withLock { $0.order(uid) }
    }

    public func openOrders(
        ofAccount uid: String
    ) async throws(GatewayFailure) -> [GatewayOrderState] {
        exchange.withLock { $0.openOrders(ofAccount: uid) }
    }

    public func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount {
        guard let account = try await accounts.account(uid) else {
            throw .unsent("no account \(uid) is known")
        }
        return account
    }

    private func act(
        _ body: (inout PaperExchange, Timestamp) -> PaperExchange.Outcome
    ) -> GatewayAnswer {
        change { exchange, now in
            let outcome = body(&exchange, now)
            return (outcome.answer, outcome.events)
        }
    }

    /// Events go out under the lock, so that they come in the order in which they came about.
    private func change<Result>(
        _ body: (inout PaperExchange, Timestamp) -> (Result, [GatewayEvent])
    ) -> Result {
        exchange.withLock { exchange in
            let deadline = exchange.nextDeadline
            let (result, events) = body(&exchange, world.now())
            tell(events)
            if exchange.nextDeadline != deadline { wake.yield() }
            return result
        }
    }

    private func tell(_ events: [GatewayEvent]) {
        for event in events { told.yield(event) }
    }
}
