import Foundation
import SQLiteStorage
import Storage
import Synchronization
import TestSupport
import Testing

/// What ran in which order.
private final class Order: Sendable {
    private let list = Mutex<[Urgency]>([])

    var entries: [Urgency] { list.withLock { $0 } }
    func add(_ entry: Urgency) { list.withLock { $0.append(entry) } }
    func clear() { list.withLock { $0 = [] } }
}

/// Writes that share one commit.
struct SQLiteGroupTests {
    /// Runs `works` on a database whose writer is held up until all of them wait, so that they are
    /// one group; returns what each answered.
    private func group(
        _ database: SQLiteDatabase, _ count: Int,
        _ work: @escaping @Sendable (Int, any Transaction) throws -> Int64
    ) async throws -> [String] {
        let meeting = Meeting()
        async let held: Void = database.write { _ in meeting.arriveAndWait() }
        await meeting.arrived()
        let full = AsyncStream<Void>.makeStream()
        async let answers = concurrently(count + 1) { number in
            do {
                return "\(try await database.write { try work(number, $0) })"
            } catch let error as StorageError {
                if case .busy = error { full.continuation.yield() }
                return error.kind
            } catch let error as Refusal {
                return error.reason
            }
        }
        // The queue's limit is `count`: once one was refused, that many wait.
        for await _ in full.stream { break }
        meeting.release()
        try await held
        var all = try await answers
        let refused = try #require(all.firstIndex(of: "busy"))
        all.remove(at: refused)
        #expect(!all.contains("busy"))
        return all
    }

    private func withDatabase(
        queueLimit: Int, _ configure: (inout SQLiteOptions) -> Void = { _ in },
        _ body: (SQLiteDatabase, _ path: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            var options = SQLiteOptions()
            options.queueLimit = queueLimit
            options.groupTimeMilliseconds = 60_000
            configure(&options)
            let path = folder + "/blotter.db"
            let database = try await SQLiteDatabase(path: path, options: options)
            try await createCounter(in: database)
            try await body(database, path)
            await database.close()
        }
    }

    @Test func `writes that wait together share one commit`() async throws {
        try await withDatabase(queueLimit: 100) { database, path in
            let before = try logFrames(path)
            let answers = try await group(database, 100) { _, tx in try increment(in: tx) }
            #expect(Set(answers.compactMap { Int64($0) }) == Set(1...100))
            // One changed page for all of them, not one for each.
            #expect(try logFrames(path) - before == 1)
        }
    }

    @Test func `what is prompt goes before the bulk that waited longer, each in its order`()
        async throws
    {
        try await withDatabase(queueLimit: 3) { database, _ in
            let meeting = Meeting()
            async let held: Void = database.write { _ in meeting.arriveAndWait() }
            await meeting.arrived()
            let order = Order()
            async let bulk = fill(.bulk, of: database, order)
            // The writer takes none of them before all of the bulk waits.
            while order.entries.isEmpty { await Task.yield() }
            async let prompt = fill(.prompt, of: database, order)
            while order.entries.count < 2 { await Task.yield() }
            order.clear()
            meeting.release()
            try await held
            #expect(try await bulk == 3)
            #expect(try await prompt == 3)
            #expect(order.entries == [.prompt, .prompt, .prompt, .bulk, .bulk, .bulk])
        }
    }

    /// Fills one lane until it refuses, then notes itself in `order`; so does each that is run.
    private func fill(
        _ urgency: Urgency, of database: SQLiteDatabase, _ order: Order
    ) async throws -> Int {
        try await concurrently(4) { _ in
            do {
                try await database.write(urgency) { _ in order.add(urgency) }
                return 1
            } catch StorageError.busy {
                order.add(urgency)
                return 0
            }
        }.reduce(0, +)
    }

    @Test func `a group is no larger than its limit`() async throws {
        try await withDatabase(queueLimit: 100, { $0.groupLimit = 10 }) { database, path in
            let before = try logFrames(path)
            _ = try await group(database, 100) { _, tx in try increment(in: tx) }
            #expect(try logFrames(path) - before == 10)
            #expect(try await count(in: database) == 100)
        }
    }

    @Test func `a group takes no further writes once its time is up`() async throws {
        try await withDatabase(queueLimit: 20, { $0.groupTimeMilliseconds = 0 }) { database, path in
            let before = try logFrames(path)
            _ = try await group(database, 20) { _, tx in try increment(in: tx) }
            #expect(try logFrames(path) - before == 20)
            #expect(try await count(in: database) == 20)
        }
    }

    @Test func `those that throw in a group get their own errors, the others are stored`()
        async throws
    {
        try await withDatabase(queueLimit: 40) { database, _ in
            let answers = try await group(database, 40) { number, tx in
                let count = try increment(in: tx)
                if number % 2 == 1 { throw Refusal(reason: "refused") }
                return count
            }
            let stored = answers.compactMap { Int64($0) }.sorted()
            #expect(stored == (1...Int64(stored.count)).map(\.self))
            #expect(answers.count { $0 == "refused" } == answers.count - stored.count)
            #expect(try await count(in: database) == Int64(stored.count))
        }
    }

    @Test func `a group that is rolled back for one is run again for the others`() async throws {
        try await withDatabase(queueLimit: 20, { $0.statementTimeoutMilliseconds = 1_000 }) {
            database, _ in
            try await database.write { tx in
                try tx.executeScript("CREATE TABLE numbers (number BIGINT)")
            }
            // Interrupting an INSERT makes SQLite roll back the whole transaction.
            let endless = """
                INSERT INTO numbers
                WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up)
                SELECT n FROM up WHERE n < 0
                """
            let answers = try await group(database, 20) { number, tx in
                if number == 7 { try tx.execute(SQL(endless)) }
                return try increment(in: tx)
            }
            let timedOut = answers.count { $0 == "timeout" }
            #expect(timedOut <= 1)
            let stored = answers.compactMap { Int64($0) }.sorted()
            #expect(stored == Array(1...Int64(20 - timedOut)))
            #expect(try await count(in: database) == Int64(stored.count))
        }
    }

    @Test func `a group without space stores what fits and refuses what does not`() async throws {
        try await withDatabase(queueLimit: 20, { $0.maximumPages = 50 }) { database, _ in
            try await database.write { tx in
                try tx.executeScript("CREATE TABLE blobs (id BIGINT, bytes BLOB)")
            }
            let answers = try await group(database, 20) { number, tx in
                let size = number % 2 == 0 ? 10 : 1_000_000
                try tx.execute(
                    SQL(
                        "INSERT INTO blobs VALUES ($1, $2)",
                        [.integer(Int64(number)), .blob(Array(repeating: 7, count: size))]))
                return 1
            }
            let stored = answers.count { $0 == "1" }
            #expect(answers.count { $0 == "full" } == 20 - stored)
            let sizes = try await database.read { tx in
                try tx.query(SQL("SELECT length(bytes) FROM blobs")) { try $0.integer(0) }
            }
            #expect(sizes == Array(repeating: 10, count: stored))
            #expect(stored >= 9)
        }
    }

    /// Frames in the write-ahead log: each commit adds one for every page that it changed.
    private func logFrames(_ path: String) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        return (try #require(size) - 32) / (4_096 + 24)
    }
}
