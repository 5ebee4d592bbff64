import PostgresStorage
import Storage
import Testing

/// A connection that breaks under a unit of work.
@Suite(.timeLimit(.minutes(10)))
struct LostConnectionTests {
    @Test func `a body whose connection breaks under a statement runs again`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            let runs = Count()
            try await database.write { tx in
                try increment(in: tx)
                if runs.increment() == 1 { try hangUp(in: tx) }
            }
            #expect(runs.value == 2)
            #expect(try await counts(in: database) == [1, 0])
        }
    }

    @Test func `a connection that breaks between the last statement and the commit is no loss`()
        async throws
    {
        try await withPostgres { database in
            try await createCounters(in: database)
            let backends = Meeting()
            let runs = Count()
            let first = Box<Int64>()
            async let written: Void = database.write { tx in
                try increment(in: tx)
                guard runs.increment() == 1 else { return }
                first.set(try backend(of: tx))
                backends.arriveAndWait()
            }
            await backends.arrived()
            try await terminate(try #require(first.value), from: database)
            backends.release()
            try await written
            #expect(runs.value == 2)
            #expect(try await counts(in: database) == [1, 0])
        }
    }

    @Test func `a read whose connection breaks after its last query keeps its answer`() async throws
    {
        try await withPostgres { database in
            let meeting = Meeting()
            let runs = Count()
            let first = Box<Int64>()
            async let read: Int64? = database.read { tx in
                first.set(try backend(of: tx))
                if runs.increment() == 1 { meeting.arriveAndWait() }
                return first.value
            }
            await meeting.arrived()
            let found = try #require(first.value)
            try await terminate(found, from: database)
            meeting.release()
            #expect(try await read == found)
            #expect(runs.value == 1)
        }
    }

    @Test func `a connection that breaks each time is an error after the last retry`() async throws
    {
        try await withPostgres({ $0.retryLimit = 2 }) { database in
            try await createCounters(in: database)
            let runs = Count()
            let error = await storageError {
                try await database.write { tx in
                    runs.increment()
                    try increment(in: tx)
                    try hangUp(in: tx)
                }
            }
            #expect(error?.name == "connectionLost")
            #expect(runs.value == 3)
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `a connection that breaks during the commit leaves the outcome open`() async throws {
        try await withPostgres { database in
            try await createCounters(in: database)
            try await database.write { tx in
                try tx.executeScript(
                    """
                    CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON counters
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up();
                    """)
            }
            let runs = Count()
            let error = await storageError {
                try await database.write { tx in
                    runs.increment()
                    try increment(in: tx)
                }
            }
            #expect(error?.name == "commitOutcomeUnknown")
            #expect(runs.value == 1)
            #expect(try await counts(in: database) == [0, 0])
        }
    }

    @Test func `connections that broke while idle are replaced unnoticed`() async throws {
        try await withURL { url in
            try await withOpened(url, { $0.retryLimit = 0 }) { database in
                try await createCounters(in: database)
                let before = try #require(try await database.read { try backend(of: $0) })
                try await withOpened(url) { try await terminate(before, from: $0) }
                try await database.write { try increment(in: $0) }
                #expect(try await counts(in: database) == [1, 0])
                #expect(try await database.read { try backend(of: $0) } != before)
            }
        }
    }
}

/// Ends the connection that this statement runs on.
private func hangUp(in tx: any Transaction) throws {
    try tx.execute(SQL("SELECT pg_terminate_backend(pg_backend_pid())"))
}
