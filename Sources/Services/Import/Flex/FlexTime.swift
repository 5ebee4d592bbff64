import Ledger
import Wire

/// The ways in which a Flex query can be told to write dates and times; those that leave open
/// which number is the month are refused.
enum FlexTime {
    private static let days = ImportedTime.patterns("YYYYMMDD", "YYYY-MM-DD", "DD-MMM-YY")
    private static let times = ImportedTime.patterns(
        "YYYYMMDD;HHmmss", "YYYYMMDD;HH:mm:ss", "YYYY-MM-DD;HHmmss", "YYYY-MM-DD;HH:mm:ss",
        "DD-MMM-YY;HHmmss", "DD-MMM-YY;HH:mm:ss")
    /// What a time of the United States may end in.
    private static let zones = ["EST": "-05:00", "EDT": "-04:00", "UTC": "UTC", "GMT": "UTC"]

    static func day(_ text: String) -> Day? {
        days.lazy.compactMap { $0.read(text.trimmed)?.day }.first
    }

    /// The instant, and whether a time of day was told.
    static func read(
        _ row: FlexRow, zone: TimeZoneRules
    ) throws(FillRefusal) -> (Timestamp, hasTime: Bool) {
        let date = row["tradeDate", "date"]
        let joined = [date, row["tradeTime"]].compactMap(\.self).joined(separator: ";")
        guard let written = row["dateTime"] ?? (date == nil ? nil : joined) else {
            throw .invalid("exec_time", "dateTime is missing: add it to the Flex query")
        }
        var text = separated(written)
        var zone = zone
        if let space = text.lastIndex(of: " "),
            let offset = zones[String(text[space...].dropFirst())],
            let rules = TimeZoneRules(fixedOffset: offset)
        {
            zone = rules
            text = String(text[..<space])
        }
        for pattern in times {
            if let local = pattern.read(text) { return (zone.instant(of: local), true) }
        }
        for pattern in days {
            if let local = pattern.read(text) { return (zone.instant(of: local), false) }
        }
        throw .invalid(
            "exec_time",
            written.contains("/")
                ? "which number is the month? Set the query's date format to yyyyMMdd"
                : "not of the form 20250115;093000: set the query's date format to yyyyMMdd and its"
                    + " time format to HHmmss")
    }

    /// With a semicolon between date and time, whichever of the query's separators was chosen.
    private static func separated(_ text: String) -> String {
        for separator in [", ", ";", "T", " "] {
            guard let range = range(of: separator, in: text) else { continue }
            return String(text[..<range.lowerBound]) + ";" + String(text[range.upperBound...])
        }
        return text
    }

    private static func range(of separator: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(separator) {
                let end = text.index(start, offsetBy: separator.count)
                // A T is in EST and in OCT too.
                if separator != "T" || isBetweenDigits(start, end, of: text) { return start..<end }
            }
            start = text.index(after: start)
        }
        return nil
    }

    private static func isBetweenDigits(
        _ start: String.Index, _ end: String.Index, of text: String
    ) -> Bool {
        let digits: ClosedRange<Character> = "0"..."9"
        guard let before = text[..<start].last, let after = text[end...].first else { return false }
        return digits.contains(before) && digits.contains(after)
    }
}
