import Dispatch
import Foundation
import PostgresStorage
import Storage

/// Why a test can't run: it fails with this sentence.
struct ServerMissing: Error, CustomStringConvertible {
    let description: String
}

/// Runs `body` with the URL of an empty schema on the tests' server; a schema takes a hundredth of
/// the time that a database takes.
func withURL<Result>(_ body: (_ url: String) async throws -> Result) async throws -> Result {
    let variable = "BLOTTER_TEST_POSTGRES_URL"
    guard let server = ProcessInfo.processInfo.environment[variable], !server.isEmpty else {
        throw ServerMissing(
            description: "This test needs a PostgreSQL server, and \(variable) names none: "
                + "run deploy/test, which starts one.")
    }
    await places.take()
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await withSchema(server, body))
    } catch {
        outcome = .failure(error)
    }
    await places.give()
    return try outcome.get()
}

private func withSchema<Result>(
    _ server: String, _ body: (_ url: String) async throws -> Result
) async throws -> Result {
    let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
    return try await withOpened(server) { admin in
        try await admin.write { try $0.executeScript("CREATE SCHEMA \(name)") }
        let url = "\(server)\(server.contains("?") ? "&" : "?")options=-csearch_path%3D\(name)"
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(url))
        } catch {
            outcome = .failure(error)
        }
        try await admin.write { try $0.executeScript("DROP SCHEMA \(name) CASCADE") }
        return try outcome.get()
    }
}

/// Tests run side by side, but a server takes some hundred connections only.
private let places = Places(8)

private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// Runs `body` on an empty database, opened with options of the test's own.
func withPostgres<Result>(
    _ change: (inout PostgresOptions) -> Void = { _ in },
    _ body: (PostgresDatabase) async throws -> Result
) async throws -> Result {
    try await withURL { try await withOpened($0, change, body) }
}

/// Opens the database at `url`, and closes it after `body`.
func withOpened<Result>(
    _ url: String, _ change: (inout PostgresOptions) -> Void = { _ in },
    _ body: (PostgresDatabase) async throws -> Result
) async throws -> Result {
    var options = PostgresOptions()
    options.connections = 4
    change(&options)
    let database = try await PostgresDatabase(url: url, options: options)
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}

/// `counters (id, count)` with the rows 1 and 2, at 0.
func createCounters(in database: any Database) async throws {
    try await database.write { tx in
        try tx.executeScript(
            """
            CREATE TABLE counters (id BIGINT PRIMARY KEY, count BIGINT NOT NULL);
            INSERT INTO counters VALUES (1, 0), (2, 0);
            """)
    }
}

func increment(_ id: Int64 = 1, in tx: any Transaction) throws {
    try tx.execute(SQL("UPDATE counters SET count = count + 1 WHERE id = $1", [.integer(id)]))
}

func counts(in database: any Database) async throws -> [Int64] {
    try await database.read { tx in
        try tx.query(SQL("SELECT count FROM counters ORDER BY id")) { try $0.integer(0) }
    }
}

/// The process on the server that serves this connection.
func backend(of tx: any Transaction) throws -> Int64? {
    try tx.first(SQL("SELECT pg_backend_pid()")) { try $0.integer(0) }
}

/// Ends a connection from another one, and waits until it is gone.
func terminate(_ backend: Int64, from database: any Database) async throws {
    try await database.read { tx in
        let ended = SQL("SELECT pg_terminate_backend($1::bigint::int, 20000)", [.integer(backend)])
        _ = try tx.query(ended) { try $0.bool(0) }
    }
}

/// The storage error that `body` throws, nil if it throws none or another.
func storageError(_ body: () async throws -> Void) async -> StorageError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? StorageError
    }
}

extension StorageError {
    /// The case alone.
    var name: String { Mirror(reflecting: self).children.first?.label ?? "\(self)" }
}

/// A number that several threads add to.
final class Count: Sendable {
    private let queue = DispatchQueue(label: "count")
    private nonisolated(unsafe) var count = 0

    var value: Int { queue.sync { count } }

    /// Adds 1 and returns the sum.
    @discardableResult
    func increment() -> Int {
        queue.sync {
            count += 1
            return count
        }
    }
}

/// Lets a body, which blocks its own thread, meet the test, which must not block.
final class Meeting: Sendable {
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation
    private let leave = DispatchSemaphore(value: 0)

    init() {
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// In the body: tells that it is here, and blocks until it is released.
    func arriveAndWait() {
        arrival.yield()
        leave.wait()
    }

    /// In the test: returns once `count` bodies have arrived.
    func arrived(_ count: Int = 1) async {
        var missing = count
        for await _ in arrivals {
            missing -= 1
            if missing == 0 { return }
        }
    }

    func release(_ count: Int = 1) {
        for _ in 0..<count { leave.signal() }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A value that a body leaves behind for the test.
final class Box<Value: Sendable>: Sendable {
    private let queue = DispatchQueue(label: "box")
    private nonisolated(unsafe) var stored: Value?

    var value: Value? { queue.sync { stored } }

    func set(_ value: Value?) {
        queue.sync { stored = value }
    }
}
