import Ledger
import Testing
import Wire

struct JSONValueTests {
    private let value: JSONValue = [
        "name": "momo", "count": 3, "on": true, "none": nil, "list": [1, "two", [:]],
    ]

    @Test func `members and elements are reached by key and index`() {
        #expect(value["name"]?.string == "momo")
        #expect(value["count"]?.integer == 3)
        #expect(value["on"]?.bool == true)
        #expect(value["none"]?.isNull == true)
        #expect(value["list"]?[1]?.string == "two")
        #expect(value["list"]?[2]?.object?.isEmpty == true)
        #expect(value["list"]?.array?.count == 3)
        #expect(value["absent"] == nil)
        #expect(value["list"]?[3] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["name"]?["x"] == nil)
        #expect(value["name"]?.integer == nil)
        #expect(value["count"]?.string == nil)
    }

    @Test func `a text keeps its order and its digits`() throws {
        let text = #"{"b":1.50,"a":[1E+2,-0],"c":"é\n"}"#
        #expect(try JSONValue(parsing: text).description == text)
    }

    @Test func `the canonical form does not depend on order and blanks`() throws {
        let one = try JSONValue(parsing: #"{"b":[1,{"y":2,"x":1}],"a":"A","é":0,"z":0,"":0}"#)
        let other = try JSONValue(
            parsing: #" { "é":0, "z":0, "":0, "a": "\u0041", "b": [1, {"x":1, "y":2}] } "#)
        #expect(one != other)
        #expect(one.canonical == other.canonical)
        #expect(one.canonical == #"{"":0,"a":"A","b":[1,{"x":1,"y":2}],"z":0,"é":0}"#)
    }

    @Test func `decimals come from numbers and strings`() throws {
        #expect(try JSONValue(parsing: "0.10").decimal == Decimal(parsing: "0.1"))
        #expect(JSONValue.string("0.10").decimal == (try Decimal(parsing: "0.1")))
        #expect(JSONValue.string("x").decimal == nil)
        #expect(JSONValue.bool(true).decimal == nil)
    }

    @Test func `equality is bytewise`() {
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
        #expect(JSONValue.number(literal: "1.0") != 1)
    }
}

struct JSONWriterTests {
    private struct Failure: Error {}

    @Test func `objects and arrays nest`() throws {
        let bytes = JSONWriter.object { answer in
            answer.write("accepted", 1)
            answer.write("ok", true)
            answer.array("results") { results in
                for index in 0..<2 {
                    results.object { result in
                        result.write("index", index)
                        result.object("error") { _ in }
                    }
                }
                results.array { $0.write("x") }
                results.write(String?.none)
            }
            answer.write("meta", JSONRaw(#"{"a": 1}"#))
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"accepted":1,"ok":true,"results":[{"index":0,"error":{}},"#
                + #"{"index":1,"error":{}},["x"],null],"meta":{"a": 1}}"#)
        #expect(JSONWriter.array { _ in } == Array("[]".utf8))
    }

    @Test func `values take their canonical form`() throws {
        let time = try Timestamp(iso8601: "2023-02-02T09:20:00.940Z")
        let text = JSONWriter.object { object in
            object.write("quantity", try? Decimal(parsing: "-1.50e1"))
            object.write("zero", Decimal.zero)
            object.write("time", time)
            object.write("day", time.day)
            object.write("id", ExactText("e\u{301}"))
            object.write("currency", Currency("USDT"))
            object.write("side", Side.buy)
            object.write("asset_type", AssetType?.some(.future))
            object.write("right", OptionRight.put)
            object.write("exchange", ExactText?.none)
            object.write("big", Int64.min)
            object.write("params", ["a": [1]] as JSONValue)
        }
        #expect(
            String(decoding: text, as: UTF8.self).utf8.elementsEqual(
                (#"{"quantity":"-15","zero":"0","time":"2023-02-02T09:20:00.94Z","#
                    + #""day":"2023-02-02","id":"\#("e\u{301}")","currency":"USDT","side":"BUY","#
                    + #""asset_type":"FUTURE","right":"P","exchange":null,"#
                    + #""big":-9223372036854775808,"params":{"a":[1]}}"#).utf8))
    }

    @Test func `strings are escaped where they have to be`() {
        let text = JSONWriter.array { array in
            array.write("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é😀\u{2028}")
        }
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"["\"\\/\u0008\u000c\n\r\t\u0000\u001f"# + "\u{7F}é😀\u{2028}\"]")
    }

    @Test func `what a closure wrote before it threw is gone`() throws {
        var bytes = Array("kept".utf8)
        #expect(throws: Failure.self) {
            try JSONWriter.object(to: &bytes) { object throws(Failure) in
                object.write("a", 1)
                throw Failure()
            }
        }
        #expect(bytes == Array("kept".utf8))
        let text = JSONWriter.object { object in
            #expect(throws: Failure.self) {
                try object.array("lost") { array throws(Failure) in
                    array.write(1)
                    throw Failure()
                }
            }
            object.array("kept") { array in
                #expect(throws: Failure.self) {
                    try array.object { _ throws(Failure) in throw Failure() }
                }
                array.write(2)
            }
        }
        #expect(String(decoding: text, as: UTF8.self) == #"{"kept":[2]}"#)
    }
}
