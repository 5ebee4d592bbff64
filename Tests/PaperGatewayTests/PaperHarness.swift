import Gateways
import Ledger
import PaperGateway
import TestSupport
import World

/// Accounts that a test sets as it likes.
final class SetAccounts: PaperAccounts {
    struct Figures {
        var currency: Currency
        var buyingPower: Decimal = 100_000
        var allowsShort = true
        var position = Decimal.zero
        var rate: Decimal? = .one
        var isThere = true
    }

    let figures: Lock<Figures>

    init(_ figures: Figures) { self.figures = Lock(figures) }

    func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount? {
        let figures = figures.withLock { $0 }
        guard figures.isThere else { return nil }
        return GatewayAccount(
            currency: figures.currency, cash: figures.buyingPower, equity: figures.buyingPower,
            buyingPower: figures.buyingPower)
    }

    func account(
        _ uid: String, trading instrument: Instrument, beside order: String?
    ) async throws(GatewayFailure) -> PaperAccount? {
        guard let account = try await account(uid) else { return nil }
        let figures = figures.withLock { $0 }
        return PaperAccount(
            account: account, allowsShort: figures.allowsShort, position: figures.position,
            rate: figures.rate)
    }
}

/// The paper broker in a world whose time moves a second with each quote.
final class PaperHarness: GatewayHarness {
    let paper: PaperGateway
    let world: SeededWorld
    let accounts: SetAccounts
    let instrument: Instrument
    let accountUID = "account"

    var gateway: any OrderGateway { paper }

    init(currency: Currency, settings: PaperSettings = PaperSettings()) {
        world = SeededWorld(seed: 1)
        accounts = SetAccounts(SetAccounts.Figures(currency: currency))
        instrument = Instrument(
            symbol: "BTC", exchange: nil, assetType: .crypto, currency: currency, tickSize: 1,
            lotSize: 1)
        paper = PaperGateway(settings: settings, accounts: accounts, world: world)
    }

    func now() -> Timestamp { world.now() }

    func market(bid: Decimal, ask: Decimal, size: Decimal?) async throws {
        await world.advance(seconds: 1)
        paper.quote(
            PaperQuote(bid: bid, ask: ask, bidSize: size, askSize: size, time: world.now()),
            for: instrument)
    }

    func hold(_ quantity: Decimal) async throws {
        accounts.figures.withLock { $0.position = quantity }
    }
}
