import Foundation
import SQLiteStorage
import Storage
import TestSupport
import Testing

/// What can happen to a file, by name.
struct SQLiteFailureTests {
    @Test func `a lock that another holds too long is busy, for all that wait`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            let holder = try await SQLiteDatabase(path: path)
            try await createCounter(in: holder)
            var options = SQLiteOptions()
            options.busyTimeoutMilliseconds = 20
            let database = try await SQLiteDatabase(path: path, options: options)
            let meeting = Meeting()
            async let held = holder.write { tx in
                meeting.arriveAndWait()
                return try increment(in: tx)
            }
            await meeting.arrived()
            let kinds = try await concurrently(10) { _ in
                await storageError { _ = try await database.write { try increment(in: $0) } }?.kind
            }
            #expect(kinds == Array(repeating: "busy", count: 10))
            #expect(try await count(in: database) == 0)
            meeting.release()
            #expect(try await held == 1)
            #expect(try await database.write { try increment(in: $0) } == 2)
            await database.close()
            await holder.close()
        }
    }

    @Test func `a full file refuses the write, keeps the rest, and takes what fits`() async throws {
        try await withTemporaryFolder { folder in
            var options = SQLiteOptions()
            options.maximumPages = 20
            let database = try await SQLiteDatabase(path: folder + "/blotter.db", options: options)
            try await createCounter(in: database)
            let error = await storageError {
                try await database.write { tx in
                    _ = try increment(in: tx)
                    try tx.execute(SQL("CREATE TABLE blobs (bytes BLOB)"))
                    let blob = Value.blob(Array(repeating: 7, count: 200_000))
                    try tx.execute(SQL("INSERT INTO blobs VALUES ($1)", [blob]))
                }
            }
            #expect(error?.kind == "full")
            #expect(try await count(in: database) == 0)
            #expect(try await database.write { try increment(in: $0) } == 1)
            await database.close()
        }
    }

    @Test func `damaged pages are corrupt, for reading and for writing`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            let sound = try await SQLiteDatabase(path: path)
            try await createCounter(in: sound)
            try await sound.write { tx in
                for number in 0..<2_000 {
                    try tx.execute(
                        SQL(
                            "INSERT INTO counters VALUES ($1, 0)",
                            [.text("a counter with a long name \(number)")]))
                }
            }
            await sound.close()
            let file = try FileHandle(forUpdating: URL(filePath: path))
            let size = try file.seekToEnd()
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4_096))
            try file.close()

            let database = try await SQLiteDatabase(path: path)
            let reading = await storageError { _ = try await count(in: database) }
            let writing = await storageError {
                _ = try await database.write { try increment(in: $0) }
            }
            #expect(reading?.kind == "corrupt")
            #expect(writing?.kind == "corrupt")
            await database.close()
        }
    }

    @Test func `a statement that runs too long is ended, reading or writing`() async throws {
        try await withTemporaryFolder { folder in
            var options = SQLiteOptions()
            options.statementTimeoutMilliseconds = 50
            let database = try await SQLiteDatabase(path: folder + "/blotter.db", options: options)
            try await createCounter(in: database)
            let endless = SQL(
                """
                WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up)
                SELECT n FROM up WHERE n < 0
                """)
            let reading = await storageError {
                _ = try await database.read { tx in try tx.first(endless) { _ in } }
            }
            let writing = await storageError {
                try await database.write { tx in
                    _ = try increment(in: tx)
                    _ = try tx.first(endless) { _ in }
                }
            }
            #expect(reading?.kind == "timeout")
            #expect(writing?.kind == "timeout")
            #expect(try await database.write { try increment(in: $0) } == 1)
            await database.close()
        }
    }

    @Test func `a body can neither begin nor end a transaction, nor attach another file`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase(path: folder + "/blotter.db")
            try await createCounter(in: database)
            let texts = [
                "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT work", "RELEASE work",
                "ATTACH '\(folder)/other.db' AS other",
            ]
            for text in texts {
                let statement = await storageError {
                    try await database.write { tx in
                        _ = try increment(in: tx)
                        try tx.execute(SQL(text))
                    }
                }
                let script = await storageError {
                    try await database.write { tx in
                        _ = try increment(in: tx)
                        try tx.executeScript("SELECT 1; \(text);")
                    }
                }
                #expect(statement?.kind == "statement", "\(text)")
                #expect(script?.kind == "statement", "\(text)")
            }
            #expect(try await count(in: database) == 0)
            await database.close()
        }
    }

    @Test func `few cached statements serve many texts, nested ones too`() async throws {
        try await withTemporaryFolder { folder in
            var options = SQLiteOptions()
            options.cachedStatements = 2
            let database = try await SQLiteDatabase(path: folder + "/blotter.db", options: options)
            let sums = try await database.read { tx in
                try (0..<50).map { number in
                    try tx.query(SQL("SELECT \(number % 5)")) { outer in
                        let inner = try tx.query(SQL("SELECT \(number % 3)")) { try $0.integer(0) }
                        return try outer.integer(0) + inner[0]
                    }[0]
                }
            }
            let expected: [Int64] = (0..<50).map { ($0 % 5) + ($0 % 3) }
            #expect(sums == expected)
            await database.close()
        }
    }

    /// A limit on the file's size, as a disk that is full, which shows only when the commit writes.
    @Test func `a commit that can't be written stores nothing and says why`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            await #expect(processExitsWith: .success) { [path = path as String] in
                signal(SIGXFSZ, SIG_IGN)
                let database = try await SQLiteDatabase(path: path)
                try await createCounter(in: database)
                var limit = rlimit(rlim_cur: 60_000, rlim_max: 60_000)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let answers = try await concurrently(8) { number in
                    await storageError {
                        try await database.write { tx in
                            _ = try increment(in: tx)
                            if number == 3 {
                                let blob = Value.blob(Array(repeating: 7, count: 100_000))
                                try tx.execute(SQL("CREATE TABLE blobs (bytes BLOB)"))
                                try tx.execute(SQL("INSERT INTO blobs VALUES ($1)", [blob]))
                            }
                        }
                    }
                }
                let kinds = answers.map { $0?.kind ?? "stored" }
                #expect(kinds.filter { $0 == "stored" }.count == 7)
                #expect(["full", "unavailable"].contains(kinds[3]))
                let counted = try await count(in: database)
                #expect(counted == 7)
                await database.close()
            }
        }
    }

    @Test func `what was answered survives a kill, and what was not leaves no trace`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let database = try await SQLiteDatabase(path: path)
                try await createCounter(in: database)
                for _ in 0..<25 { _ = try await database.write { try increment(in: $0) } }
                try await database.write { tx in
                    _ = try increment(in: tx)
                    try tx.execute(SQL("CREATE TABLE never (id BIGINT)"))
                    kill(getpid(), SIGKILL)
                }
            }
            let database = try await SQLiteDatabase(path: path)
            #expect(try await count(in: database) == 25)
            let error = await storageError {
                _ = try await database.read { tx in
                    try tx.first(SQL("SELECT 1 FROM never")) { try $0.integer(0) }
                }
            }
            #expect(error?.kind == "statement")
            await database.close()
        }
    }
}
