import Storage
import TestSupport
import Testing

/// What goes in comes out, on both databases alike.
struct ContractValueTests {
    static let texts = [
        "", " ", "plain", "O'Brien", "\"quoted\"", "back\\slash", "\\N", "a,b", "{a,b}", "{}",
        "NULL", "null", "line\nbreak\r\n\ttab", "$1", "?", ":name", "%_", "--", "/* */", "É",
        "E\u{301}",
        "日本語", "🏦👩‍👩‍👧", "\u{10FFFF}", "\u{1}\u{7F}", String(repeating: "long ", count: 50_000),
    ]

    @Test(arguments: TestBackend.allCases)
    func `texts come back byte for byte`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                for (index, text) in Self.texts.enumerated() {
                    try tx.execute(
                        SQL(
                            "INSERT INTO samples (id, label) VALUES ($1, $2)",
                            [.integer(Int64(index)), .text(text)]))
                }
                return try tx.query(SQL("SELECT label FROM samples ORDER BY id")) {
                    Array(try $0.text(0).utf8)
                }
            }
            #expect(found == Self.texts.map { Array($0.utf8) })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a text is found by its bytes, not by what looks alike`(backend: TestBackend) async throws
    {
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(
                    SQL(
                        "INSERT INTO samples (id, label) VALUES (1, $1), (2, $2)",
                        [.text("\u{E9}"), .text("e\u{301}")]))
                return try tx.query(
                    SQL("SELECT id FROM samples WHERE label = $1", [.text("e\u{301}")])
                ) { try $0.integer(0) }
            }
            #expect(found == [2])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a text with a NUL character is refused`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            try await database.write { try createSamples(in: $0) }
            let error = await storageError {
                _ = try await database.write { tx in
                    try tx.execute(
                        SQL("INSERT INTO samples (id, label) VALUES (1, $1)", [.text("a\0b")]))
                }
            }
            #expect(error?.kind == "statement")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `integers of all sizes come back`(backend: TestBackend) async throws {
        let integers: [Int64] = [.min, -1, 0, 1, 1 << 53 + 1, .max]
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                for integer in integers {
                    try tx.execute(
                        SQL("INSERT INTO samples (id) VALUES ($1)", [.integer(integer)]))
                }
                return try tx.query(SQL("SELECT id FROM samples ORDER BY id")) {
                    try $0.integer(0)
                }
            }
            #expect(found == integers)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `booleans and bytes come back`(backend: TestBackend) async throws {
        let all = Array(UInt8.min...UInt8.max)
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(
                    SQL(
                        "INSERT INTO samples (id, flag, bytes) VALUES (1, $1, $2), (2, $3, $4)",
                        [.bool(true), .blob(all), .bool(false), .blob([])]))
                return try tx.query(SQL("SELECT flag, bytes FROM samples ORDER BY id")) {
                    (flag: try $0.bool(0), bytes: try $0.blob(1))
                }
            }
            #expect(found.map(\.flag) == [true, false])
            #expect(found.map(\.bytes) == [all, []])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `null comes back as null in every column`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let nulls = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(
                    SQL(
                        """
                        INSERT INTO samples (id, flag, label, amount, at, day, note, bytes)
                        VALUES (1, $1, $2, $3, $4, $5, $6, $7)
                        """, Array(repeating: .null, count: 7)))
                return try tx.first(
                    SQL("SELECT flag, label, amount, at, day, note, bytes FROM samples")
                ) { row in
                    (0..<7).map { row.isNull($0) }
                        + [try row.optionalText(1) == nil, try row.optionalInteger(0) == nil]
                }
            }
            #expect(nulls == Array(repeating: true, count: 9))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `times, dates and JSON give the same text`(backend: TestBackend) async throws {
        let times = [
            "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z",
            "2024-02-29T12:34:56.789012Z", "9999-12-31T23:59:59.999999Z",
        ]
        let days = ["1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31"]
        let notes = [
            "{}", "[]", #"{"a": [1, 2.50, "x"], "b": null}"#, #"{"text": "O'Brien \"é\" 🏦"}"#,
        ]
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                for index in times.indices {
                    try tx.execute(
                        SQL(
                            "INSERT INTO samples (id, at, day, note) VALUES ($1, $2, $3, $4)",
                            [
                                .integer(Int64(index)), .text(times[index]), .text(days[index]),
                                .text(notes[index]),
                            ]))
                }
                return try tx.query(SQL("SELECT at, day, note FROM samples ORDER BY id")) {
                    [try $0.text(0), try $0.text(1), try $0.text(2)]
                }
            }
            #expect(found.map { $0[0] } == times)
            #expect(found.map { $0[1] } == days)
            #expect(found.map { $0[2] } == notes)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `decimals give the same digits, perhaps with zeros behind them`(
        backend: TestBackend
    ) async throws {
        let decimals = [
            "0", "1", "-1", "0.000000000000000001", "-0.000000000000000001", "65000.1",
            "99999999999999999999.999999999999999999", "-12345678901234567890.123456789012345678",
        ]
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                for (index, decimal) in decimals.enumerated() {
                    try tx.execute(
                        SQL(
                            "INSERT INTO samples (id, amount) VALUES ($1, $2)",
                            [.integer(Int64(index)), .text(decimal)]))
                }
                return try tx.query(SQL("SELECT amount FROM samples ORDER BY id")) {
                    try $0.text(0)
                }
            }
            #expect(found.map(withoutTrailingZeros) == decimals)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a text can be asked for where an integer stands`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let text = try await database.read { tx in
                try tx.first(SQL("SELECT COALESCE(NULL, 42)")) { try $0.text(0) }
            }
            #expect(text == "42")
        }
    }
}

func withoutTrailingZeros(_ decimal: String) -> String {
    guard decimal.contains(".") else { return decimal }
    var digits = decimal[...]
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return String(digits)
}
