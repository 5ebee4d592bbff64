import Wire

/// The records of a CSV file whose separator (comma, semicolon or tab) its first line tells.
struct CSVRows {
    /// As far as the separator is looked for.
    private static let firstLineLimitBytes = 64 << 10

    private var firstLine: [UInt8] = []
    private var reader: CSVReader?

    /// Nil lets the file's first line decide.
    init(separator: UInt8? = nil) {
        reader = separator.map { CSVReader(separator: $0) }
    }

    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [CSVRecord] {
        guard reader == nil else { return try records(bytes) }
        firstLine += bytes
        guard firstLine.contains(UInt8(ascii: "\n")) || firstLine.count > Self.firstLineLimitBytes
        else { return [] }
        return try begin()
    }

    mutating func finish() throws(ImportError) -> [CSVRecord] {
        let before = reader == nil ? try begin() : []
        do throws(CSVError) {
            return before + (try reader?.finish().map { [$0] } ?? [])
        } catch {
            throw ImportError(line: error.line, detail: error.detail)
        }
    }

    private mutating func begin() throws(ImportError) -> [CSVRecord] {
        let held = firstLine
        firstLine = []
        reader = CSVReader(separator: Self.separator(in: held))
        return try records(held[...])
    }

    private mutating func records(
        _ bytes: ArraySlice<UInt8>
    ) throws(ImportError) -> [CSVRecord] {
        do throws(CSVError) {
            return try reader?.feed(bytes) ?? []
        } catch {
            throw ImportError(line: error.line, detail: error.detail)
        }
    }

    /// The one that stands most often outside quotes in the first line.
    private static func separator(in text: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in text.prefix(while: { $0 != UInt8(ascii: "\n") }) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let most = candidates.map { counts[$0, default: 0] }.max() ?? 0
        return candidates.first { counts[$0, default: 0] == most } ?? UInt8(ascii: ",")
    }
}
