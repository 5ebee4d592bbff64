/// What the configuration says about hooks.
public struct HookSettings: Sendable, Hashable {
    /// A bot that fills can be pulled from. Its address and credentials stand in a file of the
    /// operator's: members name a bot, they never name an address, so nobody can make the service
    /// call one, or send it credentials that belong elsewhere.
    public struct Bot: Sendable, Hashable {
        /// The one member who may use it; nil for every member.
        public var telegramUserID: Int64?

        public init(telegramUserID: Int64? = nil) { self.telegramUserID = telegramUserID }
    }

    /// Under which address the service is reached from outside, without a slash at its end.
    public var publicURL: String?
    /// By name.
    public var bots: [String: Bot]
    /// The time between two looks at all trades of a bot.
    public var sweepMinutes: Int

    public init(publicURL: String? = nil, bots: [String: Bot] = [:], sweepMinutes: Int = 10) {
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.bots = bots
        self.sweepMinutes = sweepMinutes
    }
}
