import Storage
import TestSupport
import Testing

/// Parameters, counts, answers and mistakes, on both databases alike.
struct ContractStatementTests {
    @Test(arguments: TestBackend.allCases)
    func `parameters are bound by number, in any order and more than once`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(
                    SQL(
                        "INSERT INTO samples (label, id, note) VALUES ($2, $1, $3)",
                        [.integer(7), .text("seven"), .text("[]")]))
                return try tx.query(
                    SQL(
                        """
                        SELECT id FROM samples
                        WHERE label = $2 AND id = $1 AND label = $2 AND note IS NOT NULL
                        """, [.integer(7), .text("seven")])
                ) { try $0.integer(0) }
            }
            #expect(found == [7])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `more than nine parameters keep their numbers`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let found = try await database.read { tx in
                try tx.first(
                    SQL(
                        """
                        SELECT $11::text, $1::text, $10::text
                        WHERE $2::text = 'b' AND $3::text = 'c' AND $4::text = 'd'
                            AND $5::text = 'e' AND $6::text = 'f' AND $7::text = 'g'
                            AND $8::text = 'h' AND $9::text = 'i'
                        """, "abcdefghijk".map { .text(String($0)) })
                ) { [try $0.text(0), try $0.text(1), try $0.text(2)] }
            }
            #expect(found == ["k", "a", "j"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a parameter may be null where its type is written`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let found = try await database.read { tx in
                try [Value.null, .text("x")].map { value in
                    try tx.first(SQL("SELECT 1 WHERE $1::text IS NULL", [value])) { _ in true }
                }
            }
            #expect(found == [true, nil])
        }
    }

    @Test(
        arguments: TestBackend.allCases,
        [
            SQL("SELECT id FROM samples WHERE id = $1"),
            SQL("SELECT id FROM samples WHERE id = $1", [.integer(1), .integer(2)]),
            SQL("SELECT id FROM samples WHERE id = $1 AND id = $3", [.integer(1), .integer(1)]),
            SQL("SELECT id FROM samples", [.integer(1)]),
            SQL("SELECT id FROM nowhere"),
            SQL("SELECT missing FROM samples"),
            SQL("SELEKT 1"),
            SQL("SELECT 1; SELECT 2"),
        ])
    func `a wrong statement is named as such`(backend: TestBackend, sql: SQL) async throws {
        try await backend.withDatabase { database in
            try await database.write { try createSamples(in: $0) }
            let error = await storageError {
                _ = try await database.read { tx in try tx.query(sql) { _ in } }
            }
            #expect(error?.kind == "statement")
            #expect(error?.isOutage == false)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `execute tells how many rows the statement changed`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let counts = try await database.write { tx in
                try createSamples(in: tx)
                return try [
                    "INSERT INTO samples (id) VALUES (1), (2), (3)",
                    "CREATE TABLE other (id BIGINT)",
                    "UPDATE samples SET label = 'a' WHERE id > 1",
                    "UPDATE samples SET label = 'a' WHERE id > 9",
                    "INSERT INTO samples (id) VALUES (1) ON CONFLICT DO NOTHING",
                    "INSERT INTO samples (id) VALUES (1), (4) ON CONFLICT (id) DO UPDATE SET label = 'b'",
                    "DELETE FROM samples WHERE id = 1 RETURNING id",
                    "DELETE FROM samples",
                    "DELETE FROM samples",
                ].map { try tx.execute(SQL($0)) }
            }
            #expect(counts == [3, 0, 2, 0, 0, 2, 1, 3, 0])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `returning gives the rows that were written`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try createSamples(in: tx)
                let inserted = try tx.query(
                    SQL(
                        """
                        INSERT INTO samples (id, label) VALUES ($1, $2)
                        ON CONFLICT (id) DO UPDATE SET label = excluded.label
                        RETURNING id, label
                        """, [.integer(1), .text("first")])
                ) { "\(try $0.integer(0)) \(try $0.text(1))" }
                let skipped = try tx.query(
                    SQL(
                        """
                        INSERT INTO samples (id, label) VALUES ($1, $2)
                        ON CONFLICT (id) DO NOTHING RETURNING id
                        """, [.integer(1), .text("second")])
                ) { try $0.integer(0) }
                return (inserted, skipped)
            }
            #expect(found.0 == ["1 first"])
            #expect(found.1.isEmpty)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same text with other values answers anew`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(SQL("INSERT INTO samples (id, label) VALUES (1, 'a'), (2, 'b')"))
            }
            for _ in 0..<3 {
                let found = try await database.read { tx in
                    try [1, 2, 3].map { id in
                        try tx.first(
                            SQL("SELECT label FROM samples WHERE id = $1", [.integer(id)])
                        ) { try $0.text(0) }
                    }
                }
                #expect(found == ["a", "b", nil])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a statement that is known works on after the table has changed`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            let insert = SQL("INSERT INTO samples (id, label) VALUES ($1, 'x')", [.integer(1)])
            try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(insert)
            }
            try await database.write { tx in
                try tx.executeScript("DROP TABLE samples")
                try createSamples(in: tx)
                try tx.executeScript("ALTER TABLE samples ADD COLUMN more TEXT DEFAULT 'm'")
            }
            let more = try await database.write { tx in
                try tx.execute(insert)
                return try tx.first(SQL("SELECT more FROM samples WHERE id = 1")) {
                    try $0.text(0)
                }
            }
            #expect(more == "m")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a value of another kind is a decoding error that names its column`(
        backend: TestBackend
    ) async throws {
        let readings: [@Sendable (any Row) throws -> Void] = [
            { _ = try $0.integer(1) }, { _ = try $0.bool(1) }, { _ = try $0.integer(2) },
            { _ = try $0.bool(2) }, { _ = try $0.text(2) }, { _ = try $0.blob(2) },
        ]
        let columns = [1, 1, 2, 2, 2, 2]
        try await backend.withDatabase { database in
            for (reading, column) in zip(readings, columns) {
                let error = await storageError {
                    _ = try await database.read { tx in
                        try tx.query(SQL("SELECT 1, 'words', NULL"), reading)
                    }
                }
                guard case .decoding(column, _) = error else {
                    Issue.record("\(String(describing: error)) for column \(column)")
                    continue
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a query may run inside the decoder of the same query`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await database.write { tx in
                try createSamples(in: tx)
                try tx.execute(SQL("INSERT INTO samples (id) VALUES (1), (2), (3)"))
            }
            let found = try await database.read { tx in
                let following = SQL("SELECT id FROM samples WHERE id > 1 ORDER BY id")
                return try tx.query(following) { outer in
                    let inner = try tx.query(following) { try $0.integer(0) }
                    return "\(try outer.integer(0)) \(inner)"
                }
            }
            #expect(found == ["2 [2, 3]", "3 [2, 3]"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `two statements that only look alike are two`(backend: TestBackend) async throws {
        let texts = ["SELECT '\u{E9}'", "SELECT 'e\u{301}'"]
        try await backend.withDatabase { database in
            for _ in 0..<2 {
                let found = try await database.read { tx in
                    try texts.map { text in
                        try tx.query(SQL(text)) { Array(try $0.text(0).utf8) }
                    }
                }
                #expect(found == [[Array("\u{E9}".utf8)], [Array("e\u{301}".utf8)]])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a script runs all of its statements`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let found = try await database.write { tx in
                try tx.executeScript(
                    """
                    -- a comment; with a semicolon
                    CREATE TABLE a (id BIGINT);
                    INSERT INTO a (id) VALUES (1);
                    INSERT INTO a (id) VALUES (2);
                    """)
                return try tx.query(SQL("SELECT id FROM a ORDER BY id")) { try $0.integer(0) }
            }
            #expect(found == [1, 2])
        }
    }
}
