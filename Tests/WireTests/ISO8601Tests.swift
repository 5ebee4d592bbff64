import Ledger
import Testing
import Wire

struct ISO8601Tests {
    @Test(arguments: [
        ("2026-02-19T14:32:00Z", "2026-02-19T14:32:00.000000Z"),
        ("2026-02-19T14:32:00.123Z", "2026-02-19T14:32:00.123000Z"),
        ("2026-02-19t14:32:00.123456z", "2026-02-19T14:32:00.123456Z"),
        ("2026-02-19T14:32:00.123456999999999999999999Z", "2026-02-19T14:32:00.123456Z"),
        ("2026-02-19T14:32:00.0000009Z", "2026-02-19T14:32:00.000000Z"),
        ("2026-02-19T14:32:00+02:00", "2026-02-19T12:32:00.000000Z"),
        ("2026-02-19T14:32:00+0200", "2026-02-19T12:32:00.000000Z"),
        ("2026-02-19T14:32:00+02", "2026-02-19T12:32:00.000000Z"),
        ("2026-02-19T14:32:00.5-05:30", "2026-02-19T20:02:00.500000Z"),
        ("2026-02-19T14:32:00-00:00", "2026-02-19T14:32:00.000000Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000Z"),
        ("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"),
        ("1969-12-31T23:59:59.000001Z", "1969-12-31T23:59:59.000001Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59+23:59", "9999-12-31T00:00:59.000000Z"),
    ])
    func `a time is turned into UTC`(_ text: String, _ canonical: String) throws {
        let time = try Timestamp(iso8601: text)
        #expect(time.description == canonical)
        #expect(Timestamp(canonical: canonical) == time)
        #expect(try Timestamp(iso8601: Array(text.utf8)[...]) == time)
    }

    @Test(
        arguments: [
            ("2026-02-19T14:32:00", .missingZone),
            ("2026-02-19T14:32:00.123", .missingZone),
            ("2026-02-30T14:32:00Z", .noSuchTime),
            ("2026-04-31T14:32:00Z", .noSuchTime),
            ("2023-02-29T00:00:00Z", .noSuchTime),
            ("1900-02-29T00:00:00Z", .noSuchTime),
            ("2026-00-10T14:32:00Z", .noSuchTime),
            ("2026-13-10T14:32:00Z", .noSuchTime),
            ("2026-02-00T14:32:00Z", .noSuchTime),
            ("2026-02-19T24:00:00Z", .noSuchTime),
            ("2026-02-19T23:60:00Z", .noSuchTime),
            ("2026-02-19T23:59:61Z", .noSuchTime),
            ("2026-02-19T14:32:00+24:00", .noSuchTime),
            ("2026-02-19T14:32:00+02:60", .noSuchTime),
            ("2016-12-31T23:59:60Z", .leapSecond),
            ("2026-02-19T14:32:60.5+01:00", .leapSecond),
            ("0000-01-01T00:00:00Z", .yearOutOfRange),
            ("0001-01-01T00:00:00+00:01", .yearOutOfRange),
            ("9999-12-31T23:59:59-00:01", .yearOutOfRange),
            ("", .malformed),
            ("now", .malformed),
            ("2026-02-19", .malformed),
            ("2026-02-19T14:32Z", .malformed),
            ("2026-02-19 14:32:00Z", .malformed),
            ("2026-02-19T14:32:00 Z", .malformed),
            ("2026-02-19T14:32:00.Z", .malformed),
            ("2026-02-19T14:32:00,5Z", .malformed),
            ("2026-02-19T14:32:00ZZ", .malformed),
            ("2026-02-19T14:32:00Z ", .malformed),
            (" 2026-02-19T14:32:00Z", .malformed),
            ("2026-02-19T14:32:00+2:00", .malformed),
            ("2026-02-19T14:32:00+02:0", .malformed),
            ("2026-02-19T14:32:00+02:000", .malformed),
            ("2026-02-19T14:32:00+", .malformed),
            ("2026-02-19T14:32:00+02:00Z", .malformed),
            ("2026-02-19T14:32:00 UTC", .malformed),
            ("20260219T143200Z", .malformed),
            ("2026/02/19T14:32:00Z", .malformed),
            ("2026-02-19T14.32.00Z", .malformed),
            ("2026-2-19T14:32:00.00Z", .malformed),
            ("+2026-02-19T14:32:00Z", .malformed),
            ("-026-02-19T14:32:00Z", .malformed),
            ("٢٠٢٦-02-19T14:32:00Z", .malformed),
            ("1771511520", .malformed),
        ] as [(String, ISO8601Error)])
    func `what is no time is refused, and told why`(_ text: String, _ reason: ISO8601Error) {
        #expect(throws: reason) { try Timestamp(iso8601: text) }
        #expect(throws: reason) { try Timestamp(iso8601: Array(text.utf8)[...]) }
    }

    @Test(arguments: [
        ("2023-02-02T09:20:00.940000Z", "2023-02-02T09:20:00.94Z"),
        ("2023-02-02T09:20:00.000000Z", "2023-02-02T09:20:00Z"),
        ("2023-02-02T10:00:00.000000Z", "2023-02-02T10:00:00Z"),
        ("2023-02-02T09:20:00.000001Z", "2023-02-02T09:20:00.000001Z"),
        ("2023-02-02T09:20:00.100000Z", "2023-02-02T09:20:00.1Z"),
    ])
    func `the short form has no zeros at its end`(_ canonical: String, _ short: String) throws {
        let time = try #require(Timestamp(canonical: canonical))
        #expect(time.iso8601 == short)
        #expect(try Timestamp(iso8601: short) == time)
    }

    @Test(arguments: [31, 32] as [UInt64])
    func `any instant comes back from its short form`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let first = try Timestamp(iso8601: "0001-01-01T00:00:00Z").microseconds
        let last = try Timestamp(iso8601: "9999-12-31T23:59:59.999999Z").microseconds
        for _ in 0..<2_000 {
            let unit = random.pick([1, 1_000, 1_000_000, 3_600_000_000] as [Int64])
            let time = Timestamp(
                microseconds: Int64.random(in: first...last, using: &random) / unit * unit)
            #expect(try Timestamp(iso8601: time.iso8601) == time, "seed \(seed)")
            let offset = random.pick(["+05:30", "-0930", "+14"])
            let local = String(time.iso8601.dropLast()) + offset
            guard let moved = try? Timestamp(iso8601: local) else { continue }
            let minutes: Int64 = offset == "+05:30" ? 330 : offset == "-0930" ? -570 : 840
            #expect(moved == time.adding(seconds: -minutes * 60), "seed \(seed): \(local)")
        }
    }

    @Test func `instants beyond the calendar can still be written`() {
        #expect(Timestamp(microseconds: .max).iso8601.hasSuffix("Z"))
        #expect(Timestamp(microseconds: .min).iso8601.hasSuffix("Z"))
    }

    @Test(arguments: [41, 42] as [UInt64])
    func `a mutated time is refused or means one instant`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sound = [
            "2026-02-19T14:32:00.123456Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-0001",
        ]
        for _ in 0..<5_000 {
            let bytes = random.mutate(
                Array(random.pick(sound).utf8), with: Array("0123456789-:+.TZtz ".utf8))
            guard let time = try? Timestamp(iso8601: bytes[...]) else { continue }
            #expect((try? Timestamp(iso8601: time.iso8601)) == time, "seed \(seed)")
        }
    }

    @Test func `a day is exactly its ten characters`() throws {
        #expect(try Day(iso8601: "2024-02-29").description == "2024-02-29")
        #expect(try Day(iso8601: Array("0001-01-01".utf8)[...]).year == 1)
        let refused: [(String, ISO8601Error)] = [
            ("2023-02-29", .noSuchTime), ("2026-02-30", .noSuchTime), ("2026-13-01", .noSuchTime),
            ("0000-01-01", .yearOutOfRange), ("2026-2-01", .malformed), ("20260201", .malformed),
            ("2026-02-01T", .malformed), ("", .malformed), ("2026-02-0x", .malformed),
            ("2026_02_01", .malformed),
        ]
        for (text, reason) in refused {
            #expect(throws: reason) { try Day(iso8601: text) }
        }
    }
}
