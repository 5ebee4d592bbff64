import Glibc
import Storage

/// The prepared statements of one connection by their text; the one not used for longest goes
/// first.
struct StatementCache {
    private let limit: Int
    private let connection: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var uses = 0

    init(on connection: OpaquePointer, limit: Int) {
        self.connection = connection
        self.limit = limit
    }

    /// A statement that nobody else uses, until `put` gives it back. A query may so run inside the
    /// decoder of the same query.
    mutating func take(_ text: String) throws(StorageError) -> Statement {
        uses += 1
        let statement: Statement
        // Texts that differ in bytes can be equal as Swift strings; such a one is not cached.
        if let known = statements[text], !known.isInUse, haveEqualBytes(known.text, text) {
            statement = known
        } else {
            statement = try Statement(text, on: connection)
        }
        statement.isInUse = true
        statement.lastUse = uses
        return statement
    }

    mutating func put(_ statement: Statement) {
        statement.clear()
        statement.isInUse = false
        guard !statement.isCached, statements[statement.text] == nil else { return }
        if statements.count >= limit,
            let oldest = statements.values.filter({ !$0.isInUse })
                .min(by: { $0.lastUse < $1.lastUse })
        {
            statements[oldest.text] = nil
        }
        statement.isCached = true
        statements[statement.text] = statement
    }

    mutating func removeAll() {
        statements = [:]
    }
}

private func haveEqualBytes(_ left: String, _ right: String) -> Bool {
    var left = left
    var right = right
    return left.withUTF8 { left in
        right.withUTF8 { right in
            guard left.count == right.count else { return false }
            guard let start = left.baseAddress, let other = right.baseAddress else { return true }
            return memcmp(start, other, left.count) == 0
        }
    }
}
