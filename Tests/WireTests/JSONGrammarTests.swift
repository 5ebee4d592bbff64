import Testing
import Wire

struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", " \t\r\n null \n", "0", "-0", "0.0", "1e5", "1E+05", "-12.50e-07",
        "123456789012345678901234567890.000000000000000001", "\"\"", "\"a b\"",
        #""\"\\\/\b\f\n\r\t""#, #""\u00e9""#, #""\uD83D\uDE00""#, #""\ud83d\ude00""#,
        "\"é€😀\"", "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "[]", "[ ]", "{}",
        "{ }", "[1,2]", "[ 1 , [ ] , { } ]", #"{"a":1}"#,
        #"{ "a" : { "a" : [ { "a" : null } ] } }"#,
        #"{"":0}"#, #"[{"a":1},{"a":2}]"#, #"{"a":{"b":1},"b":2}"#,
    ])
    func `sound texts are read`(_ text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.description) == value)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd),
            ("  ", .unexpectedEnd),
            ("[", .unexpectedEnd),
            ("[1", .unexpectedEnd),
            ("[1,", .unexpectedEnd),
            ("{", .unexpectedEnd),
            (#"{"a""#, .unexpectedEnd),
            (#"{"a":"#, .unexpectedEnd),
            (#"{"a":1"#, .unexpectedEnd),
            (#"{"a":1,"#, .unexpectedEnd),
            ("tru", .unexpectedEnd),
            ("\"abc", .unexpectedEnd),
            ("\"", .unexpectedEnd),
            ("null null", .trailingData),
            ("[] ]", .trailingData),
            ("{}x", .trailingData),
            ("1 2", .trailingData),
            ("00", .badNumber),
            ("01", .badNumber),
            ("-", .badNumber),
            ("-a", .badNumber),
            ("-01", .badNumber),
            ("1.", .badNumber),
            ("1.e5", .badNumber),
            ("1e", .badNumber),
            ("1e+", .badNumber),
            ("1ee5", .badNumber),
            ("1.2.3", .trailingData),
            ("0x10", .trailingData),
            (#""\a""#, .badEscape),
            (#""\u12""#, .badEscape),
            (#""\u12g4""#, .badEscape),
            (#""\U0041""#, .badEscape),
            (#""\"#, .badEscape),
            ("\"a\nb\"", .controlCharacter(0x0A)),
            ("\"a\tb\"", .controlCharacter(0x09)),
            ("\"\u{0}\"", .controlCharacter(0x00)),
            ("\"\u{1F}\"", .controlCharacter(0x1F)),
            (#""\ud800""#, .defect(.loneSurrogate)),
            (#""\udc00""#, .defect(.loneSurrogate)),
            (#""\ud800\ud800""#, .defect(.loneSurrogate)),
            (#""\ud800x""#, .defect(.loneSurrogate)),
            (#""\udc00\ud800""#, .defect(.loneSurrogate)),
            (#"{"\ud800":1}"#, .defect(.loneSurrogate)),
            (#""a\u0000b""#, .defect(.nul)),
            (#"{"\u0000":1}"#, .defect(.nul)),
            (#"{"a":1,"a":1}"#, .defect(.duplicateKey)),
            (#"{"a":1,"\u0061":1}"#, .defect(.duplicateKey)),
            (#"{"\u0061":1,"a":1}"#, .defect(.duplicateKey)),
            (#"{"x":{"a":1,"b":2,"a":1}}"#, .defect(.duplicateKey)),
            ("1e1001", .defect(.extremeNumber)),
            ("-1e-1001", .defect(.extremeNumber)),
            ("1e99999999999999999999999999", .defect(.extremeNumber)),
        ] as [(String, JSONError.Kind)])
    func `unsound texts are refused`(_ text: String, _ kind: JSONError.Kind) {
        #expect(refusal(of: Array(text.utf8)) == kind)
        // The same when nobody looks at the value.
        #expect(refusalWhenSkipped(Array(text.utf8)) == kind)
    }

    @Test(arguments: [
        "]", "}", ",", ":", "[,1]", "[1,]", "[1 2]", "[1}", "{]", "{,}", #"{"a":1,}"#, #"{"a" 1}"#,
        #"{"a"=1}"#, #"{"a":1 "b":2}"#, "{1:2}", "{a:1}", "{'a':1}", "'a'", "+1", ".5", "NaN",
        "Infinity", "-Infinity", "nul1", "True", "// c\n1", "/* */1", "\u{FEFF}1", "[1;2]",
        "\u{A0}1",
        "undefined", "{\"a\":}", "[\u{0}]", "\u{B}1",
    ])
    func `a byte that cannot stand there is refused`(_ text: String) {
        switch refusal(of: Array(text.utf8)) {
        case .unexpectedByte, .badNumber: break
        case let other: Issue.record("\(text): \(String(describing: other))")
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused`(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(refusal(of: [quote] + bytes + [quote]) == .invalidUTF8)
        #expect(refusal(of: [quote] + bytes) == .invalidUTF8)
    }

    @Test func `every scalar of Unicode is read as it is, plain and escaped`() throws {
        let digits = Array("0123456789abcdef".utf8)
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else {
                continue
            }
            let plain = "\"\(scalar)\""
            #expect(try JSONValue(parsing: plain).string?.unicodeScalars.first == scalar)
            var escaped = "\""
            for unit in String(scalar).utf16 {
                let nibbles = [12, 8, 4, 0].map { digits[Int(unit >> $0 & 15)] }
                escaped += "\\u" + String(decoding: nibbles, as: UTF8.self)
            }
            escaped += "\""
            #expect(try JSONValue(parsing: escaped).string?.unicodeScalars.first == scalar)
        }
    }

    @Test func `64 levels are read and 65 are not`() throws {
        func nested(_ levels: Int, _ open: String, _ close: String) -> [UInt8] {
            Array(
                (String(repeating: open, count: levels) + String(repeating: close, count: levels))
                    .utf8)
        }
        #expect(refusal(of: nested(64, "[", "]")) == nil)
        #expect(refusal(of: nested(65, "[", "]")) == .tooDeep)
        #expect(refusal(of: nested(100_000, "[", "]")) == .tooDeep)
        #expect(refusalWhenSkipped(nested(64, "[", "]")) == nil)
        #expect(refusalWhenSkipped(nested(65, "[", "]")) == .tooDeep)
        let objects = Array(String(repeating: #"{"a":"#, count: 65).utf8)
        #expect(refusal(of: objects) == .tooDeep)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 40, 1_000])
    func `a duplicate key is found among many`(_ count: Int) {
        let keys = (0..<count).map { #""k\#($0)":0"# }
        let sound = "[{\(keys.joined(separator: ","))},{\"k0\":1}]"
        #expect(refusal(of: Array(sound.utf8)) == nil)
        for twin in [0, count / 2, count - 1] {
            let text = "{\(keys.joined(separator: ",")),\"k\(twin)\":1}"
            #expect(refusal(of: Array(text.utf8)) == .defect(.duplicateKey))
            let escaped = "{\(keys.joined(separator: ",")),\"\\u006b\(twin)\":1}"
            #expect(refusal(of: Array(escaped.utf8)) == .defect(.duplicateKey))
        }
    }

    @Test func `keys that are only canonically equivalent are two`() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }

    @Test func `tolerated defects are reported and not thrown`() throws {
        let cases: [(String, JSONDefects)] = [
            (#"["\ud800"]"#, .loneSurrogate),
            (#"["\u0000"]"#, .nul),
            (#"[{"a":1,"a":2}]"#, .duplicateKey),
            ("[1e5000]", .extremeNumber),
            (#"[{"\u0000":"\udfff","\u0000":1}]"#, [.nul, .loneSurrogate, .duplicateKey]),
            (#"[1,"a",{"b":2}]"#, []),
        ]
        for (text, defects) in cases {
            var reader = JSONReader(Array(text.utf8), tolerating: .all)
            _ = try JSONValue(from: &reader)
            try reader.finish()
            #expect(reader.takeDefects() == defects)
            #expect(reader.takeDefects() == [])
        }
    }

    @Test func `only what was asked for is tolerated`() throws {
        let nul = Array(#""a\u0000b""#.utf8)
        #expect(try JSONValue(parsing: nul, tolerating: .nul).string == "a\u{0}b")
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: Array(#""\ud800""#.utf8), tolerating: .nul)
        }
    }

    @Test func `different lone surrogates are different keys`() throws {
        var reader = JSONReader(Array(#"{"\ud800":1,"\ud801":2}"#.utf8), tolerating: .all)
        try reader.skip()
        #expect(reader.takeDefects() == .loneSurrogate)
    }

    @Test func `a number of 1000 bytes is read and one of 1001 is not`() {
        #expect(refusal(of: Array(String(repeating: "7", count: 1_000).utf8)) == nil)
        #expect(
            refusal(of: Array(String(repeating: "7", count: 1_001).utf8))
                == .defect(.extremeNumber))
        #expect(refusal(of: Array("1e1000".utf8)) == nil)
    }

    private func refusal(of bytes: [UInt8]) -> JSONError.Kind? {
        do {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error.kind
        }
    }

    private func refusalWhenSkipped(_ bytes: [UInt8]) -> JSONError.Kind? {
        var reader = JSONReader(bytes)
        do {
            try reader.finish()
            return nil
        } catch {
            return error.kind
        }
    }
}
