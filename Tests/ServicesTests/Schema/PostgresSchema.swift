import Storage
import TestSupport

/// Reads PostgreSQL's schema from its catalog.
enum PostgresSchema {
    static func tables(_ tx: any Transaction) throws -> [String: SchemaImage.Table] {
        var tables: [String: SchemaImage.Table] = [:]
        try readColumns(into: &tables, tx)
        try readConstraints(into: &tables, tx)
        try readIndexes(into: &tables, tx)
        return tables
    }

    private static let ours = "relnamespace = 'public'::regnamespace"

    private static func readColumns(
        into tables: inout [String: SchemaImage.Table], _ tx: any Transaction
    ) throws {
        let rows = try tx.query(
            SQL(
                """
                SELECT c.relname::text, a.attname::text, a.atttypid::regtype::text, a.attnotnull,
                    pg_get_expr(d.adbin, d.adrelid)
                FROM pg_class c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                WHERE c.relkind = 'r' AND c.\(ours)
                ORDER BY c.relname, a.attnum
                """)
        ) { row in
            let type = try row.text(2)
            return (
                try row.text(0),
                SchemaImage.Column(
                    name: try row.text(1),
                    kind: ["bigint": "number", "boolean": "boolean"][type] ?? "text",
                    isRequired: try row.bool(3),
                    standard: try row.optionalText(4).map(plainDefault))
            )
        }
        for (table, column) in rows {
            tables[table, default: SchemaImage.Table()].columns.append(column)
        }
    }

    private static func readConstraints(
        into tables: inout [String: SchemaImage.Table], _ tx: any Transaction
    ) throws {
        let rows = try tx.query(
            SQL(
                """
                SELECT c.relname::text, n.contype::text, \(names("conkey", of: "conrelid")),
                    COALESCE(f.relname::text, ''), \(names("confkey", of: "confrelid")),
                    n.confdeltype::text, pg_get_constraintdef(n.oid)
                FROM pg_constraint n
                JOIN pg_class c ON c.oid = n.conrelid AND c.\(ours)
                LEFT JOIN pg_class f ON f.oid = n.confrelid
                WHERE n.contype IN ('p', 'u', 'f', 'c')
                """)
        ) { row in try (0..<7).map { try row.text($0) } }
        for row in rows {
            let columns = row[2].split(separator: ",").map(String.init)
            switch row[1] {
            case "p": tables[row[0]]?.primaryKey = columns
            case "u": tables[row[0]]?.uniqueKeys.insert(columns)
            case "f":
                tables[row[0]]?.foreignKeys.insert(
                    SchemaImage.ForeignKey(
                        columns: columns, table: row[3],
                        target: row[4].split(separator: ",").map(String.init),
                        onDelete: deletions[row[5]] ?? row[5]))
            default:
                if row[6].contains("= ANY (ARRAY["), columns.count == 1 {
                    tables[row[0]]?.words[columns[0]] = Set(
                        row[6].matches(of: #/'([^']*)'/#).map { String($0.1) })
                } else {
                    let inOrder = (tables[row[0]]?.columns ?? []).map(\.name)
                        .filter(columns.contains)
                    tables[row[0]]?.checked.insert(inOrder)
                }
            }
        }
    }

    /// The columns that a constraint `n` numbers, with commas between them.
    private static func names(_ numbers: String, of table: String) -> String {
        """
        COALESCE((
            SELECT string_agg(a.attname::text, ',' ORDER BY k.place)
            FROM unnest(n.\(numbers)) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = n.\(table) AND a.attnum = k.number), '')
        """
    }

    private static let deletions = ["a": "NO ACTION", "c": "CASCADE", "n": "SET NULL"]

    private static func readIndexes(
        into tables: inout [String: SchemaImage.Table], _ tx: any Transaction
    ) throws {
        let rows = try tx.query(
            SQL(
                """
                SELECT t.relname::text, c.relname::text, i.indisunique, pg_get_indexdef(c.oid)
                FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_class t ON t.oid = i.indrelid AND t.\(ours)
                WHERE NOT EXISTS (SELECT 1 FROM pg_constraint n WHERE n.conindid = c.oid)
                """)
        ) { (try $0.text(0), try $0.text(1), try $0.bool(2), try $0.text(3)) }
        for (table, name, isUnique, text) in rows {
            let (parts, condition) = SQLiteSchema.definition(text)
            tables[table]?.indexes.insert(
                SchemaImage.Index(
                    name: name, isUnique: isUnique, parts: parts, condition: condition))
        }
    }
}
