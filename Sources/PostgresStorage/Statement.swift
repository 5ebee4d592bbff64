import Storage

/// A statement as it is sent.
struct Statement {
    let text: String
    let parameters: Parameters
    /// The text as the caller wrote it, for error messages.
    let shown: String
    /// Not prepared: the plan is made for these parameters.
    let isPlannedAnew: Bool

    init(_ sql: SQL, options: PostgresOptions) throws(StorageError) {
        text = sql.text
        shown = sql.text
        isPlannedAnew = false
        parameters = try Parameters(sql.values, byteLimit: options.parameterByteLimit)
        try Self.checkText(text)
    }

    /// PostgreSQL assumes ten rows where it plans a prepared `unnest` for good, and a plan for ten
    /// may be quadratic for ten thousand; so a large set is planned for its size.
    ///
    /// `whole` is `text` with `item` in front of it.
    init(
        _ text: String, as whole: String, forEach items: RowSet, options: PostgresOptions
    ) throws(StorageError) {
        self.text = whole
        shown = text
        isPlannedAnew = items.count > 50
        parameters = try Parameters(items, byteLimit: options.parameterByteLimit)
        try Self.checkText(text)
    }

    /// libpq would end the text at a NUL.
    static func checkText(_ text: String) throws(StorageError) {
        if text.utf8.contains(0) {
            throw .statement(detail: "the statement's text holds a NUL: \(excerpt(of: text))")
        }
    }

    /// PostgreSQL would read the digits 1 and 0 as booleans too, but `.integer(2)` not: so that
    /// which one it is does not decide whether the statement works, neither does.
    func check(against booleanParameters: [Bool]) throws(StorageError) {
        for (index, isBoolean) in booleanParameters.enumerated()
        where isBoolean && index < parameters.isInteger.count && parameters.isInteger[index] {
            throw .statement(
                detail: "$\(index + 1) is a boolean and was given an integer in: "
                    + excerpt(of: shown))
        }
    }
}
