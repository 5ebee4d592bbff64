import Foundation
import Ledger
import Testing

/// Wall clocks and the instants that they mean.
@Suite struct TimeZoneTests {
    private func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")))
    }

    private func zone(_ name: String) throws -> TimeZoneRules {
        try #require(TimeZoneRules(name: name, tzif: try file(name)))
    }

    private func local(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int
    ) throws -> LocalDateTime {
        let date = try #require(Day(year: year, month: month, day: day))
        return try #require(LocalDateTime(day: date, hour: hour, minute: minute))
    }

    @Test(arguments: [
        ("UTC", 0), ("Z", 0), ("+02:00", 7200), ("-0330", -12_600), ("+2", 7200), ("+14", 50_400),
        ("UTC+8", 28_800), ("UTC-05:00", -18_000), ("+00:00", 0),
    ])
    func `fixed offsets are read`(_ text: String, _ seconds: Int) throws {
        let zone = try #require(TimeZoneRules(fixedOffset: text))
        #expect(zone.offsetSeconds(at: Timestamp(microseconds: 0)) == seconds)
        let noon = try local(2026, 2, 19, 12, 0)
        #expect(
            zone.instant(of: noon).microseconds
                == (1_771_502_400 - Int64(seconds)) * 1_000_000)
    }

    @Test(arguments: [
        "", "utc", "GMT+2", "+", "2", "+24", "+02:60", "+123", "+1:00", "+02:0", "0200", "+ 2",
        "+02:00Z", "+２", "UTC2",
    ])
    func `what is no offset is refused`(_ text: String) {
        #expect(TimeZoneRules(fixedOffset: text) == nil)
    }

    /// Instants from 1970 to 2100, so that the file's own table and its rule for later are asked.
    @Test(arguments: [
        "America/New_York", "Europe/Berlin", "Europe/London", "Europe/Dublin",
        "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
        "America/Sao_Paulo", "Asia/Tokyo", "Pacific/Apia", "America/St_Johns", "Etc/GMT+5",
        "Pacific/Chatham", "America/Santiago",
    ])
    func `offsets agree with another implementation`(_ name: String) throws {
        let zone = try zone(name)
        let named = Foundation.TimeZone(identifier: name)
        let other = try #require(named)
        var random = SplitMix64(seed: 7)
        for _ in 0..<3000 {
            let seconds = Int64.random(in: 0...4_102_444_800, using: &random)
            let expected = other.secondsFromGMT(
                for: Date(timeIntervalSince1970: Double(seconds)))
            let found = zone.offsetSeconds(at: Timestamp(microseconds: seconds * 1_000_000))
            #expect(found == expected, "\(name) at \(seconds)")
            if found != expected { return }
        }
    }

    @Test(arguments: ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata"])
    func `what a clock shows means an instant at which it shows it`(_ name: String) throws {
        let zone = try zone(name)
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: 0...4_102_444_800, using: &random)
            let instant = Timestamp(microseconds: seconds * 1_000_000 + 250)
            let offset = Int64(zone.offsetSeconds(at: instant))
            let shown = instant.adding(seconds: offset)
            let rest = Int(shown.microseconds / 1_000_000 % 86_400)
            let local = try #require(
                LocalDateTime(
                    day: shown.day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60,
                    microsecond: 250))
            let found = zone.instant(of: local)
            // Of an hour that is shown twice, the first is meant.
            #expect(found == instant || found.adding(seconds: 3600) == instant, "\(seconds)")
        }
    }

    @Test func `an hour that is left out is counted on, one that is repeated is its first`()
        throws
    {
        let newYork = try zone("America/New_York")
        let gap = newYork.instant(of: try local(2025, 3, 9, 2, 30))
        #expect(gap.description == "2025-03-09T07:30:00.000000Z")
        let first = newYork.instant(of: try local(2025, 11, 2, 1, 30))
        #expect(first.description == "2025-11-02T05:30:00.000000Z")
        let after = newYork.instant(of: try local(2025, 11, 2, 2, 0))
        #expect(after.description == "2025-11-02T07:00:00.000000Z")
        // In the south, and far beyond the file's table.
        let sydney = try zone("Australia/Sydney")
        #expect(
            sydney.instant(of: try local(2025, 10, 5, 2, 30)).description
                == "2025-10-04T16:30:00.000000Z")
        #expect(
            sydney.instant(of: try local(2025, 4, 6, 2, 30)).description
                == "2025-04-05T15:30:00.000000Z")
        #expect(
            newYork.instant(of: try local(2090, 7, 1, 9, 30)).description
                == "2090-07-01T13:30:00.000000Z")
        #expect(
            newYork.instant(of: try local(2090, 1, 2, 9, 30)).description
                == "2090-01-02T14:30:00.000000Z")
    }

    @Test func `a day that a place never had is counted on as well`() throws {
        // Samoa went over the date line and left out 2011-12-30.
        let apia = try zone("Pacific/Apia")
        #expect(
            apia.instant(of: try local(2011, 12, 30, 12, 0)).description
                == "2011-12-30T22:00:00.000000Z")
        #expect(
            apia.instant(of: try local(2011, 12, 31, 12, 0)).description
                == "2011-12-30T22:00:00.000000Z")
    }

    @Test func `what is no time zone's file is refused, wherever it is cut`() throws {
        let whole = try file("Europe/Berlin")
        for count in 0..<whole.count {
            let cut = Array(whole.prefix(count))
            #expect(TimeZoneRules(name: "x", tzif: cut) == nil, "\(count) bytes")
        }
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            var broken = whole
            for _ in 0..<3 {
                let place = Int.random(in: 0..<broken.count, using: &random)
                broken[place] = UInt8.random(in: .min ... .max, using: &random)
            }
            // Whatever comes of it, it does not trap.
            let rules = TimeZoneRules(name: "x", tzif: broken)
            _ = rules?.offsetSeconds(at: Timestamp(microseconds: 1_700_000_000_000_000))
            _ = rules?.instant(of: try local(2090, 1, 1, 0, 0))
        }
        let long = whole + [UInt8](repeating: 0, count: TimeZoneRules.fileLimitBytes)
        #expect(TimeZoneRules(name: "x", tzif: long) == nil)
    }

    @Test func `a clock shows no such time`() throws {
        let day = try #require(Day(year: 2026, month: 2, day: 28))
        #expect(LocalDateTime(day: day, hour: 24) == nil)
        #expect(LocalDateTime(day: day, minute: 60) == nil)
        #expect(LocalDateTime(day: day, second: 60) == nil)
        #expect(LocalDateTime(day: day, microsecond: 1_000_000) == nil)
    }
}
