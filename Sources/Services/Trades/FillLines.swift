import Wire

/// Reads fills from NDJSON that comes in pieces of any size: one FILL a line. A broken line is one
/// refusal, a blank one is skipped.
public struct FillLines: Sendable {
    /// A line's fill, and its number from 1.
    public struct Entry: Sendable {
        public let line: Int
        public let fill: Result<FillReport, FillRefusal>
    }

    private var splitter: LineSplitter

    public init(lineLimitBytes: Int = 1 << 20) {
        splitter = LineSplitter(limitBytes: lineLimitBytes)
    }

    /// The fills of the lines that end in this piece.
    public mutating func read(_ piece: ArraySlice<UInt8>) -> [Entry] {
        splitter.feed(piece).map(entry)
    }

    /// The last line's, where the text does not end with a line end.
    public mutating func finish() -> Entry? {
        splitter.finish().map(entry)
    }

    private func entry(_ line: LineSplitter.Line) -> Entry {
        guard let content = line.content else {
            return Entry(
                line: line.number,
                fill: .failure(
                    .invalid(nil, "a line of more than \(splitter.limitBytes) bytes")))
        }
        return Entry(line: line.number, fill: FillReader.fill(fromJSONLine: content))
    }
}
