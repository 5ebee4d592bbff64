public import Ledger
public import Records
import Storage

/// Books and the broker accounts they are bound to.
public struct PortfolioService: Sendable {
    let work: UnitOfWork
    let money: MoneySettings

    /// Those in use; with `includingArchived` the ones that were put away, too.
    public func all(
        for caller: Caller, includingArchived: Bool = false
    ) async throws -> [Portfolio] {
        let all = try await work.read { try Portfolios.all(for: caller, in: $0) }
        return includingArchived ? all : all.filter { !$0.isArchived }
    }

    /// What a new portfolio is bound to.
    public enum Binding: Sendable, Hashable {
        /// An account of the caller's.
        case account(ExactText)
        /// The caller's oldest account with this broker in this currency; it is opened where there
        /// is none.
        case broker(code: String, Currency)
    }

    /// As `add(name:to:…)`, bound to an account with a broker.
    public func add(
        name: String, brokerCode: String, currency: Currency, isDefault: Bool,
        lotMethod: LotMethod = .fifo, for caller: Caller
    ) async throws -> Portfolio {
        try await add(
            name: name, to: .broker(code: brokerCode, currency), isDefault: isDefault,
            lotMethod: lotMethod, for: caller)
    }

    /// Adds a portfolio; the first one is the default whatever is asked for. Throws `.conflict`
    /// where the name is taken, `.invalid` for an unknown broker, `.notFound` for an unknown
    /// account.
    public func add(
        name: String, to binding: Binding, isDefault: Bool, lotMethod: LotMethod = .fifo,
        for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Portfolio {
        let name = try Name.checked(name, field: "name")
        let money = money
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            let existing = try Portfolios.all(for: caller, in: tx)
            guard existing.count < Limits.portfoliosPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_PORTFOLIOS",
                    detail: "a user has at most \(Limits.portfoliosPerUser) portfolios")
            }
            let isFirst = existing.isEmpty
            let id = try PortfolioService.add(
                name: name, to: binding, isDefault: isDefault || isFirst,
                rules: HoldingRules(lotMethod: lotMethod), money, for: caller, in: tx, &draw)
            guard let portfolio = try Portfolios.with(id: id, for: caller, in: tx) else {
                throw ServiceError.noPortfolio(name.text)
            }
            return portfolio
        }
    }

    /// Sets by what rules a portfolio's holdings are kept; nil leaves one as it is. Where that
    /// changes something the portfolio that is returned is due to be rebuilt
    /// (`RebuildService.rebuild`). Throws `.notFound`, and `.invalid` for a window that is outside
    /// `Limits.legWindowSeconds`.
    public func setRules(
        of name: ExactText, lotMethod: LotMethod?, legWindowSeconds: Int?, for caller: Caller
    ) async throws -> Portfolio {
        if let legWindowSeconds, !Limits.legWindowSeconds.contains(legWindowSeconds) {
            let limits = Limits.legWindowSeconds
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "leg_window_seconds",
                detail: "expected \(limits.lowerBound) to \(limits.upperBound) seconds")
        }
        return try await work.write { tx, draw in
            let id = try PortfolioService.resolve(name, for: caller, in: tx).id
            try Portfolios.lock([id], for: caller, in: tx)
            let portfolio = try PortfolioService.resolve(name, for: caller, in: tx)
            var rules = portfolio.rules
            if let lotMethod { rules.lotMethod = lotMethod }
            if let legWindowSeconds { rules.legWindowSeconds = legWindowSeconds }
            guard rules != portfolio.rules else { return portfolio }
            try Portfolios.setRules(rules, of: id, for: caller, in: tx)
            try AuditLog.append(
                [
                    AuditEntry(
                        .update, .portfolio, id: id.raw,
                        detailsJSON: Details.object([
                            "cost_method": rules.lotMethod.rawValue,
                            "cost_method_before": portfolio.rules.lotMethod.rawValue,
                            "leg_window_sec": String(rules.legWindowSeconds),
                            "leg_window_sec_before": String(portfolio.rules.legWindowSeconds),
                        ]))
                ], userID: caller.userID, now: draw.now, in: tx)
            return try PortfolioService.resolve(name, for: caller, in: tx)
        }
    }

    @discardableResult
    static func add(
        name: ExactText, to binding: Binding, newAccountName: String? = nil, isDefault: Bool,
        rules: HoldingRules = HoldingRules(), _ money: MoneySettings, for caller: Caller,
        in tx: any Transaction, _ draw: inout Draw
    ) throws -> PortfolioID {
        var entries: [AuditEntry] = []
        let account = try account(
            for: binding, named: newAccountName, money, for: caller, in: tx, &draw, &entries)
        try requireFree(name, for: caller, in: tx)
        let portfolio = try Portfolios.insert(
            uid: draw.uid(), name: name, account: account, isDefault: isDefault, rules: rules,
            now: draw.now, for: caller, in: tx)
        entries.append(
            AuditEntry(.create, .portfolio, id: portfolio.raw, detailsJSON: Details.named(name)))
        try AuditLog.append(entries, userID: caller.userID, now: draw.now, in: tx)
        return portfolio
    }

    /// Throws `.conflict` where a portfolio has the name, an archived one too.
    static func requireFree(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws {
        guard let taken = try Portfolios.named(name, for: caller, in: tx) else { return }
        throw ServiceError(
            .conflict, code: "NAME_TAKEN", field: "name",
            detail: "there is a portfolio named \(name) already"
                + (taken.isArchived ? ", which is archived" : ""))
    }

    private static func account(
        for binding: Binding, named newName: String?, _ money: MoneySettings,
        for caller: Caller, in tx: any Transaction, _ draw: inout Draw,
        _ entries: inout [AuditEntry]
    ) throws -> AccountID {
        switch binding {
        case .account(let name):
            guard let account = try Accounts.named(name, for: caller, in: tx) else {
                throw ServiceError.noAccount(name)
            }
            return account.id
        case .broker(let code, let currency):
            let brokerID = try AccountService.brokerID(code, in: tx)
            if let known = try Accounts.with(
                brokerID: brokerID, baseCurrency: currency, for: caller, in: tx)
            {
                return known.id
            }
            let plain = newName ?? "\(code.lowercased()) \(currency.code)"
            let name = try freeAccountName(like: plain, for: caller, in: tx)
            let id = try AccountService.add(
                name: name, brokerCode: code, currency: currency, money, for: caller, in: tx,
                &draw)
            entries.append(
                AuditEntry(.create, .account, id: id.raw, detailsJSON: Details.named(name)))
            return id
        }
    }

    /// `ibkr USD`, or `ibkr USD 2` where another account is called so.
    private static func freeAccountName(
        like plain: String, for caller: Caller, in tx: any Transaction
    ) throws -> ExactText {
        let taken = Set(try Accounts.all(for: caller, in: tx).map(\.name))
        var name = ExactText(plain)
        var number = 2
        while taken.contains(name) {
            name = ExactText("\(plain) \(number)")
            number += 1
        }
        return name
    }

    /// The portfolio of that name, or the default one for nil. Throws `.notFound`.
    static func resolve(
        _ name: ExactText?, for caller: Caller, in tx: any Transaction
    ) throws -> Portfolio {
        if let name {
            guard let portfolio = try Portfolios.named(name, for: caller, in: tx) else {
                throw ServiceError.noPortfolio(name.text)
            }
            return portfolio
        }
        guard let portfolio = try Portfolios.standard(for: caller, in: tx) else {
            throw ServiceError.noDefaultPortfolio
        }
        return portfolio
    }
}
