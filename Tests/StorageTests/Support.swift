import Dispatch
import Storage
import TestSupport

/// An error of the caller's own, which no driver knows.
struct Refusal: Error, Equatable {
    let reason: String
}

/// One row of `samples`: a column for each type that the schema uses.
let sampleColumns = ["id", "flag", "label", "amount", "at", "day", "note"]

func createSamples(in tx: any Transaction) throws {
    switch tx.dialect {
    case .sqlite:
        try tx.executeScript(
            """
            CREATE TABLE samples (
                id INTEGER NOT NULL PRIMARY KEY, flag INTEGER, label TEXT, amount TEXT, at TEXT,
                day TEXT, note TEXT, bytes BLOB
            ) STRICT;
            """)
    case .postgres:
        try tx.executeScript(
            """
            CREATE TABLE samples (
                id BIGINT NOT NULL PRIMARY KEY, flag BOOLEAN, label TEXT,
                amount NUMERIC(38,18), at TIMESTAMPTZ, day DATE, note JSONB, bytes BYTEA
            );
            """)
    }
}

/// `counters (name, count)` with one row, `total`, at 0.
func createCounter(in database: any Database) async throws {
    try await database.write { tx in
        try tx.executeScript(
            """
            CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, count BIGINT NOT NULL);
            INSERT INTO counters (name, count) VALUES ('total', 0);
            """)
    }
}

/// Adds 1 to a counter and returns its new value.
func increment(_ name: String = "total", in tx: any Transaction) throws -> Int64 {
    let counts = try tx.query(
        SQL("UPDATE counters SET count = count + 1 WHERE name = $1 RETURNING count", [.text(name)])
    ) { try $0.integer(0) }
    guard let count = counts.first else { throw Refusal(reason: "no counter \(name)") }
    return count
}

func count(_ name: String = "total", in database: any Database) async throws -> Int64? {
    try await database.read { tx in
        try tx.first(SQL("SELECT count FROM counters WHERE name = $1", [.text(name)])) {
            try $0.integer(0)
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

    /// In the test: returns once a body has arrived.
    func arrived() async {
        for await _ in arrivals { return }
    }

    func release() {
        leave.signal()
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
    /// The case alone, as details differ between the databases.
    var kind: String {
        switch self {
        case .busy: "busy"
        case .full: "full"
        case .corrupt: "corrupt"
        case .readOnly: "readOnly"
        case .unavailable: "unavailable"
        case .connectionLost: "connectionLost"
        case .commitOutcomeUnknown: "commitOutcomeUnknown"
        case .serialization: "serialization"
        case .constraint(let constraint, _): "constraint \(constraint.rawValue)"
        case .timeout: "timeout"
        case .decoding: "decoding"
        case .schema: "schema"
        case .statement: "statement"
        case .closed: "closed"
        }
    }
}
