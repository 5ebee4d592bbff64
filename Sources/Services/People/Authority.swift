public import Records

/// What a request may do: in whose name, and narrowed to what.
public struct Authority: Sendable, Hashable {
    /// What an API token may be used for.
    public enum Permission: String, Sendable, CaseIterable { case ingest, trade, read }

    public let caller: Caller
    /// The caller's uid, for the log; nil where it was not looked up.
    public let userUID: String?
    public let permissions: Set<Permission>
    /// The one portfolio it is for; nil for all of the caller's.
    public let portfolioID: PortfolioID?
    /// The one strategy it is for; nil for all of the caller's.
    public let strategyID: StrategyID?

    public init(
        caller: Caller, userUID: String? = nil,
        permissions: Set<Permission> = Set(Permission.allCases),
        portfolioID: PortfolioID? = nil, strategyID: StrategyID? = nil
    ) {
        self.caller = caller
        self.userUID = userUID
        self.permissions = permissions
        self.portfolioID = portfolioID
        self.strategyID = strategyID
    }
}
