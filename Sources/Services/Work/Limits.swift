/// What is bounded, from `limits` and `quotes` of the configuration.
public struct Limits: Sendable, Hashable {
    /// Approved users at once; as many may wait for approval.
    public var maxUsers: Int
    /// A mark that is older than so many seconds is shown as stale.
    public var quotesStaleAfterSeconds: Int

    public init(maxUsers: Int = 20, quotesStaleAfterSeconds: Int = 900) {
        self.maxUsers = maxUsers
        self.quotesStaleAfterSeconds = quotesStaleAfterSeconds
    }

    /// Fills in one batch.
    public static let fillsPerBatch = 10_000
    /// Rows in one page of a list.
    public static let pageSize = 1...1000
    /// Tokens of one user that work at the same time.
    public static let tokensPerUser = 50
    /// For how long a token may be made; without an end it works until it is revoked.
    public static let tokenLifetimeDays = 1...3650
    /// Proposals of one user that wait for Confirm or Discard.
    public static let openActionsPerUser = 50
    /// Orders of one portfolio that work at the same time.
    public static let openOrdersPerPortfolio = 1000
    /// Risk policies of one user, those that are off among them.
    public static let policiesPerUser = 100
    /// Trades that a policy is tried on, the newest.
    public static let replayedTrades = 20_000
    /// Hooks of one user.
    public static let hooksPerUser = 50
    /// Bytes of one call of a hook.
    public static let hookBodyBytes = 64 << 10
    /// Calls of one user's hooks that wait in quarantine.
    public static let quarantinedPerUser = 1000
    /// Symbols of one hook whose positions are followed.
    public static let symbolsPerHook = 1000
    /// Portfolios of one user, the archived ones among them.
    public static let portfoliosPerUser = 100
    /// Accounts of one user.
    public static let accountsPerUser = 100
    /// Deposits and withdrawals of one account.
    public static let cashEntriesPerAccount = 10_000
    /// Bytes of what somebody notes beside one of them.
    public static let noteBytes = 1...256
    /// Strategies of one user up to which some may be added by hand; fills may add more.
    public static let strategiesPerUser = 1000
    /// Bytes of a strategy's params.
    public static let strategyParamsBytes = 16 << 10
    /// Characters (UTF-16 units) of a message to all members.
    public static let broadcastCharacters = 1...2000
    /// Runs that are kept of one strategy.
    public static let runsPerStrategy = 100
    /// Bytes of a name that a user gives to something.
    public static let nameBytes = 1...64
    /// How long after a leg's last fill another one may join it: up to a year.
    public static let legWindowSeconds = 0...31_536_000

    /// Throws `.invalid` for what is no size of a page.
    static func checkPage(_ limit: Int) throws(ServiceError) {
        guard !pageSize.contains(limit) else { return }
        throw ServiceError(
            .invalid, code: "INVALID_FIELD", field: "limit",
            detail: "expected a whole number from \(pageSize.lowerBound) to "
                + "\(pageSize.upperBound)")
    }
}
