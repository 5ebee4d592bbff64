import Ledger
import Records
import Storage

/// The portfolios and strategies that a request's reports belong to, within what its authority
/// allows.
///
/// A strategy that is not stored yet has a negative id until it is.
struct IngestScope {
    /// A report's strategy, and whether anyone stated it: one of what is known already may leave it
    /// out.
    struct StrategyPlace {
        let id: StrategyID?
        let isStated: Bool
    }

    /// The strategies to be stored before their first trade, by their provisional ids.
    private(set) var invented: [StrategyID: StrategyReference] = [:]
    private let standardPortfolio: ExactText?
    private let standardStrategy: StrategyChoice
    private let authority: Authority
    private var portfolios: [ExactText?: Result<Portfolio, FillRefusal>] = [:]
    private var strategies: [StrategyReference: StrategyID] = [:]

    /// `portfolio` and `strategy` hold for the reports that name none.
    ///
    /// Locks the portfolios, unless it is only to be told what would come of it: from here on no
    /// other unit of work changes what they hold. Throws `ServiceError` where what holds for the
    /// whole request is unknown or forbidden.
    init(
        _ reports: [Result<some Report, FillRefusal>], portfolio: ExactText?,
        strategy: StrategyChoice, locking: Bool = true, _ authority: Authority,
        in tx: any Transaction
    ) throws {
        standardPortfolio = portfolio
        standardStrategy = strategy
        self.authority = authority
        try findPortfolios(of: reports, in: tx)
        if portfolio != nil, case .failure(let refusal)? = portfolios[portfolio] {
            throw ServiceError(refusal)
        }
        if locking {
            let found = portfolios.values.compactMap { try? $0.get().id }
            try closeArchived(Portfolios.lock(Array(Set(found)), for: authority.caller, in: tx))
        }
        // After the lock: whoever held it may have stored a strategy and a position of it, which a
        // strategy taken for new would begin again from nothing.
        try findStrategies(of: reports, in: tx)
        do throws(FillRefusal) {
            try allow(standardStrategy)
        } catch {
            throw ServiceError(error)
        }
    }

    /// The report's own portfolio, the request's, the token's, or the user's default.
    func portfolio(for report: some Report) throws(FillRefusal) -> Portfolio {
        let name = report.portfolio ?? standardPortfolio
        guard let found = portfolios[name] else { throw .unknownPortfolio(name) }
        return try found.get()
    }

    /// The report's own strategy, the request's, the token's, or none.
    func strategy(for report: some Report) throws(FillRefusal) -> StrategyPlace {
        let choice = report.strategy == .leftOut ? standardStrategy : report.strategy
        try allow(choice)
        return switch choice {
        case .leftOut:
            StrategyPlace(id: authority.strategyID, isStated: authority.strategyID != nil)
        case .none: StrategyPlace(id: nil, isStated: true)
        case .named(let reference): StrategyPlace(id: strategies[reference], isStated: true)
        }
    }

    private func allow(_ choice: StrategyChoice) throws(FillRefusal) {
        guard let only = authority.strategyID else { return }
        let isAllowed =
            switch choice {
            case .leftOut: true
            case .none: false
            case .named(let reference): strategies[reference] == only
            }
        if !isAllowed {
            throw FillRefusal(
                code: .forbiddenStrategy, field: "strategy",
                detail: "this token is for another strategy")
        }
    }

    private mutating func findPortfolios(
        of reports: [Result<some Report, FillRefusal>], in tx: any Transaction
    ) throws {
        var names: Set<ExactText?> = [standardPortfolio]
        for case .success(let report) in reports {
            if let name = report.portfolio { names.insert(name) }
        }
        for name in names { portfolios[name] = try authority.book(named: name, in: tx) }
    }

    /// Those that were archived while this unit of work waited for them.
    private mutating func closeArchived(_ archived: Set<PortfolioID>) throws {
        for (name, found) in portfolios {
            guard case .success(let portfolio) = found, archived.contains(portfolio.id) else {
                continue
            }
            portfolios[name] = .failure(.archivedPortfolio(portfolio.name))
            if name != nil, name == standardPortfolio {
                throw ServiceError(.archivedPortfolio(portfolio.name))
            }
        }
    }

    private mutating func findStrategies(
        of reports: [Result<some Report, FillRefusal>], in tx: any Transaction
    ) throws {
        var references: Set<StrategyReference> = []
        if case .named(let reference) = standardStrategy { references.insert(reference) }
        for case .success(let report) in reports {
            if case .named(let reference) = report.strategy { references.insert(reference) }
        }
        // Sorted, so that the same request always draws the same ids.
        for reference in references.sorted(by: { ($0.name, $0.version) < ($1.name, $1.version) }) {
            strategies[reference] = try strategy(reference, in: tx)
        }
    }

    private mutating func strategy(
        _ reference: StrategyReference, in tx: any Transaction
    ) throws -> StrategyID {
        if let known = try StrategyService.find(reference, for: authority.caller, in: tx) {
            return known.id
        }
        let provisional = StrategyID(-Int64(invented.count + 1))
        invented[provisional] = reference
        return provisional
    }
}

extension FillRefusal {
    static func archivedPortfolio(_ name: ExactText) -> FillRefusal {
        FillRefusal(
            code: .unknownPortfolio, field: "portfolio",
            detail: "the portfolio \(name) is archived: restore it first")
    }

    static func unknownPortfolio(_ name: ExactText?) -> FillRefusal {
        FillRefusal(
            code: .unknownPortfolio, field: "portfolio",
            detail: name.map { "no portfolio named \($0)" }
                ?? "none was named, and there is no default one")
    }
}

extension ServiceError {
    /// A refusal that holds for the whole request.
    init(_ refusal: FillRefusal) {
        let kind: Kind =
            switch refusal.code {
            case .unknownPortfolio: .notFound
            case .forbiddenPortfolio, .forbiddenStrategy: .forbidden
            case .conflict: .conflict
            case .unknownInstrument, .ambiguousInstrument, .instrumentMismatch, .outOfRange,
                .invalidField, .unknownField:
                .invalid
            }
        self.init(
            kind, code: refusal.code.rawValue, field: refusal.field, detail: refusal.detail)
    }
}
