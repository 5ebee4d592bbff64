import Storage
import TestSupport
import Testing

/// One statement over many rows, on both databases alike.
struct ContractItemTests {
    private static let columns: [RowSet.Column] = [
        .init("id", .integer), .init("flag", .bool), .init("label", .text),
        .init("amount", .decimal), .init("at", .time), .init("day", .date), .init("note", .json),
    ]

    private static let insert = """
        INSERT INTO samples (id, flag, label, amount, at, day, note)
        SELECT id, flag, label, amount, at, day, note FROM item WHERE true
        """

    private static func items(_ rows: [[Value]]) -> RowSet {
        var items = RowSet(columns)
        for row in rows { items.append(row) }
        return items
    }

    /// Ids and labels alone.
    private static func labels(_ labels: [(Int64, Value)]) -> RowSet {
        var items = RowSet([.init("id", .integer), .init("label", .text)])
        for (id, label) in labels { items.append([.integer(id), label]) }
        return items
    }

    @Test(arguments: TestBackend.allCases)
    func `rows of every kind are stored as they are`(backend: TestBackend) async throws {
        let items = Self.items([
            [
                .integer(.min), .bool(true), .text("x"), .text("-0.000000000000000001"),
                .text("2024-02-29T12:34:56.789012Z"), .text("2024-02-29"), .text(#"{"a": [1]}"#),
            ],
            [
                .integer(.max), .bool(false), .text(""), .text("99999999999999999999"),
                .text("1969-12-31T23:59:59.999999Z"), .text("1969-12-31"), .text("[]"),
            ],
            [.integer(0), .null, .null, .null, .null, .null, .null],
        ])
        try await backend.withDatabase { database in
            let (count, found) = try await database.write { tx in
                try createSamples(in: tx)
                let count = try tx.execute(Self.insert, forEach: items)
                let found = try tx.query(
                    SQL("SELECT id, flag, label, amount, at, day, note FROM samples ORDER BY id")
                ) { row in
                    let flag: Value = row.isNull(1) ? .null : .bool(try row.bool(1))
                    let amount = try row.optionalText(3).map(withoutTrailingZeros)
                    return [.integer(try row.integer(0)), flag, text(try row.optionalText(2))]
                        + [text(amount)] + (try (4...6).map { text(try row.optionalText($0)) })
                }
                return (count, found)
            }
            #expect(count == 3)
            #expect(found == [items.rows[0], items.rows[2], items.rows[1]])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `texts with quotes, braces, commas and backslashes come through`(
        backend: TestBackend
    ) async throws {
        let texts = ContractValueTests.texts
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(
                    "INSERT INTO samples (id, label) SELECT id, label FROM item WHERE true",
                    forEach: Self.labels(
                        texts.enumerated().map { (Int64($0.offset), .text($0.element)) }))
                return try tx.query(SQL("SELECT label FROM samples ORDER BY id")) {
                    Array(try $0.text(0).utf8)
                }
            }
            #expect(found == texts.map { Array($0.utf8) })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `five thousand rows are inserted, updated, read and deleted as sets`(
        backend: TestBackend
    ) async throws {
        let count = 5_000
        let all = Self.labels((0..<count).map { (Int64($0), .text("row \($0)")) })
        let even = Self.labels((0..<count / 2).map { (Int64($0 * 2), .null) })
        try await backend.withDatabase { database in
            let counts = try await database.write { tx in
                try createSamples(in: tx)
                return [
                    try tx.execute(
                        "INSERT INTO samples (id, label) SELECT id, label FROM item WHERE true",
                        forEach: all),
                    try tx.execute(
                        """
                        UPDATE samples SET label = item.label, flag = NULL
                        FROM item WHERE samples.id = item.id
                        """, forEach: even),
                    try tx.query(
                        """
                        SELECT samples.label FROM item JOIN samples ON samples.id = item.id
                        WHERE samples.label IS NULL
                        """, forEach: all
                    ) { _ in }.count,
                    try tx.execute(
                        "DELETE FROM samples WHERE id IN (SELECT id FROM item)", forEach: even),
                ]
            }
            #expect(counts == [count, count / 2, count / 2, count / 2])
            let left = try await database.read { tx in
                try tx.query(SQL("SELECT id, label FROM samples ORDER BY id")) {
                    "\(try $0.integer(0)) \(try $0.text(1))"
                }
            }
            #expect(left == (0..<count / 2).map { "\($0 * 2 + 1) row \($0 * 2 + 1)" })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `returning and conflicts work over items`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let (inserted, changed) = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(SQL("INSERT INTO samples (id, label) VALUES (2, 'old')"))
                let items = Self.labels([(1, .text("a")), (2, .text("b")), (3, .text("c"))])
                let inserted = try tx.query(
                    """
                    INSERT INTO samples (id, label) SELECT id, label FROM item WHERE true
                    ON CONFLICT (id) DO NOTHING RETURNING id
                    """, forEach: items
                ) { try $0.integer(0) }
                let changed = try tx.execute(
                    """
                    INSERT INTO samples (id, label) SELECT id, label FROM item WHERE true
                    ON CONFLICT (id) DO UPDATE SET label = excluded.label || '!'
                    """, forEach: items)
                return (inserted, changed)
            }
            #expect(inserted.sorted() == [1, 3])
            #expect(changed == 3)
            let labels = try await database.read { tx in
                try tx.query(SQL("SELECT label FROM samples ORDER BY id")) { try $0.text(0) }
            }
            #expect(labels == ["a!", "b!", "c!"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `one row's refusal undoes all rows`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            try await database.write { try createSamples(in: $0) }
            let error = await storageError {
                try await database.write { tx in
                    _ = try? tx.execute(
                        "INSERT INTO samples (id, label) SELECT id, label FROM item WHERE true",
                        forEach: Self.labels([(1, .null), (2, .null), (1, .null)]))
                }
            }
            #expect(error?.kind == "constraint unique")
            let found = try await database.read { tx in
                try tx.query(SQL("SELECT id FROM samples")) { try $0.integer(0) }
            }
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a statement with tables of its own gets the items beside them`(
        backend: TestBackend
    ) async throws {
        let items = Self.labels([(1, .text("one")), (2, .text("two"))])
        try await backend.withDatabase { database in
            let found = try await database.read { tx in
                let plain = try tx.query(
                    """
                    WITH twice AS (SELECT id, id * 2 AS double FROM item)
                    SELECT item.label, twice.double FROM item JOIN twice ON twice.id = item.id
                    """, forEach: items
                ) { "\(try $0.text(0)) \(try $0.integer(1))" }
                let recursive = try tx.query(
                    """
                    with recursive up (id) AS (
                        SELECT 1 UNION ALL SELECT id + 1 FROM up WHERE id < 3
                    )
                    SELECT up.id FROM up JOIN item ON item.id = up.id
                    """, forEach: items
                ) { "\(try $0.integer(0))" }
                return plain.sorted() + recursive.sorted()
            }
            #expect(found == ["one 2", "two 4", "1", "2"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no items are no work`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let (count, found) = try await database.write { tx in
                (
                    try tx.execute("DELETE FROM nowhere", forEach: Self.labels([])),
                    try tx.query("SELECT 1 FROM nowhere", forEach: Self.labels([])) {
                        try $0.integer(0)
                    }
                )
            }
            #expect(count == 0)
            #expect(found.isEmpty)
        }
    }

    @Test(
        arguments: TestBackend.allCases,
        [
            "INSERT INTO samples (id) SELECT missing FROM item WHERE true",
            "INSERT INTO samples (id) SELECT id FROM items WHERE true",
            "INSERT INTO samples (id) SELECT $1 FROM item WHERE true",
        ])
    func `a wrong statement over items is named as such`(
        backend: TestBackend, text: String
    ) async throws {
        try await backend.withDatabase { database in
            try await database.write { try createSamples(in: $0) }
            let error = await storageError {
                try await database.write { tx in
                    _ = try tx.execute(text, forEach: Self.labels([(1, .null)]))
                }
            }
            #expect(error?.kind == "statement")
        }
    }
}

private func text(_ text: String?) -> Value {
    text.map(Value.text) ?? .null
}
