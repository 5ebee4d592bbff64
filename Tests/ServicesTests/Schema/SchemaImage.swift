import Storage
import TestSupport

/// A database's schema as lines of text that are the same on both databases where the schemas are.
///
/// Types are told as what both can tell: a number, a boolean, a text. Booleans are known as such by
/// PostgreSQL's type and by SQLite's CHECK.
struct SchemaImage: Hashable {
    struct ForeignKey: Hashable {
        let columns: [String]
        let table: String
        let target: [String]
        let onDelete: String
    }

    struct Column: Hashable {
        let name: String
        /// `number`, `boolean` or `text`.
        let kind: String
        let isRequired: Bool
        /// Without quotes and types; nil for none.
        let standard: String?
    }

    struct Index: Hashable {
        let name: String
        let isUnique: Bool
        /// Columns and expressions, without blanks and parentheses.
        let parts: String
        /// Without blanks and parentheses; empty where it is of all rows.
        let condition: String
    }

    struct Table: Hashable {
        var columns: [Column] = []
        var primaryKey: [String] = []
        var uniqueKeys: Set<[String]> = []
        var foreignKeys: Set<ForeignKey> = []
        var indexes: Set<Index> = []
        /// The columns whose words are listed by a CHECK.
        var words: [String: Set<String>] = [:]
        /// The columns that other CHECKs are about.
        var checked: Set<[String]> = []
    }

    var tables: [String: Table] = [:]

    init(of database: any Database) async throws {
        tables = try await database.read { tx in
            switch tx.dialect {
            case .sqlite: try SQLiteSchema.tables(tx)
            case .postgres: try PostgresSchema.tables(tx)
            }
        }
    }

    /// One line for each fact, sorted: what differs between two of them can be read.
    var lines: Set<String> {
        var lines: Set<String> = []
        for (name, table) in tables {
            for (place, column) in table.columns.enumerated() {
                lines.insert(
                    "\(name) column \(place) \(column.name) \(column.kind)"
                        + "\(column.isRequired ? " not null" : "")"
                        + (column.standard.map { " default \($0)" } ?? ""))
            }
            lines.insert("\(name) primary key \(table.primaryKey)")
            for key in table.uniqueKeys { lines.insert("\(name) unique \(key)") }
            for key in table.foreignKeys {
                lines.insert(
                    "\(name) \(key.columns) refers to \(key.table) \(key.target)"
                        + " on delete \(key.onDelete)")
            }
            for index in table.indexes {
                lines.insert(
                    "\(name) index \(index.name)\(index.isUnique ? " unique" : "")"
                        + " of \(index.parts) where \(index.condition)")
            }
            for (column, words) in table.words {
                lines.insert("\(name) \(column) in \(words.sorted())")
            }
            for columns in table.checked { lines.insert("\(name) checks \(columns)") }
        }
        return lines
    }
}

/// Expressions as both databases print them, once what each adds is gone.
func plainExpression(_ text: String) -> String {
    text.replacing(#/::[a-z]+( [a-z]+)*/#, with: "").lowercased()
        .filter { !"() \n\"".contains($0) }
}

/// A column's default without quotes and types: `'{}'::jsonb` is `{}`, `false` is 0.
func plainDefault(_ text: String) -> String {
    let plain = text.replacing(#/::[a-z]+/#, with: "").replacing("'", with: "")
    return ["false": "0", "true": "1"][plain.lowercased()] ?? plain
}
