import Storage

/// Writes a column of a `RowSet` as PostgreSQL's array literal: `{"a","b \" c",NULL,""}`.
enum ArrayLiteral {
    /// Throws where a value holds a NUL or is of a type that the column can't take.
    static func append(
        _ column: RowSet.Column, at index: Int, of rows: [[Value]], to bytes: inout [UInt8]
    ) throws(StorageError) {
        bytes.append(UInt8(ascii: "{"))
        for row in rows.indices {
            if row > 0 { bytes.append(UInt8(ascii: ",")) }
            try append(rows[row][index], as: column, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(
        _ value: Value, as column: RowSet.Column, to bytes: inout [UInt8]
    ) throws(StorageError) {
        switch value {
        case .null:
            bytes.append(contentsOf: "NULL".utf8)
        case .integer(let number) where column.kind != .bool:
            bytes.append(contentsOf: String(number).utf8)
        case .bool(let flag) where column.kind == .bool:
            bytes.append(UInt8(ascii: flag ? "t" : "f"))
        case .text(let text) where column.kind != .bool:
            try appendQuoted(text, of: column, to: &bytes)
        case .integer, .bool, .text, .blob:
            throw .statement(
                detail: "item.\(column.name) is \(column.kind.rawValue) and was given "
                    + Parameters.typeName(value))
        }
    }

    private static func appendQuoted(
        _ text: String, of column: RowSet.Column, to bytes: inout [UInt8]
    ) throws(StorageError) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0: throw Parameters.nulFault(in: "item.\(column.name)")
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            default: break
            }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
