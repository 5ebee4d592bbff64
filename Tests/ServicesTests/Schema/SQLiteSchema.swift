import Storage
import TestSupport

/// Reads SQLite's schema from its pragmas and, where they do not tell, from the text of CREATE.
enum SQLiteSchema {
    static func tables(_ tx: any Transaction) throws -> [String: SchemaImage.Table] {
        let texts = try tx.query(
            SQL("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        ) { (try $0.text(0), try $0.text(1)) }
        var tables: [String: SchemaImage.Table] = [:]
        for (name, text) in texts { tables[name] = try table(name, text, tx) }
        return tables
    }

    private static func table(
        _ name: String, _ text: String, _ tx: any Transaction
    ) throws -> SchemaImage.Table {
        var table = SchemaImage.Table()
        var primaryKey: [(place: Int64, name: String)] = []
        let checks = self.checks(text)
        let booleans = checks.compactMap { try? #/(\w+) IN \(0, 1\)/#.wholeMatch(in: $0)?.1 }
        let columns = try tx.query(
            SQL(
                """
                SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info('\(name)')
                ORDER BY cid
                """)
        ) { row in
            let name = try row.text(0)
            let place = try row.integer(4)
            if place > 0 { primaryKey.append((place, name)) }
            let isNumber = try row.text(1) == "INTEGER"
            return SchemaImage.Column(
                name: name,
                kind: booleans.contains(Substring(name)) ? "boolean" : isNumber ? "number" : "text",
                isRequired: try row.integer(2) == 1,
                standard: try row.optionalText(3).map(plainDefault))
        }
        table.columns = columns
        table.primaryKey = primaryKey.sorted { $0.place < $1.place }.map(\.name)
        table.foreignKeys = try foreignKeys(of: name, tx)
        try readIndexes(of: name, into: &table, tx)
        for check in checks where check.firstMatch(of: #/^\w+ IN \(0, 1\)$/#) == nil {
            if let list = check.wholeMatch(of: #/(?s)(\w+) IN \(([^()]*)\)/#) {
                table.words[String(list.1)] = Set(
                    list.2.matches(of: #/'([^']*)'/#).map { String($0.1) })
            } else {
                let names = Set(check.matches(of: #/\w+/#).map { String($0.0) })
                table.checked.insert(columns.map(\.name).filter(names.contains))
            }
        }
        return table
    }

    /// What stands between the parentheses of each CHECK.
    private static func checks(_ text: String) -> [String] {
        text.ranges(of: "CHECK (").map { range in
            var depth = 1
            let body = text[range.upperBound...].prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }
            return String(body)
        }
    }

    private static func foreignKeys(
        of table: String, _ tx: any Transaction
    ) throws -> Set<SchemaImage.ForeignKey> {
        let rows = try tx.query(
            SQL(
                """
                SELECT id, "table", "from", "to", on_delete
                FROM pragma_foreign_key_list('\(table)') ORDER BY id, seq
                """)
        ) { row in
            (
                id: try row.integer(0), table: try row.text(1), from: try row.text(2),
                to: try row.text(3), onDelete: try row.text(4)
            )
        }
        return Set(
            Dictionary(grouping: rows, by: \.id).values.map { parts in
                SchemaImage.ForeignKey(
                    columns: parts.map(\.from), table: parts[0].table, target: parts.map(\.to),
                    onDelete: parts[0].onDelete)
            })
    }

    private static func readIndexes(
        of name: String, into table: inout SchemaImage.Table, _ tx: any Transaction
    ) throws {
        let indexes = try tx.query(
            SQL("SELECT name, \"unique\", origin FROM pragma_index_list('\(name)')")
        ) { (name: try $0.text(0), isUnique: try $0.integer(1) == 1, origin: try $0.text(2)) }
        for index in indexes {
            if index.origin == "u" {
                table.uniqueKeys.insert(
                    try tx.query(
                        SQL("SELECT name FROM pragma_index_info('\(index.name)') ORDER BY seqno")
                    ) { try $0.text(0) })
            } else if index.origin == "c" {
                let text = try tx.query(
                    SQL("SELECT sql FROM sqlite_schema WHERE name = $1", [.text(index.name)])
                ) { try $0.text(0) }[0]
                let (parts, condition) = definition(text)
                table.indexes.insert(
                    SchemaImage.Index(
                        name: index.name, isUnique: index.isUnique, parts: parts,
                        condition: condition))
            }
        }
    }

    /// The columns and the condition of `CREATE INDEX … (…) WHERE …`; also as PostgreSQL prints it.
    static func definition(_ text: String) -> (parts: String, condition: String) {
        let pieces = text.split(separator: #/\sWHERE\s/#, maxSplits: 1)
        let parts = pieces[0].drop { $0 != "(" }
        return (
            plainExpression(String(parts).replacing(#/\sCOLLATE "C"/#, with: "")),
            pieces.count > 1 ? plainExpression(String(pieces[1])) : ""
        )
    }
}
