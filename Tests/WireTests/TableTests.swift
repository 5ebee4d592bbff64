import Testing
import Wire

struct CSVTests {
    @Test(
        arguments: [
            ("", []),
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("a\r\n\r\n\nb\n", [["a"], ["b"]]),
            (",\n", [["", ""]]),
            ("\"\"\n", [[""]]),
            ("\"\"", [[""]]),
            ("a,", [["a", ""]]),
            ("\"a,b\",\"c\"\"d\",\"e\r\nf\"\r\n", [["a,b", "c\"d", "e\r\nf"]]),
            ("\"\"\"\"", [["\""]]),
            (" a , b ", [[" a ", " b "]]),
            ("é,😀\n", [["é", "😀"]]),
            ("\u{FEFF}a,b\n", [["a", "b"]]),
            ("\u{FEFF}\"a\"\n", [["a"]]),
            ("\u{FEFF}", []),
            ("a\n\u{FEFF}b", [["a"], ["\u{FEFF}b"]]),
            ("=1+1,@x", [["=1+1", "@x"]]),
            ("'a','b'", [["'a'", "'b'"]]),
        ] as [(String, [[String]])])
    func `records are read`(_ text: String, _ expected: [[String]]) throws {
        let records = try CSVReader.records(in: Array(text.utf8))
        #expect(records.map(\.fields) == expected)
    }

    @Test(
        arguments: [
            ("a\n\"b", .unterminatedQuote, 2),
            ("\"a\nb\nc", .unterminatedQuote, 1),
            ("x,y\n1,\"2\n\n3\n", .unterminatedQuote, 2),
            ("a\nb\"c\n", .strayQuote, 2),
            ("\"a\"b\n", .strayQuote, 1),
            ("\"a\" ,b\n", .strayQuote, 1),
            ("\"a\nb\"c", .strayQuote, 2),
            (" \"a\"", .strayQuote, 1),
            ("a\rb\n", .strayCarriageReturn, 1),
            ("a\n\r", .strayCarriageReturn, 2),
            ("a\r\r\n", .strayCarriageReturn, 1),
        ] as [(String, CSVError.Kind, Int)])
    func `broken texts are refused with their line`(
        _ text: String, _ kind: CSVError.Kind, _ line: Int
    ) {
        #expect(throws: CSVError(kind: kind, line: line)) {
            try CSVReader.records(in: Array(text.utf8))
        }
    }

    @Test(arguments: [[0xFF], [0xC3], [0xEF], [0xEF, 0xBB], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func `bytes that are no UTF-8 are refused`(_ bytes: [UInt8]) {
        #expect(throws: CSVError(kind: .invalidUTF8, line: 1)) {
            try CSVReader.records(in: bytes)
        }
        #expect(throws: CSVError(kind: .invalidUTF8, line: 2)) {
            try CSVReader.records(in: Array("a\n".utf8) + bytes)
        }
    }

    @Test func `lines are counted through quoted line ends and empty lines`() throws {
        let text = "a\n\n\"b\nb\",c\r\nd"
        let records = try CSVReader.records(in: Array(text.utf8))
        #expect(records.map(\.line) == [1, 3, 5])
    }

    @Test(arguments: ["12345678,", "\"12345678\",", "\"1\n345678\"", "1,3,5,7,9", ",,,,,,,,,"])
    func `a record may be as long as the limit and no longer`(_ record: String) throws {
        let text = Array("a\n\(record)\nb\n".utf8)
        #expect(try CSVReader.records(in: text, recordLimitBytes: 10).count == 3)
        #expect(throws: CSVError(kind: .recordTooLong(limitBytes: 7), line: 2)) {
            try CSVReader.records(in: text, recordLimitBytes: 7)
        }
    }

    @Test func `quotes that are never closed are cut off at one mebibyte`() {
        let text = Array("a\n\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20 + 1)
        #expect(throws: CSVError(kind: .recordTooLong(limitBytes: 1 << 20), line: 2)) {
            try CSVReader.records(in: text)
        }
    }

    @Test func `another separator can be asked for`() throws {
        let records = try CSVReader.records(
            in: Array("a;b,c\n".utf8), separator: UInt8(ascii: ";"))
        #expect(records.map(\.fields) == [["a", "b,c"]])
    }

    @Test(
        arguments: [
            (["a", "b c", " d "], "a,b c, d \r\n"),
            (["a,b", "c\"d", "e\nf", "g\rh"], "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\"\r\n"),
            ([""], "\"\"\r\n"),
            (["", ""], ",\r\n"),
            (["=1+1", "+x", "-5", "@y"], "=1+1,+x,-5,@y\r\n"),
            (["\u{FEFF}x"], "\"\u{FEFF}x\"\r\n"),
        ] as [([String], String)])
    func `fields are quoted where they need it`(_ fields: [String], _ text: String) {
        var bytes: [UInt8] = []
        CSVWriter.append(fields, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [51, 52, 53] as [UInt64])
    func `any table comes back, in whatever pieces it comes`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let characters = ["a", "b", " ", ",", "\"", "\n", "\r", "\r\n", "é", "😀", "\u{FEFF}", ";"]
        for _ in 0..<300 {
            let table = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                (0..<Int.random(in: 1..<5, using: &random)).map { _ in
                    (0..<Int.random(in: 0..<5, using: &random)).map { _ in random.pick(characters) }
                        .joined()
                }
            }
            var bytes: [UInt8] = []
            for fields in table { CSVWriter.append(fields, to: &bytes) }
            let records = try CSVReader.records(in: bytes)
            #expect(
                records.map { $0.fields.map { Array($0.utf8) } }
                    == table.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
            #expect(try inPieces(bytes, &random) == records, "seed \(seed)")
        }
    }

    @Test(arguments: [61, 62, 63] as [UInt64])
    func `a mutated table is refused or read, the same in pieces`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sound = Array("\u{FEFF}a,\"b\"\"\",c\r\n\"x\ny\",\"\",é\n1,2,3".utf8)
        for _ in 0..<3_000 {
            let bytes = random.mutate(sound, with: Array(",\"\r\n a".utf8))
            let whole = Result { () throws(CSVError) in try CSVReader.records(in: bytes) }
            let pieces = Result { () throws(CSVError) in try inPieces(bytes, &random) }
            #expect(whole == pieces, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func inPieces(
        _ bytes: [UInt8], _ random: inout SeededGenerator
    ) throws(CSVError) -> [CSVRecord] {
        var reader = CSVReader()
        var records: [CSVRecord] = []
        for piece in random.pieces(of: bytes) { records += try reader.feed(piece) }
        if let last = try reader.finish() { records.append(last) }
        return records
    }
}

struct LineSplitterTests {
    private func lines(_ text: String, limitBytes: Int = 1 << 20) -> [String] {
        var splitter = LineSplitter(limitBytes: limitBytes)
        var lines = splitter.feed(Array(text.utf8)[...])
        if let last = splitter.finish() { lines.append(last) }
        return lines.map { line in
            "\(line.number):" + (line.content.map { String(decoding: $0, as: UTF8.self) } ?? "LONG")
        }
    }

    @Test func `lines are cut, counted, and blank ones left out`() {
        #expect(lines("") == [])
        #expect(lines("\n\r\n  \t\n") == [])
        #expect(lines("a\nb") == ["1:a", "2:b"])
        #expect(lines("a\r\n\r\n\nb\r\n") == ["1:a", "4:b"])
        #expect(lines(" a \r\n") == ["1: a "])
        #expect(lines("a\rb\n") == ["1:a\rb"])
        #expect(lines("a\r") == ["1:a"])
    }

    @Test func `a line that is too long is told and the next one is read`() {
        #expect(
            lines("12345\n1234\n12345\r\n1234\r\n", limitBytes: 4) == [
                "1:LONG", "2:1234", "3:LONG", "4:1234",
            ])
        #expect(lines("12345", limitBytes: 4) == ["1:LONG"])
        #expect(lines("1234", limitBytes: 4) == ["1:1234"])
        #expect(lines("1234567890\nx", limitBytes: 4) == ["1:LONG", "2:x"])
    }

    @Test(arguments: [71, 72] as [UInt64])
    func `lines do not depend on the pieces that they come in`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                random.pick(Array("ab \t\r\n\n".utf8))
            }
            var whole = LineSplitter(limitBytes: 6)
            var pieces = LineSplitter(limitBytes: 6)
            let expected = whole.feed(bytes[...]) + [whole.finish()].compactMap { $0 }
            var found: [LineSplitter.Line] = []
            for piece in random.pieces(of: bytes) { found += pieces.feed(piece) }
            found += [pieces.finish()].compactMap { $0 }
            #expect(found == expected, "seed \(seed)")
            #expect(expected == naive(bytes, limitBytes: 6), "seed \(seed)")
        }
    }

    private func naive(_ bytes: [UInt8], limitBytes: Int) -> [LineSplitter.Line] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if content.count > limitBytes { return .init(number: index + 1, content: nil) }
            if content.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { return nil }
            return .init(number: index + 1, content: content)
        }
    }
}
