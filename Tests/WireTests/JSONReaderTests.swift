import Ledger
import Testing
import Wire

struct JSONReaderTests {
    private enum Key: String, CaseIterable, Sendable {
        case id, side, price, quantity, flags, note
        case time = "exec_time"
    }

    private let keys = JSONKeys<Key>()

    @Test func `values are pulled in the order in which they stand`() throws {
        let text = """
            {"id": 7, "side": "BUY", "price": "0.50", "quantity": 1e-07,
             "flags": [true, false, null], "exec_time": "2026-02-19T14:32:00.5+02:00", "note": {"x": [ 1 ]}}
            """
        var reader = JSONReader(Array(text.utf8))
        var seen: [Key] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            guard case .known(let key) = key else {
                Issue.record("\(key)")
                continue
            }
            seen.append(key)
            switch key {
            case .id: #expect(try reader.integer() == 7)
            case .side: #expect(try reader.string() == "BUY")
            case .price: #expect(try reader.decimal() == Decimal(parsing: "0.5"))
            case .quantity: #expect(try reader.decimal() == Decimal(parsing: "0.0000001"))
            case .flags:
                try reader.beginArray()
                #expect(try reader.nextElement() && reader.bool())
                #expect(try reader.nextElement() && !reader.takeNull() && !reader.bool())
                #expect(try reader.nextElement() && reader.takeNull())
                #expect(try !reader.nextElement())
            case .time:
                #expect(try reader.time().description == "2026-02-19T12:32:00.500000Z")
            case .note:
                #expect(try String(decoding: reader.raw(), as: UTF8.self) == #"{"x": [ 1 ]}"#)
            }
        }
        try reader.finish()
        #expect(seen == [.id, .side, .price, .quantity, .flags, .time, .note])
    }

    @Test func `keys are known however they are escaped, and unknown ones are named`() throws {
        let text = #"{"\u0069d":1,"ID":2,"i":3,"prices":4,"":5,"pric\u00e9":6,"exec_time":7}"#
        var reader = JSONReader(Array(text.utf8))
        var known: [Key] = []
        var unknown: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case .known(let key): known.append(key)
            case .unknown(let name): unknown.append(name)
            }
        }
        try reader.finish()
        #expect(known == [.id, .time])
        #expect(unknown == ["ID", "i", "prices", "", "pricé"])
    }

    @Test func `what is left unread is skipped, but checked`() throws {
        var reader = JSONReader(Array(#"{"a":{"b":[1,{"c":2}]},"d":3}"#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        #expect(try reader.nextKey() == "d")
        #expect(try reader.nextKey() == nil)
        try reader.finish()

        var broken = JSONReader(Array(#"[{"b":[1,]},2]"#.utf8))
        try broken.beginArray()
        #expect(try broken.nextElement())
        #expect(throws: JSONError.self) { try broken.nextElement() }
    }

    @Test func `a value of the wrong type stays unread`() throws {
        var reader = JSONReader(Array(#"["x",1]"#.utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(throws: JSONError.self) { try reader.integer() }
        #expect(try reader.string() == "x")
        #expect(try reader.nextElement())
        #expect(throws: JSONError.self) { try reader.string() }
        #expect(try reader.integer() == 1)
        #expect(try !reader.nextElement())
        try reader.finish()
    }

    @Test func `asking for what is not there is an error and not a trap`() throws {
        var reader = JSONReader(Array(#"{"a":[1]}"#.utf8))
        #expect(nothingToRead { _ = try reader.nextKey() })
        #expect(nothingToRead { _ = try reader.nextElement() })
        try reader.beginObject()
        #expect(nothingToRead { _ = try reader.peek() })
        #expect(nothingToRead { _ = try reader.string() })
        #expect(nothingToRead { _ = try reader.nextElement() })
        #expect(nothingToRead { try reader.finish() })
        #expect(try reader.nextKey() == "a")
        try reader.beginArray()
        #expect(nothingToRead { _ = try reader.nextKey() })
        #expect(try reader.nextElement())
        #expect(try reader.integer() == 1)
        #expect(nothingToRead { _ = try reader.integer() })
        #expect(try !reader.nextElement())
        #expect(try reader.nextKey() == nil)
        #expect(nothingToRead { _ = try reader.nextKey() })
        try reader.finish()
        try reader.finish()
    }

    private func nothingToRead(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            return (error as? JSONError)?.kind == .nothingToRead
        }
    }

    @Test(arguments: [
        ("1.5", JSONError.Kind.notAnInteger), ("1e2", .notAnInteger),
        ("9223372036854775808", .notAnInteger),
        ("\"1\"", .wrongType(expected: .number, found: .string)),
    ])
    func `an integer is only what Int can hold`(_ text: String, _ kind: JSONError.Kind) {
        var reader = JSONReader(Array(text.utf8))
        do {
            let value = try reader.integer()
            Issue.record("read \(value)")
        } catch {
            #expect(error.kind == kind)
        }
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "-0", "0"])
    func `integers to the limits are read`(_ text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.integer() == Int(text))
    }

    @Test(arguments: [
        ("\"0.1\"", "0.1"), ("0.1", "0.1"), ("1E2", "100"), ("\"1e-07\"", "0.0000001"),
        ("123456789.123456789012345678", "123456789.123456789012345678"), ("-0.00", "0"),
        ("9007199254740993", "9007199254740993"), (#""\u0031""#, "1"),
    ])
    func `decimals are read by their digits`(_ text: String, _ expected: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.decimal().description == expected)
    }

    @Test(arguments: [
        ("\"+5\"", JSONError.Kind.decimal(.malformed)), ("\".5\"", .decimal(.malformed)),
        ("\"\"", .decimal(.malformed)), ("\"NaN\"", .decimal(.malformed)),
        ("\" 1\"", .decimal(.malformed)), ("\"٣\"", .decimal(.malformed)),
        ("1e-19", .decimal(.outOfRange)), ("1e300", .decimal(.outOfRange)),
        ("null", .wrongType(expected: .string, found: .null)),
        ("[]", .wrongType(expected: .string, found: .array)),
    ])
    func `what is no decimal is refused`(_ text: String, _ kind: JSONError.Kind) {
        var reader = JSONReader(Array(text.utf8))
        do {
            let value = try reader.decimal()
            Issue.record("read \(value)")
        } catch {
            #expect(error.kind == kind)
        }
    }

    @Test func `a slice is read by itself`() throws {
        let bytes = Array(#"xx{"a":[1,2]}yy"#.utf8)
        var reader = JSONReader(bytes[2..<13])
        #expect(try JSONValue(from: &reader)["a"] == [1, 2])
        try reader.finish()
    }
}

struct JSONErrorTests {
    @Test(arguments: [
        (#"{"fills":[{},{},{},{"price":tru}]}"#, "fills[3].price"),
        (#"{"fills":[{"option":{"expiry":"\x"}}]}"#, "fills[0].option.expiry"),
        (#"[[1,[2,x]]]"#, "[0][1][1]"),
        (#"{"odd key":{"a.b":x}}"#, #"["odd key"]["a.b"]"#),
        (#"{"":x}"#, #"[""]"#),
        (#"{"\u0061\n":x}"#, #"["a\n"]"#),
        (#"{"a":[1,2],"b":{"c":3},"d":x}"#, "d"),
        ("x", ""),
        ("[x", "[0]"),
    ])
    func `an error names the path to its value`(_ text: String, _ path: String) throws {
        let error = try #require(throws: JSONError.self) {
            try JSONValue(parsing: Array(text.utf8))
        }
        #expect(error.path == path)
    }

    @Test func `an error names its byte, line and column`() throws {
        let text = "{\n  \"a\": 1,\r\n  \"é\": tru\n}"
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error.line == 3)
        #expect(error.column == 11)
        #expect(error.byteOffset == 24)
        #expect(
            error.description
                == #"["é"]: expected “true”, found byte 0x0a (line 3, column 11)"#)
    }

    @Test(arguments: [
        ("[1, 2", 5, "[1]: the text ends too early (line 1, column 6)"),
        (#"{"a":1}{"#, 7, "nothing may follow the value (line 1, column 8)"),
        (
            #"{"a":1,"b":2,"a":3}"#, 13,
            "a: the same key stands twice in one object (line 1, column 14)"
        ),
        (
            #"{"a":"\ud800"}"#, 5,
            "a: half of a surrogate pair is no Unicode text (line 1, column 6)"
        ),
        (#"{"a";1}"#, 4, "a: expected “:”, found “;” (line 1, column 5)"),
        ("[1 2]", 3, "[0]: expected “,” or “]”, found “2” (line 1, column 4)"),
        ("{1}", 1, "expected a key in quotes, found “1” (line 1, column 2)"),
        ("[\"a\u{1}\"]", 3, "[0]: byte 0x01 has to be escaped inside a string (line 1, column 4)"),
        ("01", 0, "not a number as JSON writes it (line 1, column 1)"),
    ])
    func `errors read as sentences`(_ text: String, _ offset: Int, _ sentence: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error.description == sentence)
        #expect(error.byteOffset == offset)
    }

    @Test func `a caller's own complaints carry the place too`() throws {
        var reader = JSONReader(Array("{\"http\":{\"prot\":1,\n\"port\":\"x\"}}".utf8))
        try reader.beginObject()
        _ = try reader.nextKey()
        try reader.beginObject()
        _ = try reader.nextKey()
        let unknown = reader.error(.unknownKey("prot"))
        #expect(unknown.description == "http.prot: unknown key \"prot\" (line 1, column 17)")
        _ = try reader.nextKey()
        let wrong = try #require(throws: JSONError.self) { try reader.integer() }
        #expect(
            wrong.description == "http.port: expected a number, found a string (line 2, column 8)")
    }
}
