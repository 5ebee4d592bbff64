/// A day and a time of day as a wall clock shows them: which instant is meant, only a time zone
/// tells.
public struct LocalDateTime: Sendable, Hashable {
    public let day: Day
    /// 0 to 86,399.
    public let secondOfDay: Int
    /// 0 to 999,999.
    public let microsecond: Int

    /// Nil where a clock shows no such time.
    public init?(day: Day, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...999_999).contains(microsecond)
        else { return nil }
        self.day = day
        secondOfDay = (hour * 60 + minute) * 60 + second
        self.microsecond = microsecond
    }

    /// What a clock in UTC shows at `instant`.
    init(shownAt instant: Timestamp) {
        day = instant.day
        var rest = instant.microseconds % Timestamp.microsecondsInDay
        if rest < 0 { rest += Timestamp.microsecondsInDay }
        secondOfDay = Int(rest / Timestamp.microsecondsInSecond)
        microsecond = Int(rest % Timestamp.microsecondsInSecond)
    }

    /// 0 to 1439.
    public var minuteOfDay: Int { secondOfDay / 60 }

    /// Seconds since 1970-01-01T00:00:00 on the same clock.
    var seconds: Int64 { Int64(day.number) * 86_400 + Int64(secondOfDay) }
}
