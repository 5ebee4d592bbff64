import Storage

/// The statement that reads one row of a `RowSet`, bound to `$1…$n`, as the table `item`.
///
/// `text` must start with INSERT, UPDATE, DELETE or SELECT, or with WITH, whose tables are then
/// joined to `item`; and may have no parameters of its own.
///
/// Where its shape allows, the parameters stand in the places of `item`'s columns: SQLite would
/// build a table for each row of `item` else, which takes half as long again.
func itemStatement(
    _ text: String, _ columns: [RowSet.Column]
) throws(StorageError) -> String {
    guard !hasParameter(text) else {
        throw .statement(detail: "a statement over items has no parameters of its own: \(text)")
    }
    if let bound = BoundStatement(text, columns.map(\.name)) { return bound.text }
    let body = text.drop(while: \.isWhitespace)
    let word = body.prefix(while: \.isLetter).uppercased()
    let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let parameters = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let item = "item(\(names)) AS (SELECT \(parameters))"
    switch word {
    case "INSERT", "UPDATE", "DELETE", "SELECT":
        return "WITH \(item) \(body)"
    case "WITH":
        let rest = body.dropFirst(4).drop(while: \.isWhitespace)
        let next = rest.prefix(while: \.isLetter)
        return next.uppercased() == "RECURSIVE"
            ? "WITH RECURSIVE \(item), \(rest.dropFirst(next.count))"
            : "WITH \(item), \(rest)"
    default:
        throw .statement(
            detail: "a statement over items starts with INSERT, UPDATE, DELETE, SELECT or WITH: "
                + text)
    }
}

/// Whether a `$` stands before a digit, also in a literal: then the text is to be written
/// otherwise.
private func hasParameter(_ text: String) -> Bool {
    var isAfterDollar = false
    for byte in text.utf8 {
        if isAfterDollar, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { return true }
        isAfterDollar = byte == UInt8(ascii: "$")
    }
    return false
}
