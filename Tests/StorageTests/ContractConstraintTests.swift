import Storage
import TestSupport
import Testing

/// What the schema refuses, by name, on both databases alike.
struct ContractConstraintTests {
    private static let schema = """
        CREATE TABLE parents (
            id BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            size BIGINT CONSTRAINT size_is_positive CHECK (size > 0)
        );
        CREATE TABLE children (
            id BIGINT NOT NULL PRIMARY KEY,
            parent_id BIGINT NOT NULL REFERENCES parents (id),
            late_id BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED
        );
        INSERT INTO parents (id, name) VALUES (1, 'one');
        INSERT INTO children (id, parent_id) VALUES (1, 1);
        """

    private static let refused = [
        ("INSERT INTO parents (id, name) VALUES (1, 'two')", "unique"),
        ("INSERT INTO parents (id, name) VALUES (2, 'one')", "unique"),
        ("INSERT INTO parents (id, name, size) VALUES (2, 'two', 0)", "check"),
        ("INSERT INTO parents (id, name) VALUES (2, NULL)", "notNull"),
        ("UPDATE parents SET name = NULL", "notNull"),
        ("INSERT INTO children (id, parent_id) VALUES (2, 9)", "foreignKey"),
        ("DELETE FROM parents", "foreignKey"),
    ]

    @Test(arguments: TestBackend.allCases, refused)
    func `the schema's refusal is named`(
        backend: TestBackend, refused: (statement: String, kind: String)
    ) async throws {
        try await backend.withDatabase { database in
            try await database.write { try $0.executeScript(Self.schema) }
            let error = await storageError {
                try await database.write { _ = try $0.execute(SQL(refused.statement)) }
            }
            #expect(error?.kind == "constraint \(refused.kind)")
            #expect(error?.isOutage == false)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a deferred reference may be satisfied later in the body, else it is refused at its end`(
        backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            try await database.write { try $0.executeScript(Self.schema) }
            try await database.write { tx in
                try tx.execute(
                    SQL("INSERT INTO children (id, parent_id, late_id) VALUES (2, 1, 2)"))
                try tx.execute(SQL("INSERT INTO parents (id, name) VALUES (2, 'two')"))
            }
            let error = await storageError {
                try await database.write { tx in
                    _ = try tx.execute(SQL("UPDATE children SET late_id = 99 WHERE id = 2"))
                }
            }
            #expect(error?.kind == "constraint foreignKey")
            let late = try await database.read { tx in
                try tx.first(SQL("SELECT late_id FROM children WHERE id = 2")) { try $0.integer(0) }
            }
            #expect(late == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no error repeats a value that was bound`(backend: TestBackend) async throws {
        let secret = "hunter2-secret"
        let faults = [
            SQL("INSERT INTO parents (id, name) VALUES (3, $1)", [.text(secret)]),
            SQL("INSERT INTO parents (id, name, size) VALUES (4, $1, -1)", [.text(secret)]),
            SQL("INSERT INTO samples (id, flag) VALUES (1, $1)", [.text(secret)]),
            SQL("INSERT INTO parents (id, name, size) VALUES (NULL, $1, 1)", [.text(secret)]),
        ]
        try await backend.withDatabase { database in
            try await database.write { tx in
                try tx.executeScript(Self.schema)
                try createSamples(in: tx)
                try tx.execute(
                    SQL("INSERT INTO parents (id, name) VALUES (2, $1)", [.text(secret)]))
            }
            for fault in faults {
                let error = await storageError {
                    try await database.write { _ = try $0.execute(fault) }
                }
                let message = try #require(error).description
                #expect(!message.contains("hunter2"), "\(message)")
                #expect(message.contains("INSERT INTO "), "\(message)")
            }
        }
    }
}
