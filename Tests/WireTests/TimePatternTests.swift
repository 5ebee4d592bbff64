import Ledger
import Testing
import Wire

@Suite struct TimePatternTests {
    private func read(_ pattern: String, _ text: String) throws -> String? {
        try #require(TimePattern(pattern)).read(text).map {
            TimeZoneRules.utc.instant(of: $0).iso8601
        }
    }

    @Test(arguments: [
        ("YYYY-MM-DD HH:mm:ss", "2019-10-11 00:00:17", "2019-10-11T00:00:17Z"),
        ("YY-MM-DD H:mm:ss", "21-03-01 9:05:59", "2021-03-01T09:05:59Z"),
        ("YYYYMMDD;HHmmss", "20250115;093000", "2025-01-15T09:30:00Z"),
        ("DD.MM.YYYY", "28.02.2026", "2026-02-28T00:00:00Z"),
        ("D/M/YYYY H:mm", "1/2/2026 7:08", "2026-02-01T07:08:00Z"),
        ("DD-MMM-YY", "05-dec-25", "2025-12-05T00:00:00Z"),
        ("YYYY-MM-DDTHH:mm:ss", "2026-02-19T14:32:00.1234567", "2026-02-19T14:32:00.123456Z"),
    ])
    func `times are read as they are written`(
        _ pattern: String, _ text: String, _ expected: String
    ) throws {
        #expect(try read(pattern, text) == expected)
    }

    @Test(arguments: [
        ("YYYY-MM-DD", "2026-02-30"), ("YYYY-MM-DD", "2026-2-03"), ("YYYY-MM-DD", "2026-02-03 "),
        ("YYYY-MM-DD", "26-02-03"), ("YYYY-MM-DD H:mm:ss", "2026-02-03 24:00:00"),
        ("YYYY-MM-DD H:mm:ss", "2026-02-03 2:00:60"), ("DD-MMM-YY", "05-foo-25"),
        ("YYYY-MM-DD H:mm:ss", "2026-02-03 2:00:00."), ("YYYY-MM-DD", ""), ("YYYY-MM-DD", "２026"),
    ])
    func `what is written otherwise is nothing`(_ pattern: String, _ text: String) throws {
        #expect(try read(pattern, text) == nil)
    }

    @Test(arguments: ["", "YYYY-MM", "HH:mm", "YYYY YY MM DD", "YYYY MM DD DD", "YYYY M MMM D"])
    func `a pattern has year, month and day once`(_ pattern: String) {
        #expect(TimePattern(pattern) == nil)
    }
}
