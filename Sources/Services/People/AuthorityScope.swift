import Ledger
import Records
import Storage

extension Authority {
    /// The portfolio that a request writes to: the one of that name; for nil the one that the
    /// authority is narrowed to, or else the default one. Refuses what is unknown, forbidden or
    /// archived.
    func book(
        named name: ExactText?, in tx: any Transaction
    ) throws -> Result<Portfolio, FillRefusal> {
        let portfolio =
            if let name {
                try Portfolios.named(name, for: caller, in: tx)
            } else if let portfolioID {
                try Portfolios.with(id: portfolioID, for: caller, in: tx)
            } else {
                try Portfolios.standard(for: caller, in: tx)
            }
        guard let portfolio else { return .failure(.unknownPortfolio(name)) }
        guard !portfolio.isArchived else { return .failure(.archivedPortfolio(portfolio.name)) }
        guard portfolioID == nil || portfolioID == portfolio.id else {
            return .failure(
                FillRefusal(
                    code: .forbiddenPortfolio, field: "portfolio",
                    detail: "this token is for another portfolio"))
        }
        return .success(portfolio)
    }

    /// The portfolio of that name, or all for nil, as far as the authority reaches. Throws
    /// `ServiceError.notFound` for what is absent, another user's, or beyond it.
    func portfolios(
        named name: ExactText?, in tx: any Transaction
    ) throws -> [Portfolio] {
        if let name {
            let portfolio = try PortfolioService.resolve(name, for: caller, in: tx)
            guard portfolioID == nil || portfolioID == portfolio.id else {
                throw ServiceError.noPortfolio(name.text)
            }
            return [portfolio]
        }
        if let portfolioID {
            return try Portfolios.with(id: portfolioID, for: caller, in: tx).map { [$0] } ?? []
        }
        return try Portfolios.all(for: caller, in: tx)
    }

    /// The rows that a list is about: those of the named portfolio and strategy, as far as the
    /// authority reaches. Throws `ServiceError.notFound`.
    func scope(
        portfolio name: ExactText?, strategy reference: StrategyReference?,
        in tx: any Transaction
    ) throws -> Scope {
        let portfolio =
            try name == nil ? portfolioID : portfolios(named: name, in: tx).first?.id
        return Scope(
            portfolioID: portfolio, strategyID: try strategyID(named: reference, in: tx))
    }

    /// The strategy that a list is narrowed to: the named one, as far as the authority reaches, or
    /// its own. Throws `ServiceError.notFound`.
    func strategyID(
        named reference: StrategyReference?, in tx: any Transaction
    ) throws -> StrategyID? {
        guard let reference else { return strategyID }
        let strategy = try StrategyService.find(reference, for: caller, in: tx)
        guard let strategy, strategyID == nil || strategyID == strategy.id else {
            throw ServiceError.noStrategy(reference.description)
        }
        return strategy.id
    }
}
