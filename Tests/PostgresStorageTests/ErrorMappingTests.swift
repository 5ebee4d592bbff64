import PostgresStorage
import Storage
import Testing

/// Every error is named by what its reader has to do about it, and holds no value.
struct ErrorMappingTests {
    static let codes = [
        ("23505", "constraint"), ("23503", "constraint"), ("23514", "constraint"),
        ("23502", "constraint"), ("23P01", "constraint"), ("P0001", "constraint"),
        ("40001", "serialization"), ("40P01", "serialization"),
        ("53100", "full"), ("53200", "busy"), ("53300", "busy"), ("55P03", "busy"),
        ("57014", "timeout"), ("57P01", "connectionLost"), ("08006", "connectionLost"),
        ("25006", "readOnly"), ("XX001", "corrupt"), ("XX002", "corrupt"),
        ("28000", "unavailable"), ("3D000", "unavailable"), ("58030", "unavailable"),
        ("42P01", "statement"), ("42501", "statement"), ("22012", "statement"),
        ("0A000", "statement"), ("08P01", "statement"),
    ]

    @Test func `the server's code decides the error`() async throws {
        try await withPostgres({ $0.retryLimit = 0 }) { database in
            for (code, name) in Self.codes {
                let error = await storageError {
                    _ = try await database.write { tx in
                        try tx.execute(
                            SQL("DO $$ BEGIN RAISE 'why' USING ERRCODE = '\(code)'; END $$"))
                    }
                }
                #expect(error?.name == name, "\(code)")
                #expect(error?.description.contains("why (SQLSTATE \(code)) in: DO") == true)
            }
        }
    }

    @Test(arguments: [
        ("INSERT INTO children VALUES (1, 1, 1)", StorageError.Constraint.unique),
        ("INSERT INTO children VALUES (2, 9, 1)", .foreignKey),
        ("INSERT INTO children VALUES (2, 1, -1)", .check),
        ("INSERT INTO children VALUES (2, 1, NULL)", .notNull),
        ("DELETE FROM parents", .foreignKey),
    ])
    func `a constraint is named by its kind`(
        text: String, kind: StorageError.Constraint
    ) async throws {
        try await withPostgres { database in
            try await database.write { tx in
                try tx.executeScript(
                    """
                    CREATE TABLE parents (id INT PRIMARY KEY);
                    CREATE TABLE children (
                        id INT PRIMARY KEY, parent INT REFERENCES parents,
                        age INT NOT NULL CHECK (age > 0));
                    INSERT INTO parents VALUES (1);
                    INSERT INTO children VALUES (1, 1, 1);
                    """)
            }
            let error = await storageError {
                _ = try await database.write { tx in try tx.execute(SQL(text)) }
            }
            guard case .constraint(kind, let detail) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(detail.contains("in: \(text)"))
        }
    }

    @Test func `a deferred constraint refuses the commit`() async throws {
        try await withPostgres { database in
            let error = await storageError {
                try await database.write { tx in
                    try tx.executeScript(
                        """
                        CREATE TABLE twos (
                            id INT, CONSTRAINT once UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)
                        """)
                    try tx.execute(SQL("INSERT INTO twos VALUES (2), (2)"))
                }
            }
            guard case .constraint(.unique, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: [
        SQL("SELECT $1::bigint", [.text("secret-17")]),
        SQL("SELECT $1::timestamptz", [.text("secret-17")]),
        SQL("SELECT $1::jsonb", [.text("secret-17")]),
        SQL("SELECT $1::numeric(3, 1)", [.text("171717")]),
        SQL("SELECT $1::smallint", [.text("171717")]),
    ])
    func `an error does not repeat the value`(sql: SQL) async throws {
        try await withPostgres { database in
            let error = await storageError {
                try await database.read { tx in _ = try tx.query(sql) { _ in } }
            }
            #expect(error?.name == "statement")
            #expect(error?.description.contains("17") == false, "\(String(describing: error))")
        }
    }

    @Test func `a write where only reading is allowed is refused`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let error = await storageError { try await database.read { try increment(in: $0) } }
            #expect(error?.name == "readOnly")
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `a database that does not exist and a user unknown are named`() async throws {
        try await withURL { url in
            let address = try #require(url.firstIndex(of: "?").map { url[$0...] })
            for (wrong, named) in [
                ("postgres://blotter@/nowhere_17\(address)", "nowhere_17"),
                ("postgres://nobody_17:pass_17@/postgres\(address)", "nobody_17"),
            ] {
                let error = await storageError { _ = try await PostgresDatabase(url: wrong) }
                #expect(error?.name == "unavailable")
                #expect(error?.description.contains(named) == true)
                #expect(error?.description.contains("pass_17") == false)
            }
        }
    }

    @Test(arguments: [
        "mysql://user:secret@host/db", "postgres://user:se/secret@host/db",
        "postgres://user:sec@secret@host/db", "postgres://user:secret%@host/db",
        "postgres://user:secret@[host/db", "postgres://user:secret@host/db?secret",
        "postgres://user@host/db?password=%zzsecret", "postgres://user:se?secret@host",
        "postgres://user:secret@host:port/db", "postgres://user:secret@host:99999/db",
        "postgres://user:secret@/db?host=/nowhere", "postgres://u:secret@host/db?sslmode=wrong",
    ])
    func `a wrong URL is refused without its password`(url: String) async throws {
        let error = await storageError { _ = try await PostgresDatabase(url: url) }
        #expect(error?.name == "unavailable")
        #expect(error?.description.contains("secret") == false, "\(String(describing: error))")
    }
}
