import SQLiteStorage
import Storage
import TestSupport
import Testing

/// Statements over items in the shapes that SQLite is spared a table for, and in those beside them:
/// all give what PostgreSQL gives.
struct BoundStatementTests {
    private static let items: RowSet = {
        var items = RowSet([
            .init("id", .integer), .init("name", .text), .init("other", .text),
        ])
        items.append([.integer(1), .text("one"), .text("x")])
        items.append([.integer(2), .text("item.id"), .null])
        items.append([.integer(3), .text("three"), .text("y")])
        return items
    }()

    private func results(_ backend: TestBackend) async throws -> [[String]] {
        try await backend.withDatabase { database in
            try await database.write { tx in
                try tx.executeScript(
                    """
                    CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT, other TEXT, n BIGINT);
                    CREATE TABLE marks (person BIGINT, mark TEXT);
                    """.replacing("BIGINT", with: tx.dialect == .sqlite ? "INTEGER" : "BIGINT"))
                return try Self.statements.map { statement in
                    try tx.query(statement, forEach: Self.items) { row in
                        try (0..<2).map { try row.optionalText($0) ?? "–" }
                            .joined(separator: " ")
                    }.sorted()
                }
            }
        }
    }

    private static let all = "CAST(p.id AS TEXT), p.name || ' ' || COALESCE(p.other, '-')"

    private static let statements = [
        "INSERT INTO people (id, name, other) SELECT id, name, other FROM item RETURNING 'i', name",
        // A word that looks like a column of the items stands for the table's own here.
        """
        INSERT INTO people (id, other, name, n)
        SELECT item.id, name, other, 7
        FROM item
        WHERE true
        ON CONFLICT (id) DO UPDATE SET other = excluded.other, name = people.name
        RETURNING 'c', other
        """,
        """
        INSERT INTO marks (person, mark) SELECT id, name FROM item WHERE id > 1
        RETURNING 'm', mark
        """,
        "SELECT \(all) FROM item JOIN people p ON p.id = item.id",
        """
        SELECT p.name, m.mark
        FROM item
        JOIN people p ON p.id = item.id AND p.name <> 'item.name (or FROM item)'
        LEFT JOIN marks m ON m.person = p.id
        WHERE p.name <> 'three'
        """,
        "SELECT p.name, p.other FROM item JOIN people p ON p.id = item.id OR p.id = item.id + 1",
        """
        SELECT p.name, m.mark FROM item JOIN people AS p ON p.id = item.id
        JOIN marks m ON m.person = p.id AND m.mark = item.name WHERE p.id = 1 OR p.id = 3
        """,
        "SELECT p.name, p.other FROM item, people p WHERE p.id = item.id",
        "SELECT item.name, p.name FROM item LEFT JOIN people p ON p.id = item.id + 1",
        "SELECT 'x', name FROM people WHERE id IN (SELECT item.id FROM item)",
        """
        UPDATE people SET other = item.name, n = COALESCE(n, 0) + item.id
        FROM item
        WHERE people.id = item.id AND people.name <> 'three'
        RETURNING 'u', people.other
        """,
        "SELECT \(all) FROM item JOIN people p ON p.id = item.id",
        "SELECT CAST(p.n AS TEXT), p.name FROM item JOIN people p ON p.id = item.id",
        "DELETE FROM marks WHERE person IN (SELECT item.id FROM item) RETURNING 'd', mark",
        """
        SELECT CAST(COUNT(*) AS TEXT), MAX(p.name)
        FROM item JOIN people p ON p.id = item.id GROUP BY p.id ORDER BY p.id LIMIT 1
        """,
    ]

    @Test func `each shape gives the same on both databases`() async throws {
        let sqlite = try await results(.sqlite)
        let postgres = try await results(.postgres)
        for (index, statement) in Self.statements.enumerated().dropLast() {
            #expect(sqlite[index] == postgres[index], "\(statement)")
            #expect(!sqlite[index].isEmpty, "\(statement)")
        }
        // Where one row at a time shows, it shows as each row's own.
        #expect(sqlite.last == ["1 item.id", "1 one", "1 three"])
    }
}
