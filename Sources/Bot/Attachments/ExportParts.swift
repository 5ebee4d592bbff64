/// Rows on their way into files of a bounded size, each whole in itself.
struct ExportParts {
    private let frame: ExportWriter.Frame
    /// A part ends before it is larger, unless a single row is.
    private let mostBytes: Int
    private var bytes: [UInt8]
    private(set) var rowsInPart = 0
    private(set) var rowCount = 0
    private(set) var partCount = 0

    init(_ frame: ExportWriter.Frame, mostBytes: Int) {
        self.frame = frame
        self.mostBytes = mostBytes
        bytes = frame.head
    }

    /// The part that has no room for `row`, which then begins the next one; nil while there is
    /// room.
    mutating func add(_ row: [UInt8]) -> [UInt8]? {
        var full: [UInt8]?
        let grown = bytes.count + frame.separator.count + row.count + frame.tail.count
        if rowsInPart > 0, grown > mostBytes { full = close() }
        if rowsInPart > 0 { bytes += frame.separator }
        bytes += row
        rowsInPart += 1
        rowCount += 1
        return full
    }

    /// The last part; one without rows where there are none at all.
    mutating func finish() -> [UInt8]? {
        rowsInPart > 0 || partCount == 0 ? close() : nil
    }

    private mutating func close() -> [UInt8] {
        let part = bytes + frame.tail
        bytes = frame.head
        rowsInPart = 0
        partCount += 1
        return part
    }
}
