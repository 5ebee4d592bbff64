import Testing
import Wire

/// The checker itself: what it lets through would be let through everywhere.
struct JSONSchemaCheckTests {
    private let check = JSONSchemaCheck(document: [
        "components": ["schemas": ["Side": ["type": "string", "enum": ["BUY", "SELL"]]]]
    ])

    @Test(arguments: [
        (#"{"type":"string"}"#, #""a""#, "1"),
        (#"{"type":["string","null"]}"#, "null", "true"),
        (#"{"type":"integer"}"#, "3", "3.5"),
        (#"{"type":"number"}"#, "3.5", #""3.5""#),
        (#"{"type":"boolean"}"#, "true", "0"),
        (#"{"enum":["a","b"]}"#, #""b""#, #""B""#),
        (#"{"const":400}"#, "400", "401"),
        (#"{"pattern":"^[A-Z]{1,3}$"}"#, #""USD""#, #""usd""#),
        (#"{"format":"date"}"#, #""2026-02-19""#, #""2026-2-19""#),
        (#"{"format":"date-time"}"#, #""2026-02-19T14:32:00.5Z""#, #""2026-02-19T14:32:00""#),
        (#"{"minimum":1}"#, "1", "0"),
        (#"{"maximum":1}"#, "1", "2"),
        (#"{"exclusiveMinimum":0}"#, "0.1", "0"),
        (#"{"items":{"type":"string"},"maxItems":1}"#, #"["a"]"#, "[1]"),
        (#"{"items":{"type":"string"},"maxItems":1}"#, "[]", #"["a","b"]"#),
        (#"{"required":["a"]}"#, #"{"a":null}"#, "{}"),
        (#"{"properties":{"a":{"type":"null"}}}"#, #"{"a":null}"#, #"{"a":1}"#),
        (
            #"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1}"#,
            #"{"a":1,"b":2}"#
        ),
        (#"{"additionalProperties":{"type":"string"}}"#, #"{"a":"x"}"#, #"{"a":1}"#),
        (#"{"anyOf":[{"type":"null"},{"const":1}]}"#, "1", "2"),
        (#"{"oneOf":[{"type":"number"},{"const":1}]}"#, "2", "1"),
        (#"{"allOf":[{"type":"number"},{"minimum":1}]}"#, "1", "0"),
        (#"{"not":{"type":"null"}}"#, "1", "null"),
        (##"{"$ref":"#/components/schemas/Side"}"##, #""BUY""#, #""HOLD""#),
    ])
    func `a schema takes one value and refuses another`(
        schema: String, good: String, bad: String
    ) throws {
        let schema = try JSONValue(parsing: schema)
        #expect(check.faults(of: try JSONValue(parsing: good), by: schema) == [])
        #expect(check.faults(of: try JSONValue(parsing: bad), by: schema) != [])
    }

    @Test func `a keyword or component that is unknown is a fault`() {
        #expect(check.faults(of: 1, by: ["multipleOf": 1]) != [])
        #expect(check.faults(of: 1, by: ["$ref": "#/components/schemas/None"]) != [])
    }
}
