public import Ledger
public import Records
import Storage

/// Books and the broker accounts they are bound to.
public struct PortfolioService: Sendable {
    let work: UnitOfWork

    public func all(for caller: Caller) async throws -> [Portfolio] {
        try await work.read { try Portfolios.all(for: caller, in: $0) }
    }

    public func accounts(for caller: Caller) async throws -> [Account] {
        try await work.read { try Accounts.all(for: caller, in: $0) }
    }

    /// Adds a portfolio; an account with the broker is opened for it where the caller has none of
    /// that broker and currency. Throws `.conflict` where the name is taken, `.invalid` for an
    /// unknown broker.
    public func add(
        name: String, brokerCode: String, currency: Currency, isDefault: Bool,
        lotMethod: LotMethod = .fifo, for caller: Caller
    ) async throws -> Portfolio {
        let name = try Name.checked(name, field: "name")
        return try await work.write { tx, draw in
            try Users.lock(caller, in: tx)
            let existing = try Portfolios.all(for: caller, in: tx)
            guard existing.count < Limits.portfoliosPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_PORTFOLIOS",
                    detail: "a user has at most \(Limits.portfoliosPerUser) portfolios")
            }
            let isFirst = existing.isEmpty
            let id = try PortfolioService.add(
                name: name, brokerCode: brokerCode.uppercased(), accountName: nil,
                currency: currency, isDefault: isDefault || isFirst,
                rules: HoldingRules(lotMethod: lotMethod), for: caller, in: tx, &draw)
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
        name: ExactText, brokerCode: String, accountName: String?, currency: Currency,
        isDefault: Bool, rules: HoldingRules = HoldingRules(), for caller: Caller,
        in tx: any Transaction, _ draw: inout Draw
    ) throws -> PortfolioID {
        guard let brokerID = try Accounts.brokerID(code: brokerCode, in: tx) else {
            let codes = try Accounts.brokerCodes(in: tx).joined(separator: ", ")
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "broker",
                detail: "expected one of \(codes), found \(brokerCode)")
        }
        guard try Portfolios.named(name, for: caller, in: tx) == nil else {
            throw ServiceError(
                .conflict, code: "NAME_TAKEN", field: "name",
                detail: "there is a portfolio named \(name) already")
        }
        var entries: [AuditEntry] = []
        let account: AccountID
        if let known = try Accounts.with(
            brokerID: brokerID, baseCurrency: currency, for: caller, in: tx)
        {
            account = known.id
        } else {
            let accountName = accountName ?? "\(brokerCode.lowercased()) \(currency.code)"
            account = try Accounts.insert(
                uid: draw.uid(), name: ExactText(accountName), brokerID: brokerID,
                baseCurrency: currency, now: draw.now, for: caller, in: tx)
            entries.append(AuditEntry(.create, .account, id: account.raw))
        }
        let portfolio = try Portfolios.insert(
            uid: draw.uid(), name: name, account: account, isDefault: isDefault, rules: rules,
            now: draw.now, for: caller, in: tx)
        entries.append(AuditEntry(.create, .portfolio, id: portfolio.raw))
        try AuditLog.append(entries, userID: caller.userID, now: draw.now, in: tx)
        return portfolio
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
