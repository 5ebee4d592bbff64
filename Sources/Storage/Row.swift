/// One row of an answer, valid only inside the closure it was handed to.
///
/// Columns are counted from 0. Both drivers give the same text for the same value: times as
/// `YYYY-MM-DDTHH:MM:SS.ffffffZ`, dates as `YYYY-MM-DD`, decimals as digits (perhaps with trailing
/// zeros), JSON as JSON.
public protocol Row {
    func isNull(_ column: Int) -> Bool
    /// Throws `StorageError.decoding` where the column is NULL or not an integer.
    func integer(_ column: Int) throws(StorageError) -> Int64
    /// A `BOOLEAN` of PostgreSQL, 0 or 1 of SQLite.
    func bool(_ column: Int) throws(StorageError) -> Bool
    func text(_ column: Int) throws(StorageError) -> String
    func blob(_ column: Int) throws(StorageError) -> [UInt8]
}

extension Row {
    public func optionalInteger(_ column: Int) throws(StorageError) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    public func optionalText(_ column: Int) throws(StorageError) -> String? {
        isNull(column) ? nil : try text(column)
    }
}
