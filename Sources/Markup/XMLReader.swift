import CExpat

/// An element where it begins.
public struct XMLElement: Sendable, Hashable {
    public let name: String
    public let attributes: [String: String]
    /// Of the document, from 1.
    public let line: Int

    public init(name: String, attributes: [String: String], line: Int) {
        self.name = name
        self.attributes = attributes
        self.line = line
    }
}

/// What a document's markup says, one after the other. Text between elements is passed over.
public enum XMLEvent: Sendable, Hashable {
    case start(XMLElement)
    case end(name: String)
}

/// Reads an XML document in pieces of any size, by libexpat.
///
/// Well-formed XML of UTF-8, UTF-16, ISO-8859-1 or ASCII alone. Document type declarations are
/// refused, and with them every entity that a document could define; nothing outside the document
/// is ever read. After an error it is of no use.
public final class XMLReader {
    /// What a document may have at most.
    public struct Limits: Sendable {
        /// Elements inside one another.
        public var depth = 64
        /// Of one element.
        public var attributes = 512
        /// From an element's `<` to its `>`, and of every other piece of markup.
        public var markupBytes = 1 << 20

        public init() {}
    }

    private let limits: Limits
    private let parser: OpaquePointer
    private let sink: XMLSink
    private var bytesFed = 0

    /// Nil where there is no memory.
    public init?(limits: Limits = Limits()) {
        guard let parser = XML_ParserCreate(nil) else { return nil }
        self.limits = limits
        self.parser = parser
        sink = XMLSink(parser, limits)
        XML_SetUserData(parser, Unmanaged.passUnretained(sink).toOpaque())
        XML_SetElementHandler(
            parser,
            { user, name, attributes in XMLSink.of(user)?.begin(name, attributes) },
            { user, name in XMLSink.of(user)?.end(name) })
        XML_SetStartDoctypeDeclHandler(parser) { user, _, _, _, _ in
            XMLSink.of(user)?.stop(.documentType)
        }
    }

    deinit { XML_ParserFree(parser) }

    /// What this piece completes.
    public func feed(_ piece: ArraySlice<UInt8>) throws(XMLError) -> [XMLEvent] {
        // Expat counts in C's int, and looks again at unfinished markup with every call.
        var rest = piece
        var events: [XMLEvent] = []
        while !rest.isEmpty {
            let part = rest.prefix(1 << 16)
            rest = rest.dropFirst(part.count)
            events += try parse(part, isLast: false)
        }
        return events
    }

    /// The document has ended.
    public func finish() throws(XMLError) -> [XMLEvent] { try parse([], isLast: true) }

    private func parse(
        _ part: ArraySlice<UInt8>, isLast: Bool
    ) throws(XMLError) -> [XMLEvent] {
        bytesFed += part.count
        let status = part.withUnsafeBytes { bytes in
            XML_Parse(
                parser, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count),
                isLast ? 1 : 0)
        }
        let line = Int(XML_GetCurrentLineNumber(parser))
        if let refused = sink.refused { throw XMLError(kind: refused, line: line) }
        guard status == XML_STATUS_OK else {
            let code = XML_GetErrorCode(parser)
            let words = XML_ErrorString(code).map { String(cString: $0) } ?? "unreadable"
            throw XMLError(kind: .malformed(words), line: line)
        }
        guard bytesFed - Int(XML_GetCurrentByteIndex(parser)) <= limits.markupBytes + part.count
        else {
            throw XMLError(kind: .tooLong(limitBytes: limits.markupBytes), line: line)
        }
        return sink.take()
    }
}

/// What libexpat's callbacks write to.
private final class XMLSink {
    private let parser: OpaquePointer
    private let limits: XMLReader.Limits
    private var events: [XMLEvent] = []
    private var depth = 0
    private(set) var refused: XMLError.Kind?

    init(_ parser: OpaquePointer, _ limits: XMLReader.Limits) {
        self.parser = parser
        self.limits = limits
    }

    static func of(_ user: UnsafeMutableRawPointer?) -> XMLSink? {
        user.map { Unmanaged<XMLSink>.fromOpaque($0).takeUnretainedValue() }
    }

    func take() -> [XMLEvent] {
        defer { events = [] }
        return events
    }

    func stop(_ reason: XMLError.Kind) {
        if refused == nil { refused = reason }
        XML_StopParser(parser, 0)
    }

    func begin(
        _ name: UnsafePointer<CChar>?,
        _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
        guard refused == nil, let name, let attributes else { return }
        depth += 1
        guard depth <= limits.depth else { return stop(.tooDeep(limit: limits.depth)) }
        var values: [String: String] = [:]
        var place = 0
        while let key = attributes[place], let value = attributes[place + 1] {
            guard values.count < limits.attributes else {
                return stop(.tooManyAttributes(limit: limits.attributes))
            }
            values[String(cString: key)] = String(cString: value)
            place += 2
        }
        let line = Int(XML_GetCurrentLineNumber(parser))
        events.append(
            .start(XMLElement(name: String(cString: name), attributes: values, line: line)))
    }

    func end(_ name: UnsafePointer<CChar>?) {
        guard refused == nil, let name else { return }
        depth -= 1
        events.append(.end(name: String(cString: name)))
    }
}
