import Ledger
import Records
import Storage

/// The portfolios and strategies that a request's fills belong to, within what its authority
/// allows.
///
/// A strategy that is not stored yet has a negative id until it is.
struct IngestScope {
    /// A fill's strategy, and whether anyone stated it: a fill that is known already may leave it
    /// out.
    struct StrategyPlace {
        let id: StrategyID?
        let isStated: Bool
    }

    /// The strategies to be stored before their first trade, by their provisional ids.
    private(set) var invented: [StrategyID: StrategyReference] = [:]
    private let request: IngestRequest
    private let authority: Authority
    private var portfolios: [ExactText?: Result<Portfolio, FillRefusal>] = [:]
    private var strategies: [StrategyReference: StrategyID] = [:]

    /// Locks the portfolios: from here on no other unit of work changes what they hold. Throws
    /// `ServiceError` where what holds for the whole request is unknown or forbidden.
    init(_ request: IngestRequest, _ authority: Authority, in tx: any Transaction) throws {
        self.request = request
        self.authority = authority
        try findPortfolios(in: tx)
        if request.portfolio != nil, case .failure(let refusal)? = portfolios[request.portfolio] {
            throw ServiceError(refusal)
        }
        let found = portfolios.values.compactMap { try? $0.get().id }
        try Portfolios.lock(Array(Set(found)), for: authority.caller, in: tx)
        // After the lock: whoever held it may have stored a strategy and a position of it, which a
        // strategy taken for new would begin again from nothing.
        try findStrategies(in: tx)
        do throws(FillRefusal) {
            try allow(request.strategy)
        } catch {
            throw ServiceError(error)
        }
    }

    /// The fill's own portfolio, the request's, the token's, or the user's default.
    func portfolio(for report: FillReport) throws(FillRefusal) -> Portfolio {
        let name = report.portfolio ?? request.portfolio
        guard let found = portfolios[name] else { throw .unknownPortfolio(name) }
        return try found.get()
    }

    /// The fill's own strategy, the request's, the token's, or none.
    func strategy(for report: FillReport) throws(FillRefusal) -> StrategyPlace {
        let choice = report.strategy == .leftOut ? request.strategy : report.strategy
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

    private mutating func findPortfolios(in tx: any Transaction) throws {
        var names: Set<ExactText?> = [request.portfolio]
        for case .success(let report) in request.fills {
            if let name = report.portfolio { names.insert(name) }
        }
        for name in names { portfolios[name] = try authority.book(named: name, in: tx) }
    }

    private mutating func findStrategies(in tx: any Transaction) throws {
        var references: Set<StrategyReference> = []
        if case .named(let reference) = request.strategy { references.insert(reference) }
        for case .success(let report) in request.fills {
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
