import Wire

extension ImportFormat {
    static let jsonl = ImportFormat(
        name: "jsonl", summary: "one FILL a line, as POST /v1/fills takes them",
        makeReader: { JSONLinesImportReader() })
}

/// Reads JSON lines; a broken line is one rejection, a blank one is skipped.
struct JSONLinesImportReader: ImportReader {
    private var splitter = LineSplitter()

    mutating func read(_ bytes: ArraySlice<UInt8>) -> [ImportedFill] {
        splitter.feed(bytes).map(fill)
    }

    mutating func finish() -> [ImportedFill] {
        splitter.finish().map { [fill($0)] } ?? []
    }

    private func fill(_ line: LineSplitter.Line) -> ImportedFill {
        guard let content = line.content else {
            return ImportedFill(
                line: line.number,
                fill: .failure(
                    FillRefusal(
                        code: .invalidField,
                        detail: "a line of more than \(splitter.limitBytes) bytes")))
        }
        return ImportedFill(line: line.number, fill: FillReader.fill(fromJSONLine: content))
    }
}
