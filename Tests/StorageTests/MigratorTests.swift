import Storage
import TestSupport
import Testing

private let time = "2026-01-02T03:04:05.000006Z"

private func migration(
    _ number: Int, _ name: String, up: String, down: String? = nil
) -> Migration {
    Migration(
        number: number, name: name, up: up, down: down ?? "DROP TABLE \(name);",
        checksum: { "checksum of \($0)" })
}

private let three = [
    migration(1, "first", up: "CREATE TABLE first (id BIGINT); INSERT INTO first VALUES (1);"),
    migration(2, "second", up: "CREATE TABLE second (id BIGINT);"),
    migration(3, "third", up: "CREATE TABLE third (id BIGINT);"),
]

private func migrator(
    _ database: any Database, _ migrations: [Migration] = three
) -> Migrator {
    Migrator(database: database, migrations: migrations, now: { time })
}

private func tables(in database: any Database) async throws -> [String] {
    try await database.read { tx in
        let text =
            switch tx.dialect {
            case .sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            case .postgres:
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        return try tx.query(SQL(text)) { try $0.text(0) }
    }
}

/// The advice of the `schema` error that `body` throws.
private func advice(_ body: () async throws -> Void) async -> String? {
    guard case .schema(let advice) = await storageError(body) else { return nil }
    return advice
}

struct MigratorTests {
    @Test(arguments: TestBackend.allCases)
    func `up applies what is pending, in order, and once`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            #expect(try await migrator(database, [three[0]]).up() == [three[0]])
            #expect(try await migrator(database).up() == [three[1], three[2]])
            #expect(try await migrator(database).up() == [])
            #expect(
                try await tables(in: database)
                    == ["first", "schema_migrations", "second", "third"])
            try await migrator(database).requireCurrent()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `status tells what is applied and when, and what is pending`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            #expect(
                try await migrator(database).status().map(\.state) == [
                    .pending, .pending, .pending,
                ])
            try await migrator(database, Array(three.prefix(2))).up()
            let status = try await migrator(database).status()
            #expect(status.map(\.number) == [1, 2, 3])
            #expect(status.map(\.name) == ["first", "second", "third"])
            #expect(status.map(\.state) == [.applied(at: time), .applied(at: time), .pending])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a dry run tells what it would do and touches nothing`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            #expect(try await migrator(database).up(dryRun: true) == three)
            #expect(try await migrator(database).down(1, dryRun: true) == [])
            #expect(try await tables(in: database).isEmpty)
            try await migrator(database).up()
            #expect(try await migrator(database).down(2, dryRun: true) == [three[2], three[1]])
            #expect(try await migrator(database).up(dryRun: true) == [])
            try await migrator(database).requireCurrent()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `down takes back the last steps, at most all, and up brings them again`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await migrator(database).up()
            #expect(try await migrator(database).down(0) == [])
            #expect(try await migrator(database).down(2) == [three[2], three[1]])
            #expect(try await tables(in: database) == ["first", "schema_migrations"])
            #expect(try await migrator(database).down(9) == [three[0]])
            #expect(try await tables(in: database) == ["schema_migrations"])
            #expect(try await migrator(database).up() == three)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a migration that fails leaves no trace, and those before it stay`(
        backend: TestBackend
    ) async throws {
        let broken = migration(
            2, "second", up: "CREATE TABLE second (id BIGINT); INSERT INTO nowhere VALUES (1);")
        try await backend.withDatabase { database in
            let error = await storageError {
                try await migrator(database, [three[0], broken]).up()
            }
            #expect(error?.kind == "statement")
            let left = try await tables(in: database)
            #expect(left == ["first", "schema_migrations"])
            #expect(try await migrator(database).up() == [three[1], three[2]])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a migration that was edited after it was applied is refused`(
        backend: TestBackend
    ) async throws {
        var edited = three
        edited[1] = migration(2, "second", up: "CREATE TABLE second (id BIGINT, more TEXT);")
        edited.append(migration(4, "fourth", up: "CREATE TABLE fourth (id BIGINT);"))
        try await backend.withDatabase { database in
            try await migrator(database).up()
            let refusals = await [
                advice { try await migrator(database, edited).up() },
                advice { try await migrator(database, edited).up(dryRun: true) },
                advice { try await migrator(database, edited).down(1) },
                advice { try await migrator(database, edited).requireCurrent() },
            ]
            for refusal in refusals {
                #expect(refusal?.contains("migration 2 (second) was changed") == true)
            }
            #expect(try await tables(in: database).contains("fourth") == false)
            #expect(
                try await migrator(database, edited).status().map(\.state) == [
                    .applied(at: time), .changed(at: time), .applied(at: time), .pending,
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a database newer than the binary is refused`(backend: TestBackend) async throws {
        let old = Array(three.prefix(2))
        try await backend.withDatabase { database in
            try await migrator(database).up()
            let refusals = await [
                advice { try await migrator(database, old).up() },
                advice { try await migrator(database, old).down(1) },
                advice { try await migrator(database, old).requireCurrent() },
            ]
            for refusal in refusals {
                #expect(refusal?.contains("newer than this binary") == true)
            }
            #expect(try await migrator(database, old).status().last?.state == .unknown(at: time))
            #expect(try await tables(in: database).contains("third"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a migration that is applied but missing in the binary is refused`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await migrator(database).up()
            let refusal = await advice {
                try await migrator(database, [three[0], three[2]]).up()
            }
            #expect(refusal?.contains("migration 2 (second) is applied, but missing") == true)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a gap in the database or in the binary is refused`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let incomplete = await advice {
                try await migrator(database, [three[0], three[2]]).up()
            }
            #expect(incomplete?.contains("2 is missing") == true)
            try await migrator(database).up()
            try await database.write { tx in
                try tx.executeScript("DELETE FROM schema_migrations WHERE number = 2")
            }
            let gap = await advice { try await migrator(database).up() }
            #expect(gap?.contains("migration 2 (second) is not applied") == true)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a migration without a way back is refused`(backend: TestBackend) async throws {
        let final = [migration(1, "first", up: "CREATE TABLE first (id BIGINT);", down: " \n")]
        try await backend.withDatabase { database in
            try await migrator(database, final).up()
            for dryRun in [true, false] {
                let refusal = await advice {
                    try await migrator(database, final).down(1, dryRun: dryRun)
                }
                #expect(refusal?.contains("can't be taken back") == true)
            }
            #expect(try await tables(in: database) == ["first", "schema_migrations"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a database that lacks a migration is not current`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            let refusal = await advice { try await migrator(database).requireCurrent() }
            #expect(refusal?.contains("blotter migrate") == true)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `several that start at once apply each migration once`(
        backend: TestBackend
    ) async throws {
        let many = (1...12).map { migration($0, "t\($0)", up: "CREATE TABLE t\($0) (id BIGINT);") }
        try await backend.withStore { store in
            let applied = try await concurrently(4) { _ in
                let database = try await store.open()
                do {
                    let applied = try await migrator(database, many).up()
                    await database.close()
                    return applied
                } catch {
                    await database.close()
                    throw error
                }
            }
            #expect(applied.flatMap(\.self).map(\.number).sorted() == Array(1...12))
            let database = try await store.open()
            try await migrator(database, many).requireCurrent()
            await database.close()
        }
    }
}
