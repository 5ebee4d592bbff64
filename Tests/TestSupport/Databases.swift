import Foundation
import PostgresStorage
import SQLiteStorage
public import Storage

/// The databases that every test about storage runs on: one body, both backends.
///
/// Without a PostgreSQL server the PostgreSQL half fails; it never passes by being skipped.
public enum TestBackend: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// Runs `body` on an empty database that exists for it alone, and throws it away afterwards.
    public func withDatabase<Result>(
        _ body: (any Database) async throws -> Result
    ) async throws -> Result {
        try await withStore { store in
            let database = try await store.open()
            do {
                let result = try await body(database)
                await database.close()
                return result
            } catch {
                await database.close()
                throw error
            }
        }
    }

    /// Like `withDatabase`, for tests that open the same database several times; each opened one is
    /// the test's own to close.
    public func withStore<Result>(
        _ body: (TestStore) async throws -> Result
    ) async throws -> Result {
        switch self {
        case .sqlite:
            try await withTemporaryFolder { folder in
                let path = folder + "/test.db"
                return try await body(
                    TestStore(url: "sqlite:" + path) { try await SQLiteDatabase(path: path) })
            }
        case .postgres:
            try await withPostgresDatabase { url in
                var options = PostgresOptions()
                options.connections = 4
                return try await body(
                    TestStore(url: url) { [options] in
                        try await PostgresDatabase(url: url, options: options)
                    })
            }
        }
    }
}

/// An empty database that can be opened more than once.
public struct TestStore: Sendable {
    /// As it stands in the configuration's `database.url`.
    public let url: String
    private let opening: @Sendable () async throws -> any Database

    init(url: String, _ opening: @escaping @Sendable () async throws -> any Database) {
        self.url = url
        self.opening = opening
    }

    public func open() async throws -> any Database {
        try await opening()
    }
}

/// Runs `body` with the path of an empty folder, and removes it afterwards.
public func withTemporaryFolder<Result>(
    _ body: (_ path: String) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "blotter-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
