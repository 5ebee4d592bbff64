/// Cuts a text that comes in pieces of any size into its lines, as NDJSON has them: LF or CR LF,
/// the last line with or without. Lines of nothing but blanks are left out, and counted.
public struct LineSplitter: Sendable {
    public struct Line: Sendable, Hashable {
        /// From 1.
        public let number: Int
        /// Without the line end; nil where the line has more than `limitBytes`.
        public let content: ArraySlice<UInt8>?

        public init(number: Int, content: ArraySlice<UInt8>?) {
            self.number = number
            self.content = content
        }
    }

    public let limitBytes: Int
    private var number = 1
    private var held: [UInt8] = []
    private var isTooLong = false

    public init(limitBytes: Int = 1 << 20) {
        self.limitBytes = limitBytes
    }

    /// The lines that end in this piece.
    public mutating func feed(_ piece: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = piece
        while let end = rest.firstIndex(of: ASCII.lineFeed) {
            if let line = endLine(with: rest[..<end]) { lines.append(line) }
            number += 1
            rest = rest[(end + 1)...]
        }
        hold(rest)
        return lines
    }

    /// The last line, where the text does not end with a line end.
    public mutating func finish() -> Line? {
        endLine(with: [])
    }

    private mutating func hold(_ part: ArraySlice<UInt8>) {
        // One more for the CR of a line that is as long as it may be.
        if isTooLong || held.count + part.count > limitBytes + 1 {
            isTooLong = true
            held = []
        } else {
            held.append(contentsOf: part)
        }
    }

    private mutating func endLine(with end: ArraySlice<UInt8>) -> Line? {
        var content = end
        if isTooLong || !held.isEmpty {
            hold(end)
            content = held[...]
        }
        defer {
            held = []
            isTooLong = false
        }
        if content.last == ASCII.carriageReturn { content.removeLast() }
        if isTooLong || content.count > limitBytes { return Line(number: number, content: nil) }
        let isBlank = content.allSatisfy { byte in
            byte == ASCII.blank || byte == ASCII.tab || byte == ASCII.carriageReturn
        }
        return isBlank ? nil : Line(number: number, content: content)
    }
}
