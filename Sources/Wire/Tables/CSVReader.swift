/// One record of a CSV file.
public struct CSVRecord: Sendable, Hashable {
    /// From 1; where the record begins.
    public let line: Int
    public let fields: [String]

    public init(line: Int, fields: [String]) {
        self.line = line
        self.fields = fields
    }
}

/// Why a CSV text was refused.
public struct CSVError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The text ends inside quotes; `line` is where they were opened.
        case unterminatedQuote
        /// A quote that neither begins a field, ends it, nor is doubled.
        case strayQuote
        /// A carriage return that no line feed follows, outside quotes.
        case strayCarriageReturn
        case invalidUTF8
        case recordTooLong(limitBytes: Int)
    }

    public let kind: Kind
    /// From 1.
    public let line: Int

    public init(kind: Kind, line: Int) {
        self.kind = kind
        self.line = line
    }
}

extension CSVError: CustomStringConvertible {
    public var description: String { "line \(line): \(detail)" }

    /// Without the line.
    public var detail: String {
        switch kind {
        case .unterminatedQuote: "the quote opened here is never closed"
        case .strayQuote: "a quote may only begin a field, end it, or be doubled inside it"
        case .strayCarriageReturn: "a carriage return without a line feed"
        case .invalidUTF8: "the text is not UTF-8"
        case .recordTooLong(let limit): "a record of more than \(limit) bytes"
        }
    }
}

/// Reads CSV (RFC 4180) in pieces of any size: quotes, doubled quotes, line ends inside quotes, CR
/// LF or LF, a byte order mark at the start. Blanks belong to the fields; lines without any byte
/// are skipped; how many fields a record has is the caller's affair. After an error it is of no
/// use.
///
///     var reader = CSVReader()
///     for record in try reader.feed(piece) { … }
///     if let last = try reader.finish() { … }
public struct CSVReader: Sendable {
    private enum State { case fieldStart, unquoted, quoted, quoteInQuotes, carriageReturn }

    private let separator: UInt8
    private let recordLimitBytes: Int
    private var state = State.fieldStart
    private var line = 1
    private var recordLine = 1
    private var quoteLine = 1
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var recordBytes = 0
    /// A quoted field was seen, so an empty record is a field and no empty line.
    private var hasQuotes = false
    private var markBytesSeen: Int? = 0

    /// `separator` is an ASCII character such as `;` or tab. A record's limit counts the bytes of
    /// its fields and one for each field's end.
    public init(separator: UInt8 = UInt8(ascii: ","), recordLimitBytes: Int = 1 << 20) {
        self.separator = separator
        self.recordLimitBytes = recordLimitBytes
    }

    /// All records of a whole text.
    public static func records(
        in text: [UInt8], separator: UInt8 = UInt8(ascii: ","), recordLimitBytes: Int = 1 << 20
    ) throws(CSVError) -> [CSVRecord] {
        var reader = CSVReader(separator: separator, recordLimitBytes: recordLimitBytes)
        var records = try reader.feed(text[...])
        if let last = try reader.finish() { records.append(last) }
        return records
    }

    /// The records that end in this piece.
    public mutating func feed(_ piece: ArraySlice<UInt8>) throws(CSVError) -> [CSVRecord] {
        var records: [CSVRecord] = []
        for byte in piece {
            if markBytesSeen != nil, try isMark(byte) { continue }
            if let record = try step(byte) { records.append(record) }
        }
        return records
    }

    /// The last record, where the text does not end with a line end.
    public mutating func finish() throws(CSVError) -> CSVRecord? {
        if let seen = markBytesSeen, seen > 0 { throw CSVError(kind: .invalidUTF8, line: 1) }
        switch state {
        case .quoted: throw CSVError(kind: .unterminatedQuote, line: quoteLine)
        case .carriageReturn: throw error(.strayCarriageReturn)
        case .fieldStart, .unquoted, .quoteInQuotes: return try endRecord()
        }
    }

    /// Whether `byte` belongs to a byte order mark, which only the first three bytes can be.
    private mutating func isMark(_ byte: UInt8) throws(CSVError) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard let seen = markBytesSeen else { return false }
        if byte == mark[seen] {
            markBytesSeen = seen == 2 ? nil : seen + 1
            return true
        }
        markBytesSeen = nil
        for held in mark[..<seen] { _ = try step(held) }
        return false
    }

    private mutating func step(_ byte: UInt8) throws(CSVError) -> CSVRecord? {
        switch state {
        case .carriageReturn:
            guard byte == ASCII.lineFeed else { throw error(.strayCarriageReturn) }
            return try endLine()
        case .quoted:
            if byte == ASCII.quote {
                state = .quoteInQuotes
            } else {
                if byte == ASCII.lineFeed { line += 1 }
                try append(byte)
            }
            return nil
        case .fieldStart where byte == ASCII.quote:
            state = .quoted
            hasQuotes = true
            quoteLine = line
            return nil
        case .quoteInQuotes where byte == ASCII.quote:
            state = .quoted
            try append(byte)
            return nil
        case .fieldStart, .unquoted, .quoteInQuotes:
            return try stepOutsideQuotes(byte)
        }
    }

    private mutating func stepOutsideQuotes(_ byte: UInt8) throws(CSVError) -> CSVRecord? {
        switch byte {
        case separator:
            try endField()
            state = .fieldStart
        case ASCII.lineFeed:
            return try endLine()
        case ASCII.carriageReturn:
            state = .carriageReturn
        case ASCII.quote:
            throw error(.strayQuote)
        default:
            if state == .quoteInQuotes { throw error(.strayQuote) }
            state = .unquoted
            try append(byte)
        }
        return nil
    }

    private mutating func append(_ byte: UInt8) throws(CSVError) {
        try count(1)
        field.append(byte)
    }

    private mutating func count(_ bytes: Int) throws(CSVError) {
        recordBytes += bytes
        guard recordBytes <= recordLimitBytes else {
            throw CSVError(
                kind: .recordTooLong(limitBytes: recordLimitBytes), line: recordLine)
        }
    }

    private mutating func endField() throws(CSVError) {
        try count(1)
        guard UTF8Sequence.isValid(field.span) else { throw error(.invalidUTF8) }
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
    }

    private mutating func endLine() throws(CSVError) -> CSVRecord? {
        let record = try endRecord()
        line += 1
        recordLine = line
        return record
    }

    private mutating func endRecord() throws(CSVError) -> CSVRecord? {
        state = .fieldStart
        if fields.isEmpty, field.isEmpty, !hasQuotes { return nil }
        try endField()
        defer {
            fields.removeAll(keepingCapacity: true)
            recordBytes = 0
            hasQuotes = false
        }
        return CSVRecord(line: recordLine, fields: fields)
    }

    private func error(_ kind: CSVError.Kind) -> CSVError { CSVError(kind: kind, line: line) }
}
