public import Ledger
public import Storage

/// What a user has chosen for themselves. A user who chose nothing has the defaults.
public struct UserSettings: Sendable, Hashable {
    /// How a user is told of fills.
    public enum FillNotices: String, Sendable, CaseIterable {
        /// Every fill on its line, as soon as it is stored.
        case each
        /// What a minute brought, by symbol.
        case batched
        case off
    }

    /// Of which ends of orders a user is told.
    public enum OrderNotices: String, Sendable, CaseIterable {
        case all
        /// Rejected and expired ones.
        case failed
        case off
    }

    /// A time of the week on a wall clock.
    public struct WeeklyTime: Sendable, Hashable {
        /// 1 is Monday, 7 is Sunday.
        public var weekday: Int
        public var minuteOfDay: Int

        public init(weekday: Int, minuteOfDay: Int) {
            self.weekday = weekday
            self.minuteOfDay = minuteOfDay
        }
    }

    /// From one time of day to another on a wall clock, over midnight where it is the later one.
    public struct QuietHours: Sendable, Hashable {
        public var fromMinute: Int
        /// The first minute that is not quiet any more; never `fromMinute`.
        public var toMinute: Int

        public init(fromMinute: Int, toMinute: Int) {
            self.fromMinute = fromMinute
            self.toMinute = toMinute
        }
    }

    /// Into which totals are converted; nil: that of the portfolio's account.
    public var baseCurrency: Currency?
    /// A name that `TimeZones` knows; nil is UTC.
    public var timeZone: String?
    /// How `/pnl` tells what was realized where no method is named.
    public var costMethod: CostMethod = .average
    public var fills: FillNotices = .batched
    public var orders: OrderNotices = .failed
    public var tellsAlerts = true
    /// Breaches that block an order are told whatever stands here.
    public var tellsBreaches = true
    /// When the daily digest comes, in minutes since the local midnight; nil for none.
    public var dailyDigestMinute: Int?
    public var weeklyDigest: WeeklyTime?
    public var quietHours: QuietHours?
    /// Whether messages come without a sound.
    public var isSilent = false

    public init() {}
}

/// The local days of a user's last digests.
public struct SentDigests: Sendable, Hashable {
    public var dailyOn: Day?
    public var weeklyOn: Day?

    public init(dailyOn: Day? = nil, weeklyOn: Day? = nil) {
        self.dailyOn = dailyOn
        self.weeklyOn = weeklyOn
    }
}

/// The settings of users, one row each.
public enum SettingsRows {
    private static let columns = """
        base_currency, time_zone, cost_method, fills, orders, tells_alerts, tells_breaches,
        daily_digest_minute, weekly_digest_day, weekly_digest_minute, quiet_from_minute,
        quiet_to_minute, is_silent, daily_sent_on, weekly_sent_on
        """
    private static let columnCount = 15

    private static func decode(
        _ row: any Row
    ) throws -> (settings: UserSettings, sent: SentDigests) {
        func number(_ column: Int) throws -> Int? {
            row.isNull(column) ? nil : Int(try row.integer(column))
        }
        var settings = UserSettings()
        settings.baseCurrency = row.isNull(0) ? nil : try row.currency(0)
        settings.timeZone = try row.optionalText(1)
        settings.costMethod = try row.choice(2)
        settings.fills = try row.choice(3)
        settings.orders = try row.choice(4)
        settings.tellsAlerts = try row.bool(5)
        settings.tellsBreaches = try row.bool(6)
        settings.dailyDigestMinute = try number(7)
        let minute = Int(try row.integer(9))
        settings.weeklyDigest = try number(8).map { .init(weekday: $0, minuteOfDay: minute) }
        if let from = try number(10), let to = try number(11) {
            settings.quietHours = .init(fromMinute: from, toMinute: to)
        }
        settings.isSilent = try row.bool(12)
        let sent = SentDigests(
            dailyOn: row.isNull(13) ? nil : try row.day(13),
            weeklyOn: row.isNull(14) ? nil : try row.day(14))
        return (settings, sent)
    }

    /// The user's settings, or the defaults.
    public static func of(_ userID: UserID, in tx: any Transaction) throws -> UserSettings {
        try with(userID, in: tx).settings
    }

    /// The same, with the days of the last digests.
    public static func with(
        _ userID: UserID, in tx: any Transaction
    ) throws -> (settings: UserSettings, sent: SentDigests) {
        try tx.first(
            SQL("SELECT \(columns) FROM user_settings WHERE user_id = $1", [.id(userID)]), decode)
            ?? (UserSettings(), SentDigests())
    }

    /// Everyone who wants digests, for the service that sends them; as many as there are members
    /// at most.
    public static func withDigests(
        in tx: any Transaction
    ) throws -> [(userID: UserID, settings: UserSettings, sent: SentDigests)] {
        try tx.query(
            SQL(
                """
                SELECT \(columns), user_id FROM user_settings
                WHERE daily_digest_minute IS NOT NULL OR weekly_digest_day IS NOT NULL
                ORDER BY user_id
                """)
        ) { row in
            let (settings, sent) = try decode(row)
            return (try row.id(columnCount), settings, sent)
        }
    }

    /// Stores a user's settings in place of what was there.
    public static func put(
        _ settings: UserSettings, _ sent: SentDigests, of userID: UserID, in tx: any Transaction
    ) throws {
        func number(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
        try tx.execute(
            SQL(
                """
                INSERT INTO user_settings (user_id, \(columns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                ON CONFLICT (user_id) DO UPDATE SET
                    base_currency = excluded.base_currency, time_zone = excluded.time_zone,
                    cost_method = excluded.cost_method, fills = excluded.fills,
                    orders = excluded.orders, tells_alerts = excluded.tells_alerts,
                    tells_breaches = excluded.tells_breaches,
                    daily_digest_minute = excluded.daily_digest_minute,
                    weekly_digest_day = excluded.weekly_digest_day,
                    weekly_digest_minute = excluded.weekly_digest_minute,
                    quiet_from_minute = excluded.quiet_from_minute,
                    quiet_to_minute = excluded.quiet_to_minute, is_silent = excluded.is_silent,
                    daily_sent_on = excluded.daily_sent_on,
                    weekly_sent_on = excluded.weekly_sent_on,
                    version = user_settings.version + 1
                """,
                [
                    .id(userID), .optional(settings.baseCurrency?.code),
                    .optional(settings.timeZone), .text(settings.costMethod.rawValue),
                    .text(settings.fills.rawValue), .text(settings.orders.rawValue),
                    .bool(settings.tellsAlerts), .bool(settings.tellsBreaches),
                    number(settings.dailyDigestMinute), number(settings.weeklyDigest?.weekday),
                    number(settings.weeklyDigest?.minuteOfDay ?? 480),
                    number(settings.quietHours?.fromMinute),
                    number(settings.quietHours?.toMinute), .bool(settings.isSilent),
                    sent.dailyOn.map(Value.day) ?? .null, sent.weeklyOn.map(Value.day) ?? .null,
                ]))
    }
}
