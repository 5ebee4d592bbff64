import PostgresStorage
import Storage
import Testing

/// Many units of work, few connections.
@Suite(.timeLimit(.minutes(10)))
struct PoolTests {
    @Test func `many tasks share a small pool`() async throws {
        try await withPostgres({ $0.connections = 3 }) { database in
            try await createCounters(in: database)
            let backends = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        try await database.write { tx in
                            try increment(in: tx)
                            return try backend(of: tx)
                        }
                    }
                }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1 ?? 0) }
            }
            #expect(try await counts(in: database) == [300, 0])
            #expect((1...3).contains(backends.count))
        }
    }

    @Test func `one task after the other needs one connection`() async throws {
        try await withPostgres { database in
            var backends: Set<Int64?> = []
            for _ in 0..<10 {
                backends.insert(try await database.read { try backend(of: $0) })
            }
            #expect(backends.count == 1)
        }
    }

    @Test func `units of work run side by side, each on its own connection`() async throws {
        try await withPostgres { database in
            let meeting = Meeting()
            async let first = database.write { tx in
                meeting.arriveAndWait()
                return try backend(of: tx)
            }
            async let second = database.read { tx in
                meeting.arriveAndWait()
                return try backend(of: tx)
            }
            await meeting.arrived(2)
            meeting.release(2)
            let backends = try await (first, second)
            #expect(backends.0 != backends.1)
        }
    }

    @Test func `bulk leaves a connection to what is prompt, and is done in the end`() async throws {
        try await withPostgres({ $0.connections = 2 }) { database in
            try await createCounters(in: database)
            let meeting = Meeting()
            async let bulk = withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await database.write(.bulk) { tx in
                            if number == 0 { meeting.arriveAndWait() }
                            try increment(in: tx)
                        }
                    }
                }
                try await group.waitForAll()
            }
            await meeting.arrived()
            for _ in 0..<20 { try await database.write { try increment(in: $0) } }
            meeting.release()
            try await bulk
            #expect(try await counts(in: database) == [30, 0])
        }
    }

    @Test func `more than the queue holds is refused at once`() async throws {
        let options: (inout PostgresOptions) -> Void = {
            $0.connections = 1
            $0.queueLimit = 2
        }
        try await withPostgres(options) { database in
            try await createCounters(in: database)
            let meeting = Meeting()
            async let first: Void = database.write { _ in meeting.arriveAndWait() }
            await meeting.arrived()
            let answers = await withTaskGroup(of: String.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let error = await storageError {
                            try await database.write { try increment(in: $0) }
                        }
                        return error?.name ?? "done"
                    }
                }
                var answers: [String] = []
                for await answer in group {
                    answers.append(answer)
                    if answers.count == 3 { meeting.release() }
                }
                return answers
            }
            try await first
            #expect(answers == ["busy", "busy", "busy", "done", "done"])
            #expect(try await counts(in: database) == [2, 0])
        }
    }

    @Test func `closing waits for what was accepted and refuses what comes later`() async throws {
        try await withURL { url in
            try await withOpened(url) { observer in
                var options = PostgresOptions()
                options.connections = 1
                let database = try await PostgresDatabase(url: url, options: options)
                try await createCounters(in: database)
                let meeting = Meeting()
                async let first: Void = database.write { tx in
                    meeting.arriveAndWait()
                    try increment(in: tx)
                }
                await meeting.arrived()
                async let closing: Void = database.close()
                async let again: Void = database.close()
                async let racing = storageError { try await database.read { _ in } }
                meeting.release()
                try await first
                await closing
                await again
                #expect(try await counts(in: observer) == [1, 0])
                #expect([nil, .closed].contains(await racing))
                let late = await storageError { try await database.read { _ in } }
                #expect(late == .closed)
            }
        }
    }

    @Test func `a database that is forgotten lets go of its connections`() async throws {
        try await withURL { url in
            try await withOpened(url) { observer in
                let process = try await {
                    let forgotten = try await PostgresDatabase(url: url)
                    return try await forgotten.read { try backend(of: $0) }
                }()
                let connections = SQL(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.integer(process ?? 0)])
                var isOpen = true
                while isOpen {
                    isOpen = try await observer.read { try !$0.query(connections) { _ in }.isEmpty }
                }
                #expect(process != nil)
            }
        }
    }

    @Test func `a row lock held for too long is busy, and harms nobody else`() async throws {
        try await withPostgres({ $0.lockTimeoutSeconds = 1 }) { database in
            try await createCounters(in: database)
            let meeting = Meeting()
            async let holder: Void = database.write { tx in
                try increment(1, in: tx)
                meeting.arriveAndWait()
            }
            await meeting.arrived()
            let error = await storageError {
                try await database.write { try increment(1, in: $0) }
            }
            try await database.write { try increment(2, in: $0) }
            #expect(error?.name == "busy")
            #expect(try await counts(in: database) == [0, 1])
            meeting.release()
            try await holder
            #expect(try await counts(in: database) == [1, 1])
        }
    }

    @Test func `where the server has no room for more, the connections that stand serve all`()
        async throws
    {
        try await withURL { url in
            try await withOpened(url) { admin in
                try await createCounters(in: admin)
                let role = "narrow_\(UInt64.random(in: 0 ... .max))"
                try await admin.write { tx in
                    try tx.executeScript(
                        """
                        CREATE ROLE \(role) LOGIN CONNECTION LIMIT 2;
                        DO $$ BEGIN
                            EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema || ' TO \(role)';
                        END $$;
                        GRANT ALL ON counters TO \(role);
                        """)
                }
                let narrow = try roleURL(url, role)
                try await withOpened(narrow, { $0.connections = 8 }) { database in
                    try await withThrowingTaskGroup { group in
                        for _ in 0..<100 {
                            group.addTask { try await database.write { try increment(in: $0) } }
                        }
                        try await group.waitForAll()
                    }
                    let error = await storageError {
                        try await withTwoMore(narrow)
                    }
                    #expect(error?.name == "busy")
                }
                try await admin.write { tx in try tx.executeScript("DROP OWNED BY \(role)") }
                try await admin.write { tx in try tx.executeScript("DROP ROLE \(role)") }
                #expect(try await counts(in: admin) == [100, 0])
            }
        }
    }
}

/// The URL with another user in it.
private func roleURL(_ url: String, _ role: String) throws -> String {
    let at = try #require(url.firstIndex(of: "@"))
    return "postgres://\(role)\(url[at...])"
}

private func withTwoMore(_ url: String) async throws {
    try await withOpened(url) { _ in try await withOpened(url) { _ in } }
}
