import Ledger
import Records
import World

extension UserSetting {
    static let currency = UserSetting(
        name: "currency", title: "Currency",
        explanation: "Totals of /positions and /pnl are converted into it, where a rate is known.",
        expected: "a currency's code, or none for that of the portfolio's account",
        example: "EUR",
        choices: [.init("USD"), .init("EUR"), .init("GBP"), .init("USDT"), .init("None")],
        shown: { $0.baseCurrency?.code ?? "that of the portfolio's account" },
        change: { typed, _ in
            if typed.lowercased() == "none" { return { $0.baseCurrency = nil } }
            guard let currency = Currency(typed.uppercased()) else { return nil }
            return { $0.baseCurrency = currency }
        })

    static let zone = UserSetting(
        name: "zone", title: "Time zone",
        explanation: "Times are shown in it, and it says when your digests and quiet hours are. "
            + "The days of /pnl are UTC days all the same.",
        expected: "a time zone's name or offset", example: "Europe/Berlin",
        choices: [
            .init("UTC", "UTC"), .init("London", "Europe/London"),
            .init("Berlin", "Europe/Berlin"), .init("New York", "America/New_York"),
            .init("Chicago", "America/Chicago"), .init("Dubai", "Asia/Dubai"),
            .init("Kolkata", "Asia/Kolkata"), .init("Singapore", "Asia/Singapore"),
            .init("Tokyo", "Asia/Tokyo"),
        ],
        shown: { $0.timeZone ?? "UTC" },
        change: { typed, zones in
            guard let name = zoneName(typed, zones) else { return nil }
            return { $0.timeZone = name == "UTC" ? nil : name }
        })

    static let method = UserSetting(
        name: "method", title: "Cost method",
        explanation: "How /pnl and digests tell what was realized, where you name no method.",
        expected: "average, fifo or lifo", example: "fifo",
        choices: [.init("Average"), .init("FIFO"), .init("LIFO")],
        shown: { $0.costMethod.rawValue },
        change: { typed, _ in
            guard let method = CostMethod(rawValue: typed.lowercased()) else { return nil }
            return { $0.costMethod = method }
        })

    /// As it is written in the list of zones; people type `europe/berlin`, `new york` and `berlin`.
    private static func zoneName(_ typed: String, _ zones: TimeZones) -> String? {
        let words = typed.split(whereSeparator: { $0 == " " || $0 == "_" })
        let spelled = words.map { word in
            word.split(separator: "/", omittingEmptySubsequences: false).map(capitalized)
                .joined(separator: "/")
        }.joined(separator: "_")
        let upper = typed.uppercased()
        let names =
            [typed, upper, spelled]
            + (typed.contains("/") ? [] : regions.map { "\($0)/\(spelled)" })
        return names.first { zones.rules(named: $0) != nil }
    }

    private static func capitalized(_ word: Substring) -> String {
        word.prefix(1).uppercased() + word.dropFirst().lowercased()
    }

    /// Where cities are looked for that are typed without their region.
    private static let regions = [
        "Europe", "America", "Asia", "Australia", "Africa", "Pacific", "Atlantic", "Indian",
    ]
}
