public import Gateways
public import Ledger

/// Where the paper broker asks what an account has: it keeps no accounts of its own. What is thrown
/// here is thrown by the call that asked; nothing was placed then.
public protocol PaperAccounts: Sendable {
    /// Nil where there is no such account.
    func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount?
    /// As one that may trade an instrument; `order` is one that lays no claim to anything: it is
    /// judged right now, and perhaps stored already. Nil where there is no such account.
    func account(
        _ uid: String, trading instrument: Instrument, beside order: String?
    ) async throws(GatewayFailure) -> PaperAccount?
}

/// What an account may do in one instrument.
public struct PaperAccount: Sendable, Hashable {
    /// Its buying power is what may still be spent: what other orders that work have laid claim to
    /// is taken off already.
    public let account: GatewayAccount
    /// Whether it may owe units.
    public let allowsShort: Bool
    /// What it holds of the instrument; below zero where it owes.
    public let position: Decimal
    /// Money of the account for one unit of the instrument's currency. Nil where no rate is known,
    /// or what the account has is not for want of one: then its buying power is not judged.
    public let rate: Decimal?

    public init(account: GatewayAccount, allowsShort: Bool, position: Decimal, rate: Decimal?) {
        self.account = account
        self.allowsShort = allowsShort
        self.position = position
        self.rate = rate
    }
}

/// An order, or the order that one is to become, before an account.
struct PaperDemand {
    let instrument: Instrument
    let side: Side
    /// What is left to fill.
    let quantity: Decimal
    let isReduceOnly: Bool
    /// What a unit is expected to trade at; nil where nothing tells.
    let price: Decimal?
    let fees: PaperFees

    /// In the account's currency: what has to be there for the part that opens a position, bought
    /// or sold short alike, with the fees. A part that closes one frees money and needs none.
    /// Nil where no price is known.
    fileprivate func need(
        closing position: Decimal, at rate: Decimal
    ) throws(LedgerError) -> Decimal? {
        if isReduceOnly { return .zero }
        let held = side == .buy ? -position : position
        let opening = try quantity - max(min(held, quantity), .zero)
        guard opening > .zero else { return .zero }
        guard let price else { return nil }
        let notional = try (price.magnitude * opening) * instrument.multiplier
        return try (notional + fees.fee(notional: notional, quantity: opening)) * rate
    }
}

extension PaperAccount {
    /// Why an order may not be; nil where it may. `previous` is what the same order asked for until
    /// now, `sold` how much other orders that work may sell.
    func refusal(
        of demand: PaperDemand, instead previous: PaperDemand? = nil, sold: Decimal
    ) -> String? {
        do throws(LedgerError) {
            if demand.isReduceOnly { return refusalToReduce(demand) }
            let owning = max(position, .zero)
            if demand.side == .sell, !allowsShort, try demand.quantity + sold > owning {
                return "short selling is not allowed: the account holds \(position)"
                    + (sold.isZero ? "" : ", of which other orders sell \(sold)")
                    + ", and the order sells \(demand.quantity)"
            }
            return try refusalToSpend(demand, instead: previous)
        } catch {
            return "its figures are too large to be judged"
        }
    }

    private func refusalToReduce(_ demand: PaperDemand) -> String? {
        let held = demand.side == .sell ? position : -position
        guard held > .zero else {
            return "it may only reduce, and the position of \(position) is none that a"
                + " \(demand.side.rawValue) reduces"
        }
        guard demand.quantity > held else { return nil }
        return "it may only reduce: the position is \(position), and the order would trade"
            + " \(demand.quantity)"
    }

    private func refusalToSpend(
        _ demand: PaperDemand, instead previous: PaperDemand?
    ) throws(LedgerError) -> String? {
        let own = account.currency
        // What no rate is known for can't be held against the buying power.
        guard let rate else { return nil }
        guard let need = try demand.need(closing: position, at: rate) else {
            // Without a price nothing but an empty account can be told.
            return account.buyingPower > .zero
                ? nil : "the buying power is \(account.buyingPower) \(own)"
        }
        let claimed = try previous?.need(closing: position, at: rate) ?? .zero
        let more = try need - claimed
        guard more > .zero, more > account.buyingPower else { return nil }
        return "the buying power is \(account.buyingPower) \(own), and the order needs"
            + " \(previous == nil ? "" : "another ")\(more) \(own)"
    }
}
