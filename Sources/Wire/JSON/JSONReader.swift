/// Reads one JSON text (RFC 8259), value by value in the order in which they stand, without
/// building a tree.
///
///     var reader = JSONReader(bytes)
///     try reader.beginObject()
///     while let key = try reader.nextKey(in: keys) {
///         switch key {
///         case .known(.price): price = try reader.decimal()
///         case .unknown(let name): throw reader.error(.unknownKey(name))
///         }
///     }
///     try reader.finish()
///
/// `nextKey` and `nextElement` close their object or array when they have nothing more to give, and
/// skip a value that was left unread; what is skipped is checked like all else. Numbers keep their
/// digits. Refused are: invalid UTF-8, more than `depthLimit` levels, anything after the value, and
/// the `JSONDefects` that the reader was not told to tolerate. After a `wrongType` the value is
/// still unread, after a `notAnInteger`, `decimal` or `time` it is read; after any other error the
/// reader is of no further use.
public struct JSONReader: Sendable {
    /// Objects and arrays inside one another.
    public static let depthLimit = 64

    let bytes: [UInt8]
    var position = 0
    /// Of the text, from 1: where the reader stands.
    public private(set) var line = 1
    private var lineStart = 0
    private var frames: [JSONFrame] = []
    private var keys = JSONSeenKeys()
    /// A value comes next, and nobody has read it yet.
    private var valueIsDue = true
    private var key = JSONKeyToken(range: 0..<0, isPlain: true)
    private let tolerated: JSONDefects
    private var defects: JSONDefects = []

    /// The defects in `tolerated` are no errors but kept for `takeDefects()`.
    public init(_ bytes: [UInt8], tolerating tolerated: JSONDefects = []) {
        self.bytes = bytes
        self.tolerated = tolerated
        frames.reserveCapacity(8)
    }

    /// Offsets in errors count from the start of `bytes`.
    public init(_ bytes: ArraySlice<UInt8>, tolerating tolerated: JSONDefects = []) {
        self.init(Array(bytes), tolerating: tolerated)
    }

    /// The tolerated defects met since the last call.
    public mutating func takeDefects() -> JSONDefects {
        let taken = defects
        defects = []
        return taken
    }

    /// An error about the value that comes next, or else about the last one read.
    public func error(_ kind: JSONError.Kind) -> JSONError {
        error(kind, at: position)
    }

    /// What the next value is; it stays unread.
    public mutating func peek() throws(JSONError) -> JSONKind {
        guard valueIsDue else { throw error(.nothingToRead) }
        skipBlanks()
        let byte = try byteHere()
        switch byte {
        case ASCII.quote: return .string
        case ASCII.zero...ASCII.nine, ASCII.minus: return .number
        case ASCII.openBrace: return .object
        case ASCII.openBracket: return .array
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw error(.unexpectedByte(byte, expected: "a value"))
        }
    }

    /// Ends the reading: every object and array has to be closed, and only blanks may follow.
    public mutating func finish() throws(JSONError) {
        guard frames.isEmpty else { throw error(.nothingToRead) }
        if valueIsDue { try skip() }
        skipBlanks()
        if position < bytes.count { throw error(.trailingData) }
    }

    /// Reads the next value, whatever it is, and forgets it.
    public mutating func skip() throws(JSONError) {
        let depth = frames.count
        try skipOrOpen()
        while let frame = frames.last, frames.count > depth {
            let more = frame.isObject ? try advanceToKey() : try nextElement()
            if more { try skipOrOpen() }
        }
    }

    private mutating func skipOrOpen() throws(JSONError) {
        switch try peek() {
        case .null: try word("null")
        case .bool: _ = try bool()
        case .number: _ = try numberRange()
        case .string: _ = try stringToken()
        case .array: try beginArray()
        case .object: try beginObject()
        }
    }

    // MARK: Objects and arrays

    public mutating func beginObject() throws(JSONError) {
        try expect(.object)
        try push(JSONFrame(isObject: true))
        keys.open()
    }

    public mutating func beginArray() throws(JSONError) {
        try expect(.array)
        try push(JSONFrame(isObject: false))
    }

    /// False where the array that was begun last has no further element: it is closed then.
    public mutating func nextElement() throws(JSONError) -> Bool {
        guard let frame = frames.last, !frame.isObject else { throw error(.nothingToRead) }
        if valueIsDue { try skip() }
        skipBlanks()
        let byte = try byteHere()
        if byte == ASCII.closeBracket {
            frames.removeLast()
            position += 1
            return false
        }
        if frame.count > 0 {
            guard byte == ASCII.comma else {
                throw error(.unexpectedByte(byte, expected: "“,” or “]”"))
            }
            position += 1
        }
        frames[frames.count - 1].count += 1
        valueIsDue = true
        return true
    }

    /// Nil where the object that was begun last has no further key: it is closed then.
    public mutating func nextKey() throws(JSONError) -> String? {
        try advanceToKey() ? currentKey : nil
    }

    /// As `nextKey()`, but looks the key up without making a `String` of it.
    @inlinable
    public mutating func nextKey<Key>(in keys: JSONKeys<Key>) throws(JSONError) -> JSONKey<Key>? {
        guard try advanceToKey() else { return nil }
        guard let place = place(in: keys.table) else { return .unknown(currentKey) }
        return .known(keys.all[place])
    }

    @usableFromInline
    var currentKey: String { String(decoding: key.text(in: bytes), as: UTF8.self) }

    @usableFromInline
    mutating func place(in table: JSONKeyTable) -> Int? {
        if key.isPlain { return table.place(of: bytes.span, key.range) }
        let text = key.text(in: bytes)
        return table.place(of: text.span, 0..<text.count)
    }

    @usableFromInline
    mutating func advanceToKey() throws(JSONError) -> Bool {
        guard let frame = frames.last, frame.isObject else { throw error(.nothingToRead) }
        if valueIsDue { try skip() }
        skipBlanks()
        var byte = try byteHere()
        if byte == ASCII.closeBrace {
            keys.close()
            frames.removeLast()
            position += 1
            return false
        }
        if frame.count > 0 {
            guard byte == ASCII.comma else {
                throw error(.unexpectedByte(byte, expected: "“,” or “}”"))
            }
            position += 1
            skipBlanks()
            byte = try byteHere()
        }
        guard byte == ASCII.quote else {
            throw error(.unexpectedByte(byte, expected: "a key in quotes"))
        }
        let start = position
        key = try scanString()
        frames[frames.count - 1].key = key
        frames[frames.count - 1].count += 1
        if !keys.insert(key, of: bytes) { try note(.duplicateKey, at: start) }
        skipBlanks()
        byte = try byteHere()
        guard byte == ASCII.colon else {
            throw error(.unexpectedByte(byte, expected: "“:”"))
        }
        position += 1
        valueIsDue = true
        return true
    }

    private mutating func push(_ frame: JSONFrame) throws(JSONError) {
        guard frames.count < Self.depthLimit else { throw error(.tooDeep) }
        frames.append(frame)
        position += 1
        valueIsDue = false
    }

    // MARK: Tokens

    /// Checks that the next value is of this kind, and goes to its first byte.
    mutating func expect(_ kind: JSONKind) throws(JSONError) {
        let found = try peek()
        if found != kind { throw error(.wrongType(expected: kind, found: found)) }
    }

    /// Reads `text`, whose first letter `peek` has seen.
    mutating func word(_ text: String) throws(JSONError) {
        for letter in text.utf8 {
            let byte = try byteHere()
            guard byte == letter else {
                throw error(.unexpectedByte(byte, expected: "“\(text)”"))
            }
            position += 1
        }
        valueIsDue = false
    }

    /// Reads the string that `peek` has seen.
    mutating func stringToken() throws(JSONError) -> JSONKeyToken {
        let token = try scanString()
        valueIsDue = false
        return token
    }

    /// Reads the number that `peek` has seen.
    mutating func numberRange() throws(JSONError) -> Range<Int> {
        let start = position
        let token = JSONScan.number(bytes.span, from: start)
        guard token.isSound else { throw error(.badNumber, at: token.end) }
        if !token.defects.isEmpty { try note(token.defects, at: start) }
        position = token.end
        valueIsDue = false
        return start..<token.end
    }

    private mutating func scanString() throws(JSONError) -> JSONKeyToken {
        let start = position + 1
        let token = JSONScan.string(bytes.span, from: start)
        if let fault = token.fault { throw error(fault, at: token.end) }
        if !token.defects.isEmpty { try note(token.defects, at: position) }
        position = token.end + 1
        return JSONKeyToken(range: start..<token.end, isPlain: token.isPlain)
    }

    private mutating func note(_ found: JSONDefects, at offset: Int) throws(JSONError) {
        let refused = found.subtracting(tolerated)
        if !refused.isEmpty { throw error(.defect(refused), at: offset) }
        defects.formUnion(found)
    }

    // MARK: Places

    @inline(__always)
    private mutating func skipBlanks() {
        // Mostly there are none.
        if position < bytes.count, bytes[position] > ASCII.blank { return }
        skipSomeBlanks()
    }

    private mutating func skipSomeBlanks() {
        let blanks = JSONScan.blanks(bytes.span, from: position)
        position = blanks.end
        if blanks.lineFeeds > 0 {
            line += blanks.lineFeeds
            lineStart = blanks.lineStart
        }
    }

    @inline(__always)
    private func byteHere() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[position]
    }

    func error(_ kind: JSONError.Kind, at offset: Int) -> JSONError {
        let offset = min(offset, bytes.count)
        let start = min(lineStart, offset)
        let scalars = bytes[start..<offset].lazy.filter { !UTF8Sequence.isContinuation($0) }
        return JSONError(
            kind: kind, path: JSONPath.text(of: frames, in: bytes), byteOffset: offset,
            line: line, column: scalars.count + 1)
    }
}
