import PostgresStorage
import Storage
import Testing

/// A unit of work that collided with another runs again, and only then.
@Suite(.timeLimit(.minutes(10)))
struct RetryTests {
    @Test func `after a serialization failure the body runs again`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let runs = Count()
            let meeting = Meeting()
            async let first: Void = database.write { tx in
                try tx.execute(SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                let count = try tx.first(SQL("SELECT count FROM counters WHERE id = 1")) {
                    try $0.integer(0)
                }
                if runs.increment() == 1 { meeting.arriveAndWait() }
                try tx.execute(
                    SQL(
                        "UPDATE counters SET count = $1 WHERE id = 1",
                        [.integer((count ?? 0) + 10)]))
            }
            await meeting.arrived()
            try await database.write { try increment(in: $0) }
            meeting.release()
            try await first
            #expect(runs.value == 2)
            #expect(try await counts(in: database) == [11, 0])
        }
    }

    @Test func `of two bodies in a deadlock both are stored in the end`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let runs = Count()
            let meeting = Meeting()
            @Sendable func lockBoth(_ ids: [Int64]) async throws {
                try await database.write { tx in
                    let isFirstRun = runs.increment() <= 2
                    try increment(ids[0], in: tx)
                    if isFirstRun { meeting.arriveAndWait() }
                    try increment(ids[1], in: tx)
                }
            }
            async let first: Void = lockBoth([1, 2])
            async let second: Void = lockBoth([2, 1])
            await meeting.arrived(2)
            meeting.release(2)
            _ = try await (first, second)
            #expect(runs.value == 3)
            #expect(try await counts(in: database) == [2, 2])
        }
    }

    @Test func `a body that swallows or replaces the collision runs again too`() async throws {
        struct Replaced: Error {}
        try await withPostgres { database in
            for replaces in [false, true] {
                let runs = Count()
                let run = try await database.write { tx in
                    let run = runs.increment()
                    do {
                        if run < 3 { try collide(in: tx) }
                    } catch {
                        if replaces { throw Replaced() }
                    }
                    return run
                }
                #expect(run == 3)
            }
        }
    }

    @Test func `collisions without end become an error after the last retry`() async throws {
        try await withPostgres({ $0.retryLimit = 2 }) { database in
            let runs = Count()
            let error = await storageError {
                try await database.write { tx in
                    runs.increment()
                    try collide(in: tx)
                }
            }
            #expect(error?.name == "serialization")
            #expect(runs.value == 3)
        }
    }

    @Test func `a refused write runs once`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let runs = Count()
            let error = await storageError {
                try await database.write { tx in
                    runs.increment()
                    try tx.execute(SQL("INSERT INTO counters VALUES (1, 0)"))
                }
            }
            #expect(error?.name == "constraint")
            #expect(runs.value == 1)
        }
    }

    @Test func `a statement prepared for an older schema is prepared again`() async throws {
        try await withURL { url in
            try await withOpened(url, { $0.connections = 1 }) { database in
                try await createCounters(in: database)
                let all = SQL("SELECT * FROM counters WHERE id = 1")
                try await database.read { tx in _ = try tx.query(all) { _ in } }
                try await withOpened(url) { other in
                    try await other.write { tx in
                        try tx.executeScript(
                            "ALTER TABLE counters ADD COLUMN note TEXT DEFAULT 'n'")
                    }
                }
                let note = try await database.read { tx in try tx.first(all) { try $0.text(2) } }
                #expect(note == "n")
            }
        }
    }

    @Test func `statements that were thrown away behind our back are prepared again`() async throws
    {
        try await withPostgres({ $0.connections = 1 }) { database in
            try await createCounters(in: database)
            for _ in 0..<2 {
                try await database.write { tx in
                    try increment(in: tx)
                    try tx.executeScript("DEALLOCATE ALL")
                }
            }
            #expect(try await counts(in: database) == [2, 0])
        }
    }
}

private func collide(in tx: any Transaction) throws {
    try tx.execute(SQL("DO $$ BEGIN RAISE 'collided' USING ERRCODE = '40001'; END $$"))
}
