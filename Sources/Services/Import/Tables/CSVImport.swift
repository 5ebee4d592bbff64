import Ledger
import Wire

extension ImportFormat {
    static let csv = ImportFormat(
        name: "csv",
        summary: "a header line with FILL's field names (an option's as option.strike and so on),"
            + " or other columns by --mapping",
        defaultTimeZone: nil, takes: [.timeZone, .mapping],
        makeReader: { CSVImportReader($0) })
}

/// Reads CSV whose first record names FILL's fields, or columns that a mapping knows. An empty
/// cell is a field left out; where there is no broker_trade_id, the content makes one.
struct CSVImportReader: ImportReader {
    private let mapping: CSVMapping?
    private let time: ImportedTime?
    private var rows: CSVRows
    private var header: [String]?
    /// The places of the columns that the mapping names, by field.
    private var places: [(field: String, place: Int)] = []
    private var ids = ContentIDs(format: "csv")

    init(_ settings: ImportSettings) {
        mapping = settings.mapping
        rows = CSVRows(separator: settings.mapping?.separator)
        time = settings.timeZone.map { zone in
            ImportedTime(
                patterns: settings.mapping?.timeFormat.map { [$0] } ?? ImportedTime.isoPatterns,
                zone: zone)
        }
    }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedItem] {
        try items(try rows.feed(bytes))
    }

    mutating func finish() throws(ImportError) -> [ImportedItem] {
        try items(try rows.finish())
    }

    private mutating func items(_ records: [CSVRecord]) throws(ImportError) -> [ImportedItem] {
        var items: [ImportedItem] = []
        for record in records {
            guard let header else {
                try begin(record)
                continue
            }
            items.append(
                ImportedItem(line: record.line, content: .fill(fill(record.fields, header))))
        }
        return items
    }

    private mutating func begin(_ record: CSVRecord) throws(ImportError) {
        header = record.fields
        guard let mapping else { return }
        if mapping.timeFormat != nil, time == nil {
            throw ImportError(
                line: nil, detail: "the mapping's time_format needs a time_zone with it")
        }
        let names = record.fields.map { $0.trimmed }
        for (field, column) in mapping.columns.sorted(by: { $0.key < $1.key }) {
            guard let place = names.firstIndex(of: column) else {
                throw ImportError(
                    line: record.line,
                    detail: "no column “\(column)”, which the mapping takes for \(field)")
            }
            places.append((field, place))
        }
    }

    private mutating func fill(
        _ cells: [String], _ header: [String]
    ) -> Result<FillReport, FillRefusal> {
        guard cells.count == header.count else {
            return .failure(
                FillRefusal(
                    code: .invalidField,
                    detail: "expected \(header.count) fields as in the header,"
                        + " found \(cells.count)"))
        }
        do throws(FillRefusal) {
            var fields =
                if let mapping {
                    try mapped(cells, mapping)
                } else {
                    zip(header, cells).map { (name: $0, value: $1) }
                }
            for place in fields.indices where fields[place].name == FillField.execTime.rawValue {
                fields[place].value = try instant(fields[place].value)
            }
            let id = FillField.brokerTradeID.rawValue
            if !fields.contains(where: { $0.name == id }) {
                let content = fields.filter { !$0.value.isEmpty }.sorted { $0.name < $1.name }
                fields.append(
                    (id, try ids.next(content.flatMap { [$0.name, $0.value] })))
            }
            return FillReader.fill(fromFields: fields)
        } catch {
            return .failure(error)
        }
    }

    private func instant(_ value: String) throws(FillRefusal) -> String {
        guard !value.isEmpty, let time else { return value }
        if let instant = time.read(value) { return instant.iso8601 }
        guard let format = mapping?.timeFormat else { return value }
        throw .invalid(FillField.execTime.rawValue, "not of the form \(format.text)")
    }

    private static let numbers: Set<String> = [
        "quantity", "price", "fee", "net_amount", "commission", "delta", "multiplier",
        "tick_size", "option.strike", "option.multiplier",
    ]

    private func mapped(
        _ cells: [String], _ mapping: CSVMapping
    ) throws(FillRefusal) -> [(name: String, value: String)] {
        var fields: [String: String] = mapping.constants
        for (field, place) in places where !cells[place].trimmed.isEmpty {
            fields[field] = cells[place].trimmed
        }
        for field in Self.numbers {
            guard let text = fields[field] else { continue }
            guard let number = ImportedNumber.canonical(text, point: mapping.decimalPoint) else {
                throw .invalid(field, "not a number")
            }
            let isFee = field == "fee" || field == "commission"
            fields[field] = isFee && mapping.hasNegativeFees ? number.negated : number
        }
        if let word = fields["side"] { fields["side"] = mapping.sides[word.lowercased()] ?? word }
        if let quantity = fields["quantity"], quantity.hasPrefix("-") {
            // Where no column tells the side, the sign does; where one does, they have to agree.
            if fields["side"]?.uppercased() == Side.buy.rawValue {
                throw .invalid("side", "is BUY, and the quantity is negative")
            }
            fields["quantity"] = quantity.negated
            if fields["side"] == nil { fields["side"] = Side.sell.rawValue }
        } else if fields["quantity"] != nil, fields["side"] == nil {
            fields["side"] = Side.buy.rawValue
        }
        return fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}

extension String {
    /// Without blanks and tabs at its ends.
    var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }

    fileprivate var negated: String {
        if hasPrefix("-") { return String(dropFirst()) }
        return contains { $0 != "0" && $0 != "." } ? "-" + self : self
    }
}
