public import Ledger
public import Logging

/// All that can be set from outside, at its built-in values until it is loaded; see `Settings.all`.
public struct Configuration: Sendable, Hashable {
    public struct Database: Sendable, Hashable {
        public var url = DatabaseURL.sqlite(path: "data/blotter.db")
    }

    public struct HTTP: Sendable, Hashable {
        public var host = "127.0.0.1"
        public var port = 8080
        public var publicURL: String?
        public var maxBodyBytes = 8_388_608
        public var maxConcurrentRequests = 256
    }

    public struct Telegram: Sendable, Hashable {
        public var apiBaseURL = "https://api.telegram.org"
        public var tokenFile: String?
        public var pollTimeoutSeconds = 50
        public var messagesPerSecond = 30
        public var messagesPerSecondPerChat = 1
        public var adminUserIDs: [Int] = []
    }

    public struct Limits: Sendable, Hashable {
        public var maxUsers = 20
        public var requestsPerMinutePerToken = 6000
        public var commandsPerMinutePerUser = 60
    }

    public struct Quotes: Sendable, Hashable {
        public var staleAfterSeconds = 900
    }

    public struct Hooks: Sendable, Hashable {
        public var freqtradeFile: String?
        public var sweepMinutes = 10
    }

    public struct Paper: Sendable, Hashable {
        public var startingCash: Decimal = 100_000
        public var marginPercent = 100
        public var slippageBasisPoints = Decimal.zero
        public var feePercent = Decimal.zero
        public var feePerUnit = Decimal.zero
        public var feeMinimum = Decimal.zero
    }

    public struct Backup: Sendable, Hashable {
        public var directory = "data/backups"
        public var everyMinutes = 60
        public var keepHourly = 24
        public var keepDaily = 30
    }

    public struct Log: Sendable, Hashable {
        public var level = Logger.Level.info
        public var format = LogFormat.json
    }

    public var database = Database()
    public var http = HTTP()
    public var telegram = Telegram()
    public var limits = Limits()
    public var quotes = Quotes()
    public var hooks = Hooks()
    public var paper = Paper()
    public var backup = Backup()
    public var log = Log()

    public init() {}
}

/// How log lines are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for programs.
    case json
    /// For people.
    case text
}
