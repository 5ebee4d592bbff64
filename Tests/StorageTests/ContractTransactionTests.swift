import Storage
import TestSupport
import Testing

/// Units of work: all or nothing, apart from each other, each with its own answer.
struct ContractTransactionTests {
    @Test(arguments: TestBackend.allCases)
    func `a write is there for the next read`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let answer = try await database.write { try increment(in: $0) }
            #expect(answer == 1)
            #expect(try await count(in: database) == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `throwing rolls everything back and passes the error on`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            await #expect(throws: Refusal(reason: "changed my mind")) {
                try await database.write { tx in
                    _ = try increment(in: tx)
                    try tx.executeScript("CREATE TABLE other (id BIGINT)")
                    throw Refusal(reason: "changed my mind")
                }
            }
            #expect(try await count(in: database) == 0)
            let error = await storageError {
                _ = try await database.read { tx in
                    try tx.query(SQL("SELECT 1 FROM other")) { _ in }
                }
            }
            #expect(error?.kind == "statement")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a failed statement dooms its unit of work, also where the body hides it`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let hidden = await storageError {
                try await database.write { tx in
                    _ = try increment(in: tx)
                    _ = try? tx.execute(SQL("INSERT INTO counters VALUES ('total', 1)"))
                }
            }
            #expect(hidden?.kind == "constraint unique")
            let continued = await storageError {
                try await database.write { tx in
                    _ = try? tx.execute(SQL("INSERT INTO counters VALUES ('total', 1)"))
                    _ = try increment(in: tx)
                }
            }
            #expect(continued != nil)
            #expect(try await count(in: database) == 0)
            #expect(try await database.write { try increment(in: $0) } == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `concurrent increments lose none, and each sees its own`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let answers = try await concurrently(60) { _ in
                try await database.write { try increment(in: $0) }
            }
            #expect(answers.sorted() == Array(1...60))
            #expect(try await count(in: database) == 60)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a writer that throws harms none of those that write beside it`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let outcomes = try await concurrently(60) { number -> String in
                do {
                    return try await database.write { tx in
                        _ = try increment(in: tx)
                        try tx.execute(
                            SQL(
                                "INSERT INTO counters (name, count) VALUES ($1, 0)",
                                [.text(number % 4 == 1 ? "total" : "counter \(number)")]))
                        if number % 4 == 2 { throw Refusal(reason: "\(number)") }
                        return "stored \(number)"
                    }
                } catch let error as StorageError {
                    return "\(error.kind) \(number)"
                } catch let error as Refusal {
                    return "refused \(error.reason)"
                }
            }
            let expected = (0..<60).map { number in
                switch number % 4 {
                case 1: "constraint unique \(number)"
                case 2: "refused \(number)"
                default: "stored \(number)"
                }
            }
            #expect(outcomes == expected)
            #expect(try await count(in: database) == 30)
            let names = try await database.read { tx in
                try tx.query(SQL("SELECT name FROM counters")) { try $0.text(0) }
            }
            let stored = (0..<60).filter { $0 % 4 == 0 || $0 % 4 == 3 }.map { "counter \($0)" }
            #expect(Set(names) == Set(stored + ["total"]))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a read sees one snapshot, whatever is written beside it`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let meeting = Meeting()
            async let seen = database.read { tx in
                let question = SQL("SELECT count FROM counters")
                let before = try tx.first(question) { try $0.integer(0) }
                meeting.arriveAndWait()
                return [before, try tx.first(question) { try $0.integer(0) }]
            }
            await meeting.arrived()
            let written = try await database.write { try increment(in: $0) }
            meeting.release()
            #expect(written == 1)
            #expect(try await seen == [0, 0])
            #expect(try await count(in: database) == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a read can't write`(backend: TestBackend) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let error = await storageError {
                _ = try await database.read { try increment(in: $0) }
            }
            #expect(error?.kind == "readOnly")
            #expect(try await count(in: database) == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a body that ends the transaction it runs in is told so`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            for text in ["COMMIT", "ROLLBACK"] {
                let error = await storageError {
                    try await database.write { tx in _ = try tx.execute(SQL(text)) }
                }
                #expect(error?.kind == "statement", "\(text)")
            }
            #expect(try await database.write { try increment(in: $0) } == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a handle that was kept does nothing after its body`(
        backend: TestBackend
    ) async throws {
        final class Kept: @unchecked Sendable {
            var handle: (any Transaction)?
        }
        try await backend.withDatabase { database in
            try await createCounter(in: database)
            let kept = Kept()
            try await database.write { kept.handle = $0 }
            let error = await storageError {
                try await database.read { _ in _ = try kept.handle.map { try increment(in: $0) } }
            }
            #expect(error?.kind == "statement")
            #expect(try await count(in: database) == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `closing waits for the work under way and refuses what comes later`(
        backend: TestBackend
    ) async throws {
        try await backend.withStore { store in
            let database = try await store.open()
            try await createCounter(in: database)
            let meeting = Meeting()
            async let written = database.write { tx in
                meeting.arriveAndWait()
                return try increment(in: tx)
            }
            await meeting.arrived()
            async let closing: Void = database.close()
            meeting.release()
            #expect(try await written == 1)
            await closing
            await database.close()
            let error = await storageError { try await database.write { _ in } }
            #expect(error == .closed)
            #expect(await storageError { try await database.read { _ in } } == .closed)

            let again = try await store.open()
            #expect(try await count(in: again) == 1)
            await again.close()
        }
    }
}

/// Runs `body` for 0…count-1 at the same time; the results stand in that order.
func concurrently<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        for number in 0..<count {
            group.addTask { (number, try await body(number)) }
        }
        var results: [Int: Result] = [:]
        for try await (number, result) in group { results[number] = result }
        return (0..<count).compactMap { results[$0] }
    }
}
