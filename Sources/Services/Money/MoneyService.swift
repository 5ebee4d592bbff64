public import Ledger
public import Records
public import Storage
import World

/// The money of accounts: what was paid in and out, what trading made of it, and what can be done
/// with it.
public struct MoneyService: Sendable {
    let work: UnitOfWork
    public let settings: MoneySettings

    /// Each of the caller's accounts with its money at the last quotes and today's rates, by name.
    public func accounts(for caller: Caller) async throws -> [AccountStanding] {
        let day = work.world.now().day
        return try await work.read { tx in
            let accounts = try Accounts.all(for: caller, in: tx)
            let books = try books(of: accounts, on: day, for: caller, in: tx)
            return accounts.compactMap { account in
                books[account.id].map { AccountStanding(account: account, money: $0.money) }
            }
        }
    }

    /// The account of that name; for nil, the one that the default portfolio is bound to. Throws
    /// `.notFound`, for an authority that is narrowed to a portfolio too.
    public func account(
        _ name: ExactText? = nil, for authority: Authority
    ) async throws -> AccountStanding {
        let day = work.world.now().day
        return try await work.read { tx in
            guard authority.portfolioID == nil else { throw ServiceError.gone("account") }
            let account = try Self.account(name, for: authority.caller, in: tx)
            return AccountStanding(
                account: account,
                money: try money(of: account.id, on: day, for: authority.caller, in: tx))
        }
    }

    /// A portfolio's share and its account, as far as the authority reaches; for nil, of the
    /// portfolio that it is narrowed to or the default one. Throws `.notFound`.
    public func portfolio(
        _ name: ExactText? = nil, for authority: Authority
    ) async throws -> PortfolioMoney {
        let day = work.world.now().day
        return try await work.read { tx in
            let portfolio =
                if name == nil, authority.portfolioID == nil {
                    try PortfolioService.resolve(nil, for: authority.caller, in: tx)
                } else {
                    try authority.portfolios(named: name, in: tx).first
                }
            guard let portfolio else { throw ServiceError.noDefaultPortfolio }
            return try money(of: portfolio.id, on: day, for: authority.caller, in: tx)
        }
    }

    static func account(
        _ name: ExactText?, for caller: Caller, in tx: any Transaction
    ) throws -> Account {
        if let name {
            guard let account = try Accounts.named(name, for: caller, in: tx) else {
                throw ServiceError.noAccount(name)
            }
            return account
        }
        let portfolio = try PortfolioService.resolve(nil, for: caller, in: tx)
        guard let account = try Accounts.of(portfolio.id, for: caller, in: tx) else {
            throw ServiceError.noAccount(portfolio.accountName)
        }
        return account
    }
}

/// An account and its money.
public struct AccountStanding: Sendable, Hashable {
    public let account: Account
    public let money: AccountMoney
}

/// What a portfolio comes to, beside the account that it trades on.
///
/// A portfolio is measured by all that was paid into its account, as if the account were its alone:
/// deposits + what the portfolio itself made. So a loss in percent is one of the account's capital,
/// and another portfolio on the account changes nothing. Where there are several, their equities do
/// not add up to the account's, and only the account's buying power can be spent.
public struct PortfolioMoney: Sendable, Hashable {
    public let portfolioID: PortfolioID
    public let accountID: AccountID
    public let share: AccountMoney
    public let account: AccountMoney

    /// For how much more the portfolio may open: its account's buying power. Nil where that is not
    /// known.
    public var buyingPower: Decimal? { account.known?.buyingPower }
}

// MARK: In a unit of work

extension MoneyService {
    /// An account's money at the last quotes and the rates of `day`, in five statements whatever
    /// there is in it. One that spends it calls `Accounts.lock` before. Throws `.notFound`.
    public func money(
        of account: AccountID, on day: Day, for caller: Caller, in tx: any Transaction
    ) throws -> AccountMoney {
        try book(of: account, on: day, for: caller, in: tx).money
    }

    /// A portfolio's share of its account, and the account, as above.
    public func money(
        of portfolio: PortfolioID, on day: Day, for caller: Caller, in tx: any Transaction
    ) throws -> PortfolioMoney {
        guard let account = try Accounts.of(portfolio, for: caller, in: tx) else {
            throw ServiceError.gone("portfolio")
        }
        let books = try books(of: [account], on: day, for: caller, in: tx)
        guard let book = books[account.id] else { throw ServiceError.noAccount(account.name) }
        return book.money(of: portfolio)
    }

    /// As above, of several portfolios of one account at once.
    func money(
        of portfolios: [PortfolioID], of account: AccountID, on day: Day, for caller: Caller,
        in tx: any Transaction
    ) throws -> [PortfolioMoney] {
        let book = try book(of: account, on: day, for: caller, in: tx)
        return portfolios.map(book.money)
    }

    func book(
        of id: AccountID, on day: Day, for caller: Caller, in tx: any Transaction
    ) throws -> AccountBook {
        guard let account = try Accounts.with(id: id, for: caller, in: tx),
            let book = try books(of: [account], on: day, for: caller, in: tx)[id]
        else { throw ServiceError.gone("account") }
        return book
    }

    private func books(
        of accounts: [Account], on day: Day, for caller: Caller, in tx: any Transaction
    ) throws -> [AccountID: AccountBook] {
        let ids = accounts.map(\.id)
        let deposits = Dictionary(
            grouping: try AccountBooks.deposits(of: ids, for: caller, in: tx), by: \.account)
        let positions = Dictionary(
            grouping: try AccountBooks.positions(of: ids, for: caller, in: tx), by: \.account)
        let orders = Dictionary(
            grouping: try AccountBooks.openOrders(of: ids, for: caller, in: tx), by: \.account)
        var books = accounts.map { account in
            AccountBook(
                account: account,
                deposits: (deposits[account.id] ?? []).map { ($0.amount, $0.currency) },
                positions: (positions[account.id] ?? []).map(\.position),
                orders: (orders[account.id] ?? []).map(\.order), day: day,
                marginPercent: settings.marginPercent)
        }
        let spans = Set(books.flatMap(\.pairs)).sorted().flatMap { pair in
            [(pair.base, pair.quote), (pair.quote, pair.base)].map { base, quote in
                FXRates.Span(base: base, quote: quote, from: day, to: day)
            }
        }
        let rates = ExchangeRates(try FXRates.covering(spans, in: tx))
        for index in books.indices { books[index].rates = rates }
        return Dictionary(books.map { ($0.account.id, $0) }) { first, _ in first }
    }
}

extension ServiceError {
    /// `what`, which is known by its id, is absent or another user's.
    fileprivate static func gone(_ what: String) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_\(what.uppercased())", field: what,
            detail: "there is no such \(what)")
    }
}
