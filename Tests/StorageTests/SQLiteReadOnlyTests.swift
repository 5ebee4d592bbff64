import Foundation
import SQLiteStorage
import Storage
import TestSupport
import Testing

struct SQLiteReadOnlyTests {
    /// A closed database with the counter in it.
    private func storeCounter(at path: String) async throws {
        let database = try await SQLiteDatabase(path: path)
        try await createCounter(in: database)
        await database.close()
    }

    @Test func `opened for reading only, it reads and refuses every write`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            try await storeCounter(at: path)
            let before = try Data(contentsOf: URL(filePath: path))
            var options = SQLiteOptions()
            options.readOnly = true
            let database = try await SQLiteDatabase(path: path, options: options)
            #expect(try await count(in: database) == 0)
            let error = await storageError { try await database.write { _ in } }
            #expect(error?.kind == "readOnly")
            await database.close()
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    /// The file's format has a byte that forbids writing, which binds the superuser too.
    @Test func `a file that forbids writing is readOnly for all that wait`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            try await storeCounter(at: path)
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.seek(toOffset: 18)
            try file.write(contentsOf: [3])
            try file.close()
            let database = try await SQLiteDatabase(path: path)
            #expect(try await count(in: database) == 0)
            let kinds = try await concurrently(5) { _ in
                await storageError { _ = try await database.write { try increment(in: $0) } }?.kind
            }
            #expect(kinds == Array(repeating: "readOnly", count: 5))
            await database.close()
        }
    }

    @Test func `missing permissions are told as such`() async throws {
        try await withTemporaryFolder { folder in
            try await storeCounter(at: folder + "/blotter.db")
            try setMode(0o444, folder + "/blotter.db")
            try setMode(0o555, folder)
            // In a process of its own, that may give up the superuser's rights.
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                if geteuid() == 0 { try #require(setuid(65_534) == 0) }
                let readOnly = await storageError {
                    _ = try await SQLiteDatabase(path: folder + "/blotter.db")
                }
                #expect(readOnly?.kind == "readOnly")
                #expect(readOnly?.description.contains("no permission") == true)
                let unavailable = await storageError {
                    _ = try await SQLiteDatabase(path: folder + "/new.db")
                }
                #expect(unavailable?.kind == "unavailable")
                #expect(unavailable?.description.contains("no permission") == true)
            }
            try setMode(0o755, folder)
        }
    }

    private func setMode(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
