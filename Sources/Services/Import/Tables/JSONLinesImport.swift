extension ImportFormat {
    static let jsonl = ImportFormat(
        name: "jsonl", summary: "one FILL a line, as POST /v1/fills takes them",
        defaultTimeZone: nil, takes: [], makeReader: { _ in JSONLinesImportReader() })
}

struct JSONLinesImportReader: ImportReader {
    private var lines = FillLines()

    mutating func read(_ bytes: ArraySlice<UInt8>) -> [ImportedItem] {
        lines.read(bytes).map(item)
    }

    mutating func finish() -> [ImportedItem] {
        lines.finish().map { [item($0)] } ?? []
    }

    private func item(_ entry: FillLines.Entry) -> ImportedItem {
        ImportedItem(line: entry.line, content: .fill(entry.fill))
    }
}
