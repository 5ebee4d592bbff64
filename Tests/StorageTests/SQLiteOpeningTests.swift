import Foundation
import SQLiteStorage
import Storage
import TestSupport
import Testing

/// A file that can't be used is named as what it is, when it is opened.
struct SQLiteOpeningTests {
    private func errorOpening(
        _ path: String, readOnly: Bool = false
    ) async -> StorageError? {
        var options = SQLiteOptions()
        options.readOnly = readOnly
        return await storageError { _ = try await SQLiteDatabase(path: path, options: options) }
    }

    @Test func `a missing folder is told`() async throws {
        try await withTemporaryFolder { folder in
            let error = await errorOpening(folder + "/missing/blotter.db")
            #expect(error?.kind == "unavailable")
            #expect(error?.description.contains("missing/ does not exist") == true)
        }
    }

    @Test func `a folder in the file's place is told`() async throws {
        try await withTemporaryFolder { folder in
            let error = await errorOpening(folder)
            #expect(error?.kind == "unavailable")
            #expect(error?.description.contains("is a folder") == true)
        }
    }

    @Test func `an empty path is told`() async {
        #expect(await errorOpening("")?.kind == "unavailable")
    }

    @Test func `a missing file is not created where only reading is asked for`() async throws {
        try await withTemporaryFolder { folder in
            let error = await errorOpening(folder + "/blotter.db", readOnly: true)
            #expect(error?.kind == "unavailable")
            #expect(error?.description.contains("there is no database file") == true)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.isEmpty)
        }
    }

    @Test func `a file that is no database is corrupt, and stays as it is`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            let letter = Data(String(repeating: "Dear Sir or Madam, ", count: 500).utf8)
            try letter.write(to: URL(filePath: path))
            #expect(await errorOpening(path)?.kind == "corrupt")
            #expect(try Data(contentsOf: URL(filePath: path)) == letter)
        }
    }

    @Test func `many that open a new file at once all succeed`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            let opened = try await concurrently(8) { _ in try await SQLiteDatabase(path: path) }
            try await createCounter(in: opened[0])
            let answers = try await concurrently(8) { number in
                try await opened[number].write { try increment(in: $0) }
            }
            #expect(answers.sorted() == Array(1...8))
            for database in opened { await database.close() }
        }
    }

    @Test func `the last to close leaves one file and nothing beside it`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase(path: folder + "/blotter.db")
            try await createCounter(in: database)
            await database.close()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == ["blotter.db"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a database that is let go without closing lets go of its files`() async throws {
        try await withTemporaryFolder { folder in
            do {
                let database = try await SQLiteDatabase(path: folder + "/blotter.db")
                try await createCounter(in: database)
            }
            while FileManager.default.fileExists(atPath: folder + "/blotter.db-wal") {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func `the file is set up to lose nothing`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase(path: folder + "/blotter.db")
            let settings = try await database.write { tx in
                try ["journal_mode", "synchronous", "foreign_keys", "trusted_schema"].map { name in
                    try tx.first(SQL("PRAGMA \(name)")) { try $0.text(0) }
                }
            }
            #expect(settings == ["wal", "2", "1", "0"])
            await database.close()
        }
    }
}
