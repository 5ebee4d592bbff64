import Gateways
import Ledger
import PaperGateway
import Records
import Services
import World

/// The paper broker's exchange, whose events reach the ledger when a test lets them.
final class SteppedPaper: OrderGateway {
    private struct State {
        var exchange = PaperExchange()
        var untold: [GatewayEvent] = []
        var news: [GatewayEvent] = []
    }

    let brokerCode = Account.paperBroker
    let honoursGroups = true
    let events = AsyncStream<GatewayEvent> { _ in }
    private let state = Lock(State())
    private let world: any World
    private let money: MoneyService

    init(_ services: Services, _ world: any World) {
        money = services.money
        self.world = world
    }

    /// The next events that the ledger does not know of yet, at most so many.
    func take(_ count: Int) -> [GatewayEvent] {
        state.withLock { state in
            let taken = Array(state.untold.prefix(count))
            state.untold.removeFirst(taken.count)
            return taken
        }
    }

    /// What has happened since this was asked last, told or not.
    func news() -> [GatewayEvent] {
        state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    /// The process ends and begins again: what was not told has never been.
    func restart(with working: [WorkingOrder]) {
        let resting = working.map {
            PaperRestingOrder(
                order: $0.order, fills: $0.fills, isTriggered: $0.isTriggered,
                filledOnQuoteOf: $0.fills.map(\.time).max())
        }
        state.withLock { state in
            state = State()
            let events = state.exchange.restore(resting, at: world.now())
            state.untold += events
            state.news += events
        }
    }

    func quote(_ quote: PaperQuote, of instrument: Instrument) {
        state.withLock { state in
            Self.note(state.exchange.take(quote, of: instrument, at: world.now()), in: &state)
        }
    }

    private static func note(_ events: [GatewayEvent], in state: inout State) {
        state.untold += events
        state.news += events
    }

    private func act(
        _ call: (inout PaperExchange) -> PaperExchange.Outcome
    ) -> GatewayAnswer {
        state.withLock { state in
            let outcome = call(&state.exchange)
            Self.note(outcome.events, in: &state)
            return outcome.answer
        }
    }

    private func account(
        _ uid: String, _ instrument: Instrument, beside order: String?
    ) async throws(GatewayFailure) -> PaperAccount? {
        do {
            return try await money.standing(ofAccount: uid, trading: instrument, beside: order).map
            {
                PaperAccount(
                    account: $0.account, allowsShort: true, position: $0.position, rate: $0.rate)
            }
        } catch {
            throw .unsent("\(error)")
        }
    }

    func place(_ order: GatewayOrder) async throws(GatewayFailure) -> GatewayAnswer {
        let account = try await account(order.accountUID, order.instrument, beside: order.uid)
        return act { $0.place(order, for: account, at: world.now()) }
    }

    func cancel(_ uid: String) async throws(GatewayFailure) -> GatewayAnswer {
        act { $0.cancel(uid, at: world.now()) }
    }

    func replace(
        _ uid: String, with instruction: OrderInstruction, groupFilled: Decimal?
    ) async throws(GatewayFailure) -> GatewayAnswer {
        act {
            $0.replace(
                uid, with: instruction, groupFilled: groupFilled, for: nil, at: world.now())
        }
    }

    func order(_ uid: String) async throws(GatewayFailure) -> GatewayOrderState? {
        state.withLock { $0.exchange.order(uid) }
    }

    func openOrders(
        ofAccount uid: String
    ) async throws(GatewayFailure) -> [GatewayOrderState] {
        state.withLock { $0.exchange.openOrders(ofAccount: uid) }
    }

    func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount {
        throw .unsent("not asked for")
    }
}
