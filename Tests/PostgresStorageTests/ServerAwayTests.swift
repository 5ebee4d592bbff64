import PostgresStorage
import Storage
import Testing

/// A server that is absent, goes away, and comes back.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServerAwayTests {
    @Test func `a server that was stopped is named, and found again once it is back`() async throws
    {
        try await OwnServer.run { server in
            try await withOpened(server.url) { database in
                try await createCounters(in: database)
                #expect(try await incrementTogether(database) == ["done": 40])
                try await server.stop()
                #expect(try await incrementTogether(database) == ["unavailable": 40])
                let error = await storageError { try await database.read { _ in } }
                #expect(error?.description.contains(server.directory) == true)
                let absent = await storageError { _ = try await PostgresDatabase(url: server.url) }
                #expect(absent?.name == "unavailable")
                try await server.start()
                #expect(try await incrementTogether(database) == ["done": 40])
                #expect(try await counts(in: database) == [80, 0])
            }
        }
    }

    @Test func `a server that crashes under a body stores nothing of it`() async throws {
        try await OwnServer.run { server in
            try await withOpened(server.url) { database in
                try await createCounters(in: database)
                let meeting = Meeting()
                async let written = storageError {
                    try await database.write { tx in
                        try increment(in: tx)
                        meeting.arriveAndWait()
                        try increment(in: tx)
                    }
                }
                await meeting.arrived()
                try await server.stop(isCrash: true)
                meeting.release()
                let error = await written
                #expect(error?.name == "unavailable")
                try await server.start()
                #expect(try await counts(in: database) == [0, 0])
            }
        }
    }

    @Test func `a body that outlives the server's restart runs again`() async throws {
        try await OwnServer.run { server in
            try await withOpened(server.url) { database in
                try await createCounters(in: database)
                let meeting = Meeting()
                let runs = Count()
                async let written: Void = database.write { tx in
                    try increment(in: tx)
                    if runs.increment() == 1 { meeting.arriveAndWait() }
                }
                await meeting.arrived()
                try await server.stop(isCrash: true)
                try await server.start()
                meeting.release()
                try await written
                #expect(runs.value == 2)
                #expect(try await counts(in: database) == [1, 0])
            }
        }
    }

    @Test func `a database that is not in UTF-8 is refused`() async throws {
        try await OwnServer.run { server in
            _ = try await OwnServer.run(
                "/usr/bin/env",
                [
                    "psql", server.url, "--quiet", "--command",
                    "CREATE DATABASE old TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'",
                ])
            let error = await storageError {
                _ = try await PostgresDatabase(
                    url: server.url.replacing("/postgres?", with: "/old?"))
            }
            #expect(error?.name == "unavailable")
            #expect(error?.description.contains("UTF8") == true)
        }
    }

    /// How forty units of work at once ended.
    private func incrementTogether(_ database: PostgresDatabase) async throws -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    await storageError { try await database.write { try increment(in: $0) } }?.name
                        ?? "done"
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }
}
