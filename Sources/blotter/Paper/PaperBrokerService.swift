import Gateways
import Ledger
import Logging
import PaperGateway
import Records
import ServiceLifecycle
import Services
import World

/// The paper broker and the desk that carries orders to it: trades with the accounts and the quotes
/// that the ledger has.
struct PaperBrokerService: Service {
    let services: Services
    let broker: PaperGateway
    let logger: Logger

    init(_ installation: Installation, _ logger: Logger) {
        services = installation.services
        self.logger = logger
        broker = PaperGateway(
            brokerCode: Account.paperBroker, settings: PaperSettings(installation.configuration),
            accounts: LedgerAccounts(services: services), world: installation.world)
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await work() }
    }

    /// Runs until the task is cancelled.
    func work() async throws {
        try await goOn()
        let desk = OrderDesk(services, gateways: [broker]) { report($0) }
        await withDiscardingTaskGroup { group in
            group.addTask { await broker.run() }
            group.addTask { await desk.run() }
        }
    }

    /// Takes up where the last run ended: with the orders that worked then, and the last quotes.
    private func goOn() async throws {
        while true {
            do {
                try await services.orders.keepExits()
                let working = try await services.orders.working(at: broker.brokerCode)
                broker.restore(working.map(PaperRestingOrder.init))
                services.quotes.watch { [broker] quotes in broker.take(quotes.map(shown)) }
                broker.take(try await services.quotes.all().map(shown))
                return
            } catch let error where !(error is CancellationError) {
                logger.warning(
                    "the paper broker waits for the database", metadata: ["error": "\(error)"])
                try await services.work.world.sleep(seconds: 5)
            }
        }
    }

    private func report(_ trouble: OrderDesk.Trouble) {
        switch trouble {
        case .storage(let error):
            logger.warning(
                "orders wait for the database; it is tried again", metadata: ["error": "\(error)"])
        case .event(let event, let recorded):
            logger.error(
                "what a broker told of an order can't be",
                metadata: ["order_uid": "\(event.uid)", "outcome": "\(recorded)"])
        case .lost(let event, let error):
            logger.critical(
                "what a broker told of an order could not be stored: it stays as it was",
                metadata: ["order_uid": "\(event.uid)", "error": "\(error)"])
        case .silence(let gateway, let order, let failure):
            logger.warning(
                "a broker gave no answer",
                metadata: [
                    "broker": "\(gateway)", "order_uid": "\(order)", "error": "\(failure)",
                ])
        }
    }
}

extension PaperSettings {
    init(_ configuration: Configuration) {
        let paper = configuration.paper
        self.init(
            slippageBasisPoints: paper.slippageBasisPoints,
            fees: PaperFees(
                percent: paper.feePercent, perUnit: paper.feePerUnit,
                minimum: paper.feeMinimum.isZero ? nil : paper.feeMinimum))
    }
}

extension FeeEstimates {
    /// What the paper broker charges by its settings.
    init(_ configuration: Configuration) {
        let paper = PaperSettings(configuration)
        self.init([Account.paperBroker: { paper.fee(of: $0, $1, at: $2) }])
    }
}

private func shown(
    _ marked: (instrument: Instrument, quote: Quote)
) -> (instrument: Instrument, quote: PaperQuote) {
    let quote = marked.quote
    return (
        marked.instrument,
        PaperQuote(
            bid: quote.bid, ask: quote.ask, last: quote.last, bidSize: quote.bidSize,
            askSize: quote.askSize, time: quote.time)
    )
}

extension PaperRestingOrder {
    init(_ working: WorkingOrder) {
        self.init(
            order: working.order, fills: working.fills, isTriggered: working.isTriggered,
            filledOnQuoteOf: working.fills.map(\.time).max())
    }
}

/// What the ledger says that an account has.
private struct LedgerAccounts: PaperAccounts {
    let services: Services

    func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount? {
        try await standing(uid, trading: nil, beside: nil)?.account
    }

    func account(
        _ uid: String, trading instrument: Instrument, beside order: String?
    ) async throws(GatewayFailure) -> PaperAccount? {
        guard let standing = try await standing(uid, trading: instrument, beside: order) else {
            return nil
        }
        return PaperAccount(
            account: standing.account, allowsShort: true, position: standing.position,
            rate: standing.rate)
    }

    private func standing(
        _ uid: String, trading instrument: Instrument?, beside order: String?
    ) async throws(GatewayFailure) -> BrokerStanding? {
        do {
            return try await services.money.standing(
                ofAccount: uid, trading: instrument, beside: order)
        } catch {
            throw .unsent("the account can't be read: \(error)")
        }
    }
}
