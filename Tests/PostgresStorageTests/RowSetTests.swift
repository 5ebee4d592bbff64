import PostgresStorage
import Storage
import Testing

/// Sets of rows that travel as arrays.
struct RowSetTests {
    @Test func `hostile texts come through an array unchanged`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var numbers = SeededNumbers(seed: seed)
        try await withPostgres { database in
            for _ in 0..<30 {
                var items = RowSet([
                    .init("number", .integer), .init("first", .text), .init("second", .text),
                ])
                for number in 0..<Int.random(in: 1...120, using: &numbers) {
                    items.append([
                        .integer(Int64(number)), hostileText(&numbers), hostileText(&numbers),
                    ])
                }
                let sent = items
                let found = try await database.read { tx in
                    try tx.query(
                        "SELECT number, first, second FROM item ORDER BY number", forEach: sent
                    ) { row in
                        [
                            Value.integer(try row.integer(0)),
                            try row.optionalText(1).map(Value.text) ?? .null,
                            try row.optionalText(2).map(Value.text) ?? .null,
                        ]
                    }
                }
                let rows = (0..<sent.count).map { bytes(of: Array(sent[$0])) }
                #expect(found.map(bytes) == rows, "seed \(seed)")
            }
        }
    }

    @Test func `values of every kind come through an array`() async throws {
        var items = RowSet([
            .init("a", .integer), .init("b", .bool), .init("c", .text), .init("d", .decimal),
            .init("e", .time), .init("f", .date), .init("order", .json),
        ])
        items.append([
            .integer(.min), .bool(true), .text(""), .text("-0.000000000000000001"),
            .text("0001-01-01T00:00:00.000001Z"), .text("2024-02-29"), .text(#"{"a": "\\"}"#),
        ])
        items.append([
            .integer(.max), .bool(false), .integer(7), .integer(-5),
            .text("9999-12-31T23:59:59.999999Z"), .text("9999-12-31"), .text("[]"),
        ])
        items.append(Array(repeating: .null, count: 7))
        let sent = items
        try await withPostgres { database in
            let found = try await database.read { tx in
                try tx.query(#"SELECT a, b, c, d, e, f, "order" FROM item"#, forEach: sent) { row in
                    try (0..<7).map { try row.optionalText($0) }
                }
            }
            #expect(
                found == [
                    [
                        "-9223372036854775808", "1", "", "-0.000000000000000001",
                        "0001-01-01T00:00:00.000001Z", "2024-02-29", #"{"a": "\\"}"#,
                    ],
                    [
                        "9223372036854775807", "0", "7", "-5", "9999-12-31T23:59:59.999999Z",
                        "9999-12-31", "[]",
                    ],
                    Array(repeating: nil, count: 7),
                ])
        }
    }

    @Test(arguments: [
        "SELECT name FROM item WHERE number > 1",
        "WITH more AS (SELECT name FROM item WHERE number > 1) SELECT name FROM more",
        "\n -- a comment\n/* and /* another */ */with more AS (SELECT * FROM item) "
            + "SELECT name FROM more WHERE number = 2",
        "WITH RECURSIVE up (n) AS (SELECT 2::bigint UNION ALL SELECT n + 1 FROM up WHERE n < 9) "
            + "SELECT name FROM up JOIN item ON number = n",
        "SELECT\u{A0}".dropLast() + " name FROM item WHERE number = 2 -- WITH",
    ])
    func `item stands before a statement of any shape`(text: String) async throws {
        var items = RowSet([.init("number", .integer), .init("name", .text)])
        items.append([.integer(1), .text("one")])
        items.append([.integer(2), .text("two")])
        let sent = items
        try await withPostgres { database in
            let found = try await database.read { tx in
                try tx.query(text, forEach: sent) { try $0.text(0) }
            }
            #expect(found == ["two"])
        }
    }

    @Test func `fifty thousand rows are one statement`() async throws {
        var items = RowSet([.init("number", .integer), .init("name", .text)])
        for number in 0..<50_000 {
            items.append([.integer(Int64(number)), .text("row \(number)")])
        }
        let sent = items
        try await withPostgres { database in
            let changed = try await database.write { tx in
                try tx.executeScript("CREATE TABLE rows (number BIGINT PRIMARY KEY, name TEXT)")
                return try tx.execute(
                    "INSERT INTO rows (number, name) SELECT number, name FROM item", forEach: sent)
            }
            #expect(changed == 50_000)
            let last = try await database.read { tx in
                try tx.first(SQL("SELECT name FROM rows ORDER BY number DESC LIMIT 1")) {
                    try $0.text(0)
                }
            }
            #expect(last == "row 49999")
        }
    }

    @Test(
        arguments: [RowSet.Column.Kind.integer, .bool, .text, .decimal, .time, .date, .json],
        [Value.blob([1]), .bool(true), .integer(1), .text("a\0b"), .text("x")])
    func `a value that its column can't take is refused`(
        kind: RowSet.Column.Kind, value: Value
    ) async throws {
        let isTaken =
            switch (kind, value) {
            case (.bool, .bool), (.integer, .integer), (.text, .integer), (.decimal, .integer),
                (.json, .integer), (.text, .text("x")):
                true
            default: false
            }
        var items = RowSet([.init("a", kind)])
        items.append([value])
        let sent = items
        try await withPostgres { database in
            let error = await storageError {
                try await database.read { tx in
                    _ = try tx.query("SELECT a FROM item", forEach: sent) { _ in }
                }
            }
            #expect(error?.name == (isTaken ? nil : "statement"))
        }
    }

    @Test func `a column beyond the limit is refused`() async throws {
        var items = RowSet([.init("number", .integer), .init("name", .text)])
        for number in 0..<100 {
            items.append([.integer(Int64(number)), .text(String(repeating: "x", count: 20))])
        }
        let sent = items
        try await withPostgres({ $0.parameterByteLimit = 1_000 }) { database in
            let error = await storageError {
                try await database.read { tx in
                    _ = try tx.query("SELECT 1 FROM item", forEach: sent) { _ in }
                }
            }
            #expect(error?.description.contains("item.name takes") == true)
        }
    }
}

/// A text of what could be mistaken for the array's own signs; NULL now and then.
private func hostileText(_ numbers: inout SeededNumbers) -> Value {
    let parts = [
        "\"", "\\", "{", "}", ",", "NULL", "null", "'", " ", "\t", "\n", "\r", "$1", "\\N", "\\x",
        "E'", "é", "e\u{301}", "🏦", "\u{10FFFF}", "\u{1}", "\u{7F}", "a", "0", "{}", "\"\"", ";--",
    ]
    if Int.random(in: 0..<8, using: &numbers) == 0 { return .null }
    let count = Int.random(in: 0...12, using: &numbers)
    return .text(
        (0..<count).map { _ in parts[Int.random(in: 0..<parts.count, using: &numbers)] }.joined())
}

/// For comparing bytewise.
private func bytes(of row: [Value]) -> [[UInt8]?] {
    row.map { value in
        switch value {
        case .text(let text): Array(text.utf8)
        case .integer(let number): Array(String(number).utf8)
        case .null, .bool, .blob: nil
        }
    }
}
