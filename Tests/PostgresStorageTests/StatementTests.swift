import PostgresStorage
import Storage
import Testing

/// Statements that run too long, fail, or are not for this driver.
@Suite(.timeLimit(.minutes(10)))
struct StatementTests {
    @Test func `a statement that runs too long is stopped`() async throws {
        try await withPostgres({ $0.statementTimeoutSeconds = 1 }) { database in
            let error = await storageError {
                _ = try await database.read { tx in try tx.execute(SQL("SELECT pg_sleep(60)")) }
            }
            #expect(error?.name == "timeout")
            try await database.read { _ in }
        }
    }

    @Test func `a script may run longer than a statement`() async throws {
        try await withPostgres({ $0.statementTimeoutSeconds = 1 }) { database in
            try await database.write { tx in
                try tx.executeScript("SELECT pg_sleep(1.2); SELECT pg_sleep(0.1)")
            }
        }
    }

    @Test func `a failed statement dooms its unit of work`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let later = Box<StorageError>()
            let error = await storageError {
                try await database.write { tx in
                    try increment(in: tx)
                    do {
                        try tx.execute(SQL("INSERT INTO counters VALUES (1, 0)"))
                    } catch {}
                    do {
                        try increment(in: tx)
                    } catch {
                        later.set(error as? StorageError)
                    }
                }
            }
            #expect(error?.name == "constraint")
            #expect(later.value == error)
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `a text refused before it was sent dooms the unit of work too`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let error = await storageError {
                try await database.write { tx in
                    try increment(in: tx)
                    do {
                        try tx.execute(SQL("SELECT $1::text", [.text("a\0b")]))
                    } catch {}
                }
            }
            #expect(error?.description.contains("$1 holds a NUL") == true)
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `an error of the body's own does not keep its unit of work from being undone`()
        async throws
    {
        struct Refusal: Error {}
        try await withPostgres { database in
            try await createCounters(in: database)
            await #expect(throws: Refusal.self) {
                try await database.write { tx in
                    try increment(in: tx)
                    throw Refusal()
                }
            }
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `a connection keeps a bounded number of prepared statements`() async throws {
        let options: (inout PostgresOptions) -> Void = {
            $0.connections = 1
            $0.preparedStatementLimit = 4
        }
        try await withPostgres(options) { database in
            try await createCounters(in: database)
            for number in 0..<20 {
                let sum = try await database.read { tx in
                    try tx.first(SQL("SELECT $1::bigint + \(number)", [.integer(100)])) {
                        try $0.integer(0)
                    }
                }
                #expect(sum == Int64(100 + number))
                let error = await storageError {
                    _ = try await database.write { tx in
                        try tx.execute(SQL("INSERT INTO counters VALUES (1, \(number))"))
                    }
                }
                #expect(error?.name == "constraint")
            }
            let kept = try await database.read { tx in
                try tx.first(SQL("SELECT count(*) FROM pg_prepared_statements")) {
                    try $0.integer(0)
                }
            }
            #expect((1...4).contains(kept ?? 0))
        }
    }

    @Test func `texts that look alike but differ in bytes are two statements`() async throws {
        try await withPostgres({ $0.connections = 1 }) { database in
            let found = try await database.read { tx in
                try ["\u{E9}", "e\u{301}"].map { letter in
                    try tx.first(SQL("SELECT '\(letter)'")) { Array(try $0.text(0).utf8) }
                }
            }
            #expect(found == [Array("\u{E9}".utf8), Array("e\u{301}".utf8)])
        }
    }

    @Test(arguments: ["COMMIT", "ROLLBACK", "COPY counters FROM STDIN", "COPY counters TO STDOUT"])
    func `what would break the unit of work is refused`(text: String) async throws {
        try await withPostgres({ $0.connections = 1 }) { database in
            try await createCounters(in: database)
            for isScript in [false, true] {
                let error = await storageError {
                    try await database.write { tx in
                        do {
                            if isScript {
                                try tx.executeScript(text)
                            } else {
                                try tx.execute(SQL(text))
                            }
                        } catch {
                            try increment(in: tx)
                        }
                    }
                }
                #expect(error?.name == "statement", "\(String(describing: error))")
            }
            try await database.write { try increment(in: $0) }
            #expect(try await counts(in: database) == [1, 0])
        }
    }

    @Test func `an integer is not taken for a boolean`() async throws {
        try await withPostgres { database in
            for _ in 0..<2 {
                let error = await storageError {
                    try await database.read { tx in
                        _ = try tx.query(SQL("SELECT 1 WHERE $1", [.integer(1)])) { _ in }
                    }
                }
                #expect(error?.description.contains("$1 is a boolean") == true)
            }
            let found = try await database.read { tx in
                try tx.query(SQL("SELECT 1 WHERE $1", [.bool(true)])) { try $0.integer(0) }
            }
            #expect(found == [1])
        }
    }

    @Test func `a transaction kept beyond its body is dead`() async throws {
        final class Thief: @unchecked Sendable {
            var stolen: (any Transaction)?
        }
        try await withPostgres { database in
            try await createCounters(in: database)
            let thief = Thief()
            try await database.write { thief.stolen = $0 }
            let stolen = try #require(thief.stolen)
            let error = await storageError { try increment(in: stolen) }
            #expect(error?.description.contains("after its end") == true)
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `a parameter beyond the limit is refused`() async throws {
        try await withPostgres({ $0.parameterByteLimit = 1_000 }) { database in
            let fits = try await database.read { tx in
                let text = String(repeating: "x", count: 999)
                return try tx.first(SQL("SELECT $1::text", [.text(text)])) { try $0.text(0).count }
            }
            #expect(fits == 999)
            let error = await storageError {
                try await database.read { tx in
                    let text = String(repeating: "x", count: 1_001)
                    _ = try tx.query(SQL("SELECT $1::text", [.text(text)])) { _ in }
                }
            }
            #expect(error?.description.contains("$1 takes 1002 bytes of at most 1000") == true)
        }
    }
}
