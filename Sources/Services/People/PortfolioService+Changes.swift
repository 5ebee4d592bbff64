public import Ledger
public import Records
import Storage

extension PortfolioService {
    /// Gives a portfolio another name; all that is in it stays. Throws `.notFound`, and `.conflict`
    /// where the name is taken.
    public func rename(
        _ name: ExactText, to newName: String, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Portfolio {
        let newName = try Name.checked(newName, field: "name")
        return try await change(name, for: caller, update) { portfolio, tx, draw in
            guard newName != portfolio.name else { return nil }
            try PortfolioService.requireFree(newName, for: caller, in: tx)
            try Portfolios.rename(portfolio.id, to: newName, for: caller, in: tx)
            return AuditEntry(
                .update, .portfolio, id: portfolio.id.raw,
                detailsJSON: Details.object([
                    "name": newName.text, "name_before": portfolio.name.text,
                ]))
        }
    }

    /// Makes it the one that is meant where none is named. Throws `.notFound`, and `.conflict` for
    /// an archived one.
    public func makeDefault(
        _ name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Portfolio {
        try await change(name, for: caller, update) { portfolio, tx, _ in
            guard !portfolio.isArchived else { throw ServiceError.archived(portfolio) }
            guard !portfolio.isDefault else { return nil }
            try Portfolios.setDefault(portfolio.id, for: caller, in: tx)
            return AuditEntry(
                .update, .portfolio, id: portfolio.id.raw,
                detailsJSON: Details.object(["is_default": "true"]))
        }
    }

    /// Puts a portfolio away: out of the lists and closed to new fills, its history kept, its name
    /// taken. Repeated it changes nothing. Throws `.notFound`, and `.conflict` while a position in
    /// it is open and for the default one.
    public func archive(
        _ name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Portfolio {
        try await change(name, for: caller, update) { portfolio, tx, draw in
            guard !portfolio.isArchived else { return nil }
            try PortfolioService.requireArchivable(portfolio, for: caller, in: tx)
            try Portfolios.setArchived(at: draw.now, portfolio.id, for: caller, in: tx)
            return AuditEntry(.archive, .portfolio, id: portfolio.id.raw)
        }
    }

    /// The portfolio as it is, where `archive` would put it away. Throws what that would.
    public func rehearseArchiving(
        _ name: ExactText, for caller: Caller
    ) async throws -> Portfolio {
        try await work.read { tx in
            let portfolio = try PortfolioService.resolve(name, for: caller, in: tx)
            if !portfolio.isArchived {
                try PortfolioService.requireArchivable(portfolio, for: caller, in: tx)
            }
            return portfolio
        }
    }

    /// Takes an archived portfolio out again. Throws `.notFound`.
    public func restore(
        _ name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Portfolio {
        try await change(name, for: caller, update) { portfolio, tx, _ in
            guard portfolio.isArchived else { return nil }
            try Portfolios.setArchived(at: nil, portfolio.id, for: caller, in: tx)
            return AuditEntry(.restore, .portfolio, id: portfolio.id.raw)
        }
    }

    private static func requireArchivable(
        _ portfolio: Portfolio, for caller: Caller, in tx: any Transaction
    ) throws {
        guard !portfolio.isDefault else {
            throw ServiceError(
                .conflict, code: "DEFAULT_PORTFOLIO", field: "portfolio",
                detail: "\(portfolio.name) is your default portfolio: make another one the"
                    + " default first")
        }
        let open = try Portfolios.countOpenPositions(in: portfolio.id, for: caller, in: tx)
        guard open == 0 else {
            throw ServiceError(
                .conflict, code: "OPEN_POSITIONS", field: "portfolio",
                detail: "\(open) \(open == 1 ? "position is" : "positions are") open in"
                    + " \(portfolio.name): close them first")
        }
        let working = try PlacedOrders.countOpen(in: portfolio.id, for: caller, in: tx)
        guard working == 0 else {
            throw ServiceError(
                .conflict, code: "OPEN_ORDERS", field: "portfolio",
                detail: "\(working) \(working == 1 ? "order works" : "orders work") in"
                    + " \(portfolio.name): cancel them first")
        }
    }

    /// Changes one portfolio with its audit row; where `body` returns none, nothing was to do.
    private func change(
        _ name: ExactText, for caller: Caller, _ update: IncomingUpdate?,
        _ body:
            @escaping @Sendable (Portfolio, any Transaction, Draw) throws -> AuditEntry?
    ) async throws -> Portfolio {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            // First the names, then what is in the portfolio: nobody takes the one or fills the
            // other meanwhile.
            try Users.lock(caller, in: tx)
            let id = try PortfolioService.resolve(name, for: caller, in: tx).id
            try Portfolios.lock([id], for: caller, in: tx)
            guard let portfolio = try Portfolios.with(id: id, for: caller, in: tx) else {
                throw ServiceError.noPortfolio(name.text)
            }
            if let entry = try body(portfolio, tx, draw) {
                try AuditLog.append([entry], userID: caller.userID, now: draw.now, in: tx)
            }
            guard let changed = try Portfolios.with(id: id, for: caller, in: tx) else {
                throw ServiceError.noPortfolio(name.text)
            }
            return changed
        }
    }
}

extension ServiceError {
    fileprivate static func archived(_ portfolio: Portfolio) -> ServiceError {
        ServiceError(
            .conflict, code: "ARCHIVED_PORTFOLIO", field: "portfolio",
            detail: "\(portfolio.name) is archived: restore it first")
    }
}
