/// Orders leave only within these hours of these weekdays, by the clock of a time zone: from the
/// first minute on, before the last one. Hours through midnight belong to the day on which they
/// begin. Exempt: what only closes.
struct TradingHours: RiskRule {
    /// From Monday.
    private static let weekdays = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

    static let about = RiskRuleDescription(
        "trading_hours", "Trading hours", "Opens nothing outside of these hours.",
        [
            RiskField("from", .time, "From this time of day"),
            RiskField("to", .time, "Until this time of day; before `from`: on the next day"),
            RiskField(
                "days", .choices(weekdays),
                need: .otherwise(.list(["MON", "TUE", "WED", "THU", "FRI"])), "On these days"),
            RiskField(
                "zone", .zone, need: .otherwise(.text("UTC")), "By the clock of this time zone"),
        ])

    /// Of the day.
    let from: Int
    let to: Int
    /// 1 is Monday.
    let days: Set<Int>
    let zone: TimeZoneRules

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        from = try settings.neededMinuteOfDay("from")
        to = try settings.neededMinuteOfDay("to")
        guard from < 1440 else {
            throw RiskConfigFault(field: "from", detail: "must be before 24:00")
        }
        guard from != to else {
            throw RiskConfigFault(field: "to", detail: "must be another time than from")
        }
        let named = settings.words("days")?.map(\.text) ?? []
        days = Set(
            Self.weekdays.indices.filter { named.contains(Self.weekdays[$0]) }.map { $0 + 1 })
        zone = try settings.neededZone("zone")
    }

    func judge(
        _ effect: RiskEffect?, in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        guard effect != nil else { return nil }
        return RiskMeasure(isBroken: !isOpen(at: book.now), about: .scope)
    }

    func isOpen(at instant: Timestamp) -> Bool {
        let local = zone.local(at: instant)
        let (today, minute) = (local.day.weekday, local.minuteOfDay)
        if from < to { return days.contains(today) && from <= minute && minute < to }
        let yesterday = local.day.adding(days: -1).weekday
        return (days.contains(today) && from <= minute)
            || (days.contains(yesterday) && minute < to)
    }
}
