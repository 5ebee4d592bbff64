public import Ledger
public import Storage

/// Ledger's values as parameters, in the canonical form that both databases read.
extension Value {
    public static func decimal(_ value: Decimal) -> Value { .text(value.description) }
    public static func time(_ value: Timestamp) -> Value { .text(value.description) }
    public static func day(_ value: Day) -> Value { .text(value.description) }
    public static func exact(_ value: ExactText) -> Value { .text(value.text) }
    public static func id<Entity>(_ value: RowID<Entity>) -> Value { .integer(value.raw) }

    public static func optional(_ value: Decimal?) -> Value { value.map(Value.decimal) ?? .null }
    public static func optional(_ value: Timestamp?) -> Value { value.map(Value.time) ?? .null }
    public static func optional(_ value: ExactText?) -> Value { value.map(Value.exact) ?? .null }
    public static func optional(_ value: String?) -> Value { value.map(Value.text) ?? .null }
    public static func optional<Entity>(_ value: RowID<Entity>?) -> Value {
        value.map(Value.id) ?? .null
    }

    /// A filter: 0 stands for "any", as no row has that id.
    static func anyOr<Entity>(_ value: RowID<Entity>?) -> Value { .integer(value?.raw ?? 0) }
}

/// Ledger's values out of an answer. Each throws `StorageError.decoding` for what it can't read.
extension Row {
    func decimal(_ column: Int) throws(StorageError) -> Decimal {
        do throws(LedgerError) {
            return try Decimal(parsing: try storedText(column))
        } catch {
            throw .decoding(column: column, expected: "a decimal")
        }
    }

    func optionalDecimal(_ column: Int) throws(StorageError) -> Decimal? {
        isNull(column) ? nil : try decimal(column)
    }

    func time(_ column: Int) throws(StorageError) -> Timestamp {
        guard let time = Timestamp(canonical: try text(column)) else {
            throw .decoding(column: column, expected: "a time")
        }
        return time
    }

    func optionalTime(_ column: Int) throws(StorageError) -> Timestamp? {
        isNull(column) ? nil : try time(column)
    }

    func day(_ column: Int) throws(StorageError) -> Day {
        guard let day = Day(canonical: try text(column)) else {
            throw .decoding(column: column, expected: "a date")
        }
        return day
    }

    func exact(_ column: Int) throws(StorageError) -> ExactText { ExactText(try text(column)) }

    func optionalExact(_ column: Int) throws(StorageError) -> ExactText? {
        isNull(column) ? nil : try exact(column)
    }

    func id<Entity>(_ column: Int) throws(StorageError) -> RowID<Entity> {
        RowID(try integer(column))
    }

    func optionalID<Entity>(_ column: Int) throws(StorageError) -> RowID<Entity>? {
        isNull(column) ? nil : try id(column)
    }

    func currency(_ column: Int) throws(StorageError) -> Currency {
        guard let currency = Currency(try text(column)) else {
            throw .decoding(column: column, expected: "a currency")
        }
        return currency
    }

    /// A column whose CHECK allows just the raw values of an enum.
    func choice<Choice: RawRepresentable>(
        _ column: Int, of type: Choice.Type = Choice.self
    ) throws(StorageError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(column)) else {
            throw .decoding(column: column, expected: "one of \(Choice.self)")
        }
        return choice
    }

    private func storedText(_ column: Int) throws(LedgerError) -> String {
        do throws(StorageError) { return try text(column) } catch { throw .malformed }
    }
}
