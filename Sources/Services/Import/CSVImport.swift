import Wire

extension ImportFormat {
    static let csv = ImportFormat(
        name: "csv",
        summary: "a header line with FILL's field names (an option's as option.strike and so on)",
        makeReader: { CSVImportReader() })
}

/// Reads CSV whose first record names FILL's fields; an empty cell is a field left out.
struct CSVImportReader: ImportReader {
    private var reader = CSVReader()
    private var header: [String]?

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedFill] {
        do throws(CSVError) {
            return try fills(reader.feed(bytes)[...])
        } catch {
            throw ImportError(error)
        }
    }

    mutating func finish() throws(ImportError) -> [ImportedFill] {
        do throws(CSVError) {
            let last = try reader.finish()
            return fills((last.map { [$0] } ?? [])[...])
        } catch {
            throw ImportError(error)
        }
    }

    private mutating func fills(_ records: ArraySlice<CSVRecord>) -> [ImportedFill] {
        var records = records
        if header == nil { header = records.popFirst()?.fields }
        guard let header else { return [] }
        return records.map { record in
            ImportedFill(line: record.line, fill: fill(record.fields, header))
        }
    }

    private func fill(
        _ fields: [String], _ header: [String]
    ) -> Result<FillReport, FillRefusal> {
        guard fields.count == header.count else {
            return .failure(
                FillRefusal(
                    code: .invalidField,
                    detail: "expected \(header.count) fields as in the header,"
                        + " found \(fields.count)"))
        }
        return FillReader.fill(fromFields: zip(header, fields).map { (name: $0, value: $1) })
    }
}

extension ImportError {
    fileprivate init(_ error: CSVError) {
        self.init(line: nil, detail: error.description)
    }
}
