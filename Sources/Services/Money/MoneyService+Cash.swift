public import Ledger
public import Records
import Storage
import World

/// Play money that is to be paid into a paper account, or out of it.
public struct CashRequest: Sendable, Hashable {
    public enum Direction: String, Sendable, CaseIterable { case deposit, withdraw }

    public let direction: Direction
    /// Above zero.
    public let amount: Decimal
    /// Nil is the account's base currency.
    public let currency: Currency?
    /// Nil is the one that the default portfolio is bound to.
    public let account: ExactText?
    public let note: String?

    public init(
        _ direction: Direction, _ amount: Decimal, currency: Currency? = nil,
        account: ExactText? = nil, note: String? = nil
    ) {
        self.direction = direction
        self.amount = amount
        self.currency = currency
        self.account = account
        self.note = note
    }
}

/// What a payment comes to.
public struct CashReceipt: Sendable, Hashable {
    public let account: Account
    public let entry: CashEntry
    public let moneyBefore: AccountMoney
    public let moneyAfter: AccountMoney
}

extension MoneyService {
    /// Pays in or out, once for a `token` that is nobody else's (an action's, say) and once for an
    /// update: repeated, it changes nothing and returns what was stored the first time.
    ///
    /// Throws `.notFound` for an unknown account; `.conflict` for one that is no paper account, and
    /// for a withdrawal of more than is free (`AccountFigures.withdrawable`) or where that is not
    /// known; `.invalid` for an amount that is not above 0 or does not fit; `.limit` where the
    /// account has too many entries.
    public func pay(
        _ request: CashRequest, token: String? = nil, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> CashReceipt {
        let service = self
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            if let token, let known = try service.receipt(token, draw, for: caller, in: tx) {
                return known
            }
            let account = try Self.account(request.account, for: caller, in: tx)
            try Accounts.lock(account.id, for: caller, in: tx)
            // It may have been stored while we waited.
            if let token, let known = try service.receipt(token, draw, for: caller, in: tx) {
                return known
            }
            let before = try service.check(request, account, draw.now.day, for: caller, in: tx)
            let entry = request.entry(token ?? draw.uid(), account, now: draw.now)
            try CashEntries.insert(entry, into: account.id, for: caller, in: tx)
            try AuditLog.append(
                [
                    AuditEntry(
                        .update, .account, id: account.id.raw,
                        detailsJSON: Details.object([
                            "cash": entry.kind.rawValue, "amount": entry.amount.description,
                            "currency": entry.currency.code,
                        ]))
                ], userID: caller.userID, now: draw.now, in: tx)
            let after = try service.money(of: account.id, on: draw.now.day, for: caller, in: tx)
            if case .tooLarge = after.figures { throw ServiceError.amountTooLarge }
            return CashReceipt(
                account: account, entry: entry, moneyBefore: before, moneyAfter: after)
        }
    }

    /// The account that `request` is about, and its money; stores nothing. Throws what `pay` would.
    public func rehearse(
        _ request: CashRequest, for caller: Caller
    ) async throws -> AccountStanding {
        let service = self
        let day = work.world.now().day
        return try await work.read { tx in
            let account = try Self.account(request.account, for: caller, in: tx)
            return AccountStanding(
                account: account,
                money: try service.check(request, account, day, for: caller, in: tx))
        }
    }

    /// What was stored under the token before.
    private func receipt(
        _ token: String, _ draw: Draw, for caller: Caller, in tx: any Transaction
    ) throws -> CashReceipt? {
        guard let (id, entry) = try CashEntries.with(uid: token, for: caller, in: tx),
            let account = try Accounts.with(id: id, for: caller, in: tx)
        else { return nil }
        let money = try money(of: id, on: draw.now.day, for: caller, in: tx)
        return CashReceipt(
            account: account, entry: entry, moneyBefore: money, moneyAfter: money)
    }

    /// The account's money as it is. Throws what forbids the payment.
    private func check(
        _ request: CashRequest, _ account: Account, _ day: Day, for caller: Caller,
        in tx: any Transaction
    ) throws -> AccountMoney {
        guard request.amount > .zero else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "amount",
                detail: "expected an amount greater than 0")
        }
        if let note = request.note, !Limits.noteBytes.contains(note.utf8.count) || note.hasNUL {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "note",
                detail: "expected at most \(Limits.noteBytes.upperBound) bytes without NUL")
        }
        guard account.isPaper else {
            throw ServiceError(
                .conflict, code: "NO_PAPER_ACCOUNT", field: "account",
                detail: "\(account.name) is with \(account.brokerName): the money of a real"
                    + " account is what the broker says")
        }
        guard
            try CashEntries.count(of: account.id, for: caller, in: tx)
                < Limits.cashEntriesPerAccount
        else {
            throw ServiceError(
                .limit, code: "TOO_MANY_ENTRIES",
                detail: "an account has at most \(Limits.cashEntriesPerAccount) deposits and"
                    + " withdrawals")
        }
        let money = try money(of: account.id, on: day, for: caller, in: tx)
        if request.direction == .withdraw {
            try requireFree(request, account, money, on: day, in: tx)
        }
        return money
    }

    private func requireFree(
        _ request: CashRequest, _ account: Account, _ money: AccountMoney, on day: Day,
        in tx: any Transaction
    ) throws {
        guard let figures = money.known else {
            throw ServiceError(
                .conflict, code: "MONEY_UNKNOWN", field: "account",
                detail: "what is free in \(account.name) is not known: \(money.figures.gap)")
        }
        let currency = request.currency ?? account.baseCurrency
        guard let worth = try worth(of: request.amount, currency, in: account, on: day, tx) else {
            throw ServiceError(
                .conflict, code: "MONEY_UNKNOWN", field: "currency",
                detail: "there is no rate from \(currency) to \(account.baseCurrency)")
        }
        guard worth <= figures.withdrawable else {
            throw ServiceError(
                .conflict, code: "NOT_ENOUGH_CASH", field: "amount",
                detail: "\(figures.withdrawable) \(account.baseCurrency) are free in"
                    + " \(account.name)")
        }
    }

    /// In the account's currency; nil where no rate is known.
    private func worth(
        of amount: Decimal, _ currency: Currency, in account: Account, on day: Day,
        _ tx: any Transaction
    ) throws -> Decimal? {
        let base = account.baseCurrency
        guard currency != base else { return amount }
        let rates = try FXRates.covering(
            [
                FXRates.Span(base: currency, quote: base, from: day, to: day),
                FXRates.Span(base: base, quote: currency, from: day, to: day),
            ], in: tx)
        let rate = ExchangeRates(rates).rate(from: currency, to: base, on: day)
        guard let rate else { return nil }
        do {
            return try rate.convert(amount, of: currency)
        } catch {
            throw ServiceError.amountTooLarge
        }
    }

    /// What a new account begins with, as part of the unit of work that opens it.
    static func open(
        _ account: AccountID, brokerCode: String, currency: Currency, _ settings: MoneySettings,
        for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard brokerCode == Account.paperBroker, settings.startingCash > .zero else { return }
        let entry = CashEntry(
            uid: draw.uid(), kind: .deposit, amount: settings.startingCash, currency: currency,
            note: nil, createdAt: draw.now)
        try CashEntries.insert(entry, into: account, for: caller, in: tx)
    }
}

extension CashRequest {
    fileprivate func entry(_ uid: String, _ account: Account, now: Timestamp) -> CashEntry {
        let isDeposit = direction == .deposit
        return CashEntry(
            uid: uid, kind: isDeposit ? .deposit : .withdrawal,
            amount: isDeposit ? amount : -amount, currency: currency ?? account.baseCurrency,
            note: note, createdAt: now)
    }
}

extension Converted {
    /// Why there is no total, in words.
    fileprivate var gap: String {
        switch self {
        case .total: "nothing is missing"
        case .lacking(let rates, let currency):
            "there is no rate to \(currency) from "
                + rates.map(\.currency.code).joined(separator: ", ")
        case .tooLarge(let currency): "it is too large to add up in \(currency)"
        case .noCurrency: "there is no currency to convert to"
        }
    }
}

extension ServiceError {
    fileprivate static let amountTooLarge = ServiceError(
        .invalid, code: "OUT_OF_RANGE", field: "amount",
        detail: "the account's money would be too large to add up")
}

extension String {
    fileprivate var hasNUL: Bool { utf8.contains(0) }
}
