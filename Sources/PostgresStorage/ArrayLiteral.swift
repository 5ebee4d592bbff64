import Storage

/// Writes a column of a `RowSet` as PostgreSQL's array literal: `{"a","b \" c",NULL,""}`.
enum ArrayLiteral {
    /// Throws where a value holds a NUL or is of a type that the column can't take.
    static func append(
        _ column: RowSet.Column, at index: Int, of items: RowSet, to bytes: inout [UInt8]
    ) throws(StorageError) {
        bytes.append(UInt8(ascii: "{"))
        for row in 0..<items.count {
            if row > 0 { bytes.append(UInt8(ascii: ",")) }
            try append(items[row, index], as: column, to: &bytes)
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
        let special: (UInt8) -> Bool = {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 == 0
        }
        guard text.utf8.contains(where: special) else {
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in text.utf8 {
            guard byte != 0 else { throw Parameters.nulFault(in: "item.\(column.name)") }
            if special(byte) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
