import Records
import World

extension UserSetting {
    static let fills = UserSetting(
        name: "fills", title: "Fills",
        explanation: "Fills that a broker or strategy reports: each at once, those of a minute "
            + "together, or none. What you enter or import yourself is not told.",
        expected: "each, batched or off", example: "each",
        choices: [.init("Each"), .init("Batched"), .init("Off")],
        shown: { $0.fills.rawValue },
        change: { typed, _ in
            guard let fills = UserSettings.FillNotices(rawValue: typed.lowercased()) else {
                return nil
            }
            return { $0.fills = fills }
        })

    static let orders = UserSetting(
        name: "orders", title: "Orders",
        explanation: "Orders that are reported to have ended: all, those that were rejected or "
            + "expired, or none.",
        expected: "all, failed or off", example: "all",
        choices: [.init("All"), .init("Failed"), .init("Off")],
        shown: { $0.orders.rawValue },
        change: { typed, _ in
            guard let orders = UserSettings.OrderNotices(rawValue: typed.lowercased()) else {
                return nil
            }
            return { $0.orders = orders }
        })

    static let breaches = onOff(
        "breaches", "Breaches",
        "Risk limits that were exceeded. That an order was blocked is told in any case.",
        { $0.tellsBreaches }, { $0.tellsBreaches = $1 })

    static let alerts = onOff(
        "alerts", "Alerts", "Alerts that you have set.", { $0.tellsAlerts },
        { $0.tellsAlerts = $1 })

    static let daily = UserSetting(
        name: "daily", title: "Daily digest",
        explanation: "What the last whole UTC day brought, at this hour of yours.",
        expected: "a time of day, or off", example: "08:00",
        choices: [
            .init("Off"), .init("07:00"), .init("08:00"), .init("09:00"), .init("18:00"),
            .init("22:00"),
        ],
        shown: { $0.dailyDigestMinute.map(PlainText.clock) ?? "off" },
        change: { typed, _ in
            if isOff(typed) { return { $0.dailyDigestMinute = nil } }
            guard let minute = minute(typed) else { return nil }
            return { $0.dailyDigestMinute = minute }
        })

    static let weekly = UserSetting(
        name: "weekly", title: "Weekly digest",
        explanation: "What the last seven whole UTC days brought, on this day and hour of yours.",
        expected: "a day and perhaps a time, or off", example: "mon 08:00",
        choices: [
            .init("Off"), .init("Mon 08:00"), .init("Fri 18:00"), .init("Sat 09:00"),
            .init("Sun 18:00"),
        ],
        shown: { settings in
            settings.weeklyDigest.map {
                "\(weekdays[$0.weekday - 1]) \(PlainText.clock(minuteOfDay: $0.minuteOfDay))"
            } ?? "off"
        },
        change: { typed, _ in
            if isOff(typed) { return { $0.weeklyDigest = nil } }
            guard let time = weeklyTime(typed) else { return nil }
            return { $0.weeklyDigest = time }
        })

    static let quiet = UserSetting(
        name: "quiet", title: "Quiet hours",
        explanation: "Between these hours of yours notices wait; whether you may come in, and "
            + "orders that were blocked, are told all the same.",
        expected: "two times of day, or off", example: "22:00-07:00",
        choices: [.init("Off"), .init("22:00-07:00"), .init("23:00-08:00"), .init("18:00-08:00")],
        shown: { settings in
            settings.quietHours.map {
                "\(PlainText.clock(minuteOfDay: $0.fromMinute)) to "
                    + PlainText.clock(minuteOfDay: $0.toMinute)
            } ?? "off"
        },
        change: { typed, _ in
            if isOff(typed) { return { $0.quietHours = nil } }
            guard let hours = quietHours(typed) else { return nil }
            return { $0.quietHours = hours }
        })

    static let sound = UserSetting(
        name: "sound", title: "Sound",
        explanation: "Whether notices come with a sound.", expected: "loud or silent",
        example: "silent", choices: [.init("Loud"), .init("Silent")],
        shown: { $0.isSilent ? "silent" : "loud" },
        change: { typed, _ in
            switch typed.lowercased() {
            case "loud", "on": return { $0.isSilent = false }
            case "silent", "off": return { $0.isSilent = true }
            default: return nil
            }
        })

    private static func onOff(
        _ name: String, _ title: String, _ explanation: String,
        _ get: @escaping @Sendable (UserSettings) -> Bool,
        _ set: @escaping @Sendable (inout UserSettings, Bool) -> Void
    ) -> UserSetting {
        UserSetting(
            name: name, title: title, explanation: explanation, expected: "on or off",
            example: "off", choices: [.init("On"), .init("Off")],
            shown: { get($0) ? "on" : "off" },
            change: { typed, _ in
                switch typed.lowercased() {
                case "on": return { set(&$0, true) }
                case "off": return { set(&$0, false) }
                default: return nil
                }
            })
    }

    private static func isOff(_ typed: String) -> Bool { typed.lowercased() == "off" }

    /// `8`, `08:00`, `8:30`, `24:00` as midnight: minutes since midnight.
    private static func minute(_ typed: some StringProtocol) -> Int? {
        let parts = typed.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            (1...2).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
                ? Int(part) : nil
        }
        guard numbers.count == parts.count, (1...2).contains(parts.count) else { return nil }
        let hour = numbers[0]
        let minute = numbers.count == 2 ? numbers[1] : 0
        guard parts.count == 1 || parts[1].utf8.count == 2 else { return nil }
        if hour == 24, minute == 0 { return 0 }
        guard hour < 24, minute < 60 else { return nil }
        return hour * 60 + minute
    }

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// Eight in the morning where only a day is typed.
    private static func weeklyTime(_ typed: String) -> UserSettings.WeeklyTime? {
        let words = typed.split(separator: " ")
        guard (1...2).contains(words.count), words[0].utf8.count >= 2,
            let day = weekdays.firstIndex(where: {
                $0.lowercased().hasPrefix(words[0].lowercased())
            }), let minute = words.count == 2 ? minute(words[1]) : 8 * 60
        else { return nil }
        return .init(weekday: day + 1, minuteOfDay: minute)
    }

    private static func quietHours(_ typed: String) -> UserSettings.QuietHours? {
        let ends = typed.split { $0 == "-" || $0 == "–" || $0 == " " }
            .filter { $0.lowercased() != "to" }
        guard ends.count == 2, let from = minute(ends[0]), let to = minute(ends[1]), from != to
        else { return nil }
        return .init(fromMinute: from, toMinute: to)
    }
}
