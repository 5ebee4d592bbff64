extension ImportFormat {
    static let jsonl = ImportFormat(
        name: "jsonl", summary: "one FILL a line, as POST /v1/fills takes them",
        makeReader: { JSONLinesImportReader() })
}

struct JSONLinesImportReader: ImportReader {
    private var lines = FillLines()

    mutating func read(_ bytes: ArraySlice<UInt8>) -> [ImportedFill] {
        lines.read(bytes).map { ImportedFill(line: $0.line, fill: $0.fill) }
    }

    mutating func finish() -> [ImportedFill] {
        lines.finish().map { [ImportedFill(line: $0.line, fill: $0.fill)] } ?? []
    }
}
