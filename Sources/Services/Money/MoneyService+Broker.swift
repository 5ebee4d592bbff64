public import Gateways
public import Ledger
import Records
import Storage
import World

/// What an account's broker has to know of it before it takes an order.
public struct BrokerStanding: Sendable, Hashable {
    /// Without a meaning where `rate` is nil.
    public let account: GatewayAccount
    /// What all of its portfolios hold of the instrument; below zero when short.
    public let position: Decimal
    /// Money of the account for one unit of the instrument's currency; nil where no rate is known
    /// for it, or for something that the account has.
    public let rate: Decimal?
}

extension MoneyService {
    /// An account of anybody's, by the uid under which its broker knows it: for the paper broker,
    /// which keeps no accounts. `order` is one that lays no claim to the buying power, as it is
    /// judged right now. Nil where there is no such account.
    public func standing(
        ofAccount uid: String, trading instrument: Instrument?, beside order: String?
    ) async throws -> BrokerStanding? {
        let day = work.world.now().day
        return try await work.read { tx in
            guard let (caller, id) = try Accounts.owner(ofUID: uid, in: tx) else { return nil }
            var book = try book(of: id, on: day, for: caller, in: tx)
            book.orders.removeAll { $0.uid == order }
            let traded = try instrument.flatMap { instrument in
                try Instruments.with(symbols: [instrument.symbol], in: tx)
                    .first { $0.instrument.isSame(as: instrument) }
            }
            let currency = book.account.baseCurrency
            let figures = book.money.known
            return BrokerStanding(
                account: GatewayAccount(
                    currency: currency, cash: figures?.cash ?? .zero,
                    equity: figures?.equity ?? .zero, buyingPower: figures?.buyingPower ?? .zero),
                position: book.position(of: traded?.id),
                rate: figures == nil
                    ? nil
                    : try instrument.flatMap { try rate($0.currency, currency, on: day, in: tx) })
        }
    }

    private func rate(
        _ base: Currency, _ quote: Currency, on day: Day, in tx: any Transaction
    ) throws -> Decimal? {
        let spans = [(base, quote), (quote, base)].map { base, quote in
            FXRates.Span(base: base, quote: quote, from: day, to: day)
        }
        var conversion = CurrencyConversion(
            to: quote, at: ExchangeRates(try FXRates.covering(spans, in: tx)))
        return try? conversion.convert(.one, of: base, on: day)
    }
}

extension AccountBook {
    /// A sum that did not fit counts as nothing: then nothing can be sold from it.
    fileprivate func position(of instrument: InstrumentID?) -> Decimal {
        guard let instrument else { return .zero }
        return positions.filter { $0.instrument.id == instrument }
            .reduce(Decimal.zero) { (try? $0 + $1.position.quantity) ?? .zero }
    }
}
