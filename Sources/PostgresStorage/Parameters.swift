import Storage

/// The values bound to one statement, as the texts that PostgreSQL reads.
struct Parameters {
    private(set) var strings = CStrings()
    /// Which of them came as integers, by position.
    private(set) var isInteger: [Bool] = []

    /// Throws `StorageError.statement` for a text with a NUL in it, or a value above `byteLimit`.
    init(_ values: [Value], byteLimit: Int) throws(StorageError) {
        for (index, value) in values.enumerated() {
            let before = strings.byteCount
            try append(value, at: index + 1)
            try check(strings.byteCount - before, "the value of $\(index + 1)", byteLimit)
        }
    }

    /// One array for each column of `items`.
    init(_ items: RowSet, byteLimit: Int) throws(StorageError) {
        for (index, column) in items.columns.enumerated() {
            let before = strings.byteCount
            try strings.append { (bytes: inout [UInt8]) throws(StorageError) in
                try ArrayLiteral.append(column, at: index, of: items, to: &bytes)
            }
            isInteger.append(false)
            try check(strings.byteCount - before, "item.\(column.name)", byteLimit)
        }
    }

    private mutating func append(_ value: Value, at number: Int) throws(StorageError) {
        isInteger.append(false)
        switch value {
        case .null:
            strings.appendNull()
        case .integer(let number):
            isInteger[isInteger.count - 1] = true
            strings.append(String(number).utf8)
        case .bool(let flag):
            strings.append(CollectionOfOne(UInt8(ascii: flag ? "t" : "f")))
        case .text(let text):
            guard !text.utf8.contains(0) else { throw Self.nulFault(in: "$\(number)") }
            strings.append(text.utf8)
        case .blob(let blob):
            strings.append { bytes in
                bytes.append(contentsOf: #"\x"#.utf8)
                for byte in blob {
                    bytes.append(Self.hexDigits[Int(byte >> 4)])
                    bytes.append(Self.hexDigits[Int(byte & 15)])
                }
            }
        }
    }

    private func check(
        _ count: Int, _ name: String, _ limit: Int
    ) throws(StorageError) {
        if count > limit {
            throw .statement(
                detail: "\(name) takes \(count) bytes of at most \(limit): send it in parts")
        }
    }

    static func nulFault(in name: String) -> StorageError {
        .statement(detail: "the text for \(name) holds a NUL, which PostgreSQL can't store")
    }

    static func typeName(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .integer: "an integer"
        case .bool: "a boolean"
        case .text: "a text"
        case .blob: "bytes"
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
