import Markup
import Testing

/// XML from chunks: what is read, where it stood, and what is refused.
@Suite struct XMLReaderTests {
    private func events(
        _ text: String, piece: Int = 3, _ limits: XMLReader.Limits = .init()
    ) throws -> [XMLEvent] {
        let reader = try #require(XMLReader(limits: limits))
        var events: [XMLEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try reader.feed(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        return events + (try reader.finish())
    }

    private func refusal(
        _ text: String, piece: Int = 3, _ limits: XMLReader.Limits = .init()
    ) throws -> XMLError {
        let error = #expect(throws: XMLError.self) {
            try events(text, piece: piece, limits)
        }
        return try #require(error)
    }

    private let sample = """
        <?xml version="1.0" encoding="UTF-8"?>
        <a x="1 &amp; 2"><!-- <c/> -->
          text <b
            y='&#x20AC;"'/>
        </a>
        """

    @Test(arguments: [1, 2, 7, 1000])
    func `elements come with their attributes and lines, however the text is cut`(
        _ piece: Int
    ) throws {
        #expect(
            try events(sample, piece: piece) == [
                .start(XMLElement(name: "a", attributes: ["x": "1 & 2"], line: 2)),
                .start(XMLElement(name: "b", attributes: ["y": "€\""], line: 3)),
                .end(name: "b"), .end(name: "a"),
            ])
    }

    @Test func `a UTF-16 document is read as one of UTF-8 is`() throws {
        let reader = try #require(XMLReader())
        let units = [UInt16(0xFEFF)] + Array("<a b=\"é\"/>".utf16)
        let bytes = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let events = try reader.feed(bytes[...]) + reader.finish()
        #expect(events.first == .start(XMLElement(name: "a", attributes: ["b": "é"], line: 1)))
    }

    @Test(arguments: [
        ("<a>\n<b></a>", 2), ("<a>", 1), ("", 1), ("<a/><b/>", 1), ("<a x=1/>", 1),
        ("<a>&undefined;</a>", 1), ("<a x=\"1\" x=\"2\"/>", 1), ("<a b=\"\u{1}\"/>", 1),
    ])
    func `what is not well formed is refused with its line`(_ text: String, _ line: Int) throws {
        let error = try refusal(text)
        #expect(error.line == line)
        #expect(error.description.contains("no well-formed XML: "))
    }

    @Test func `an entity bomb is refused before it can go off`() throws {
        var entities = "<!ENTITY e0 \"ha\">"
        for level in 1...30 {
            entities += "<!ENTITY e\(level) \"&e\(level - 1);&e\(level - 1);\">"
        }
        let error = try refusal("<!DOCTYPE a [\(entities)]><a>&e30;</a>", piece: 4096)
        #expect(error.kind == .documentType)
    }

    @Test func `a file from outside is never read`() throws {
        let text = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"
        #expect(try refusal(text).kind == .documentType)
        #expect(try refusal("<!DOCTYPE a SYSTEM \"a.dtd\"><a/>").kind == .documentType)
    }

    @Test func `depth, attributes and the length of an element have their limits`() throws {
        var limits = XMLReader.Limits()
        limits.depth = 3
        #expect(try events("<a><b><c/></b></a>", limits).count == 6)
        #expect(try refusal("<a><b><c><d/></c></b></a>", limits).kind == .tooDeep(limit: 3))
        limits.attributes = 2
        #expect(
            try refusal("<a b='' c='' d=''/>", limits).kind == .tooManyAttributes(limit: 2))
        limits.markupBytes = 100
        let long = "<a b='" + String(repeating: "x", count: 200)
        #expect(try refusal(long, limits).kind == .tooLong(limitBytes: 100))
        #expect(try events("<a>" + String(repeating: "<b/>", count: 1000) + "</a>").count == 2002)
    }

    @Test func `a long text between elements costs nothing`() throws {
        var limits = XMLReader.Limits()
        limits.markupBytes = 100
        let text = "<a>" + String(repeating: "words ", count: 5000) + "</a>"
        #expect(try events(text, piece: 64, limits).count == 2)
    }
}
