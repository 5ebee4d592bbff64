import Ledger
import Records

/// When a user's digests are due. A wall clock that is put forward over the hour shows it late, one
/// that is put back shows it twice: by the local day a digest comes once all the same.
struct DigestClock {
    private let settings: UserSettings
    private let zone: TimeZoneRules

    init(_ settings: UserSettings, _ zone: TimeZoneRules) {
        self.settings = settings
        self.zone = zone
    }

    /// The last local day whose daily digest was due by `now`; nil where none is wanted.
    func dailyDay(at now: Timestamp) -> Day? {
        settings.dailyDigestMinute.map { last(minuteOfDay: $0, at: now) }
    }

    /// The last local day whose weekly digest was due by `now`.
    func weeklyDay(at now: Timestamp) -> Day? {
        guard let weekly = settings.weeklyDigest else { return nil }
        let day = last(minuteOfDay: weekly.minuteOfDay, at: now)
        let sinceThen = (day.weekday - weekly.weekday + 7) % 7
        return day.adding(days: -sinceThen)
    }

    /// The last whole UTC day before the digest of this local day: what it tells of.
    func lastWholeDay(before day: Day, minuteOfDay: Int) -> Day {
        instant(day, minuteOfDay).day.adding(days: -1)
    }

    private func last(minuteOfDay: Int, at now: Timestamp) -> Day {
        let today = zone.local(at: now).day
        // The clock may have been put forward or back around midnight.
        let days = [today.adding(days: 1), today, today.adding(days: -1)]
        return days.first { instant($0, minuteOfDay) <= now } ?? today.adding(days: -2)
    }

    private func instant(_ day: Day, _ minuteOfDay: Int) -> Timestamp {
        LocalDateTime(day: day, hour: minuteOfDay / 60, minute: minuteOfDay % 60)
            .map(zone.instant) ?? day.start
    }
}
