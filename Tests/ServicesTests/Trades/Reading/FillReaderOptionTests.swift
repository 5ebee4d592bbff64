import Ledger
import Services
import Testing
import Wire

struct FillReaderOptionTests {
    private let block: JSONValue = [
        "underlying": "SPX", "expiry": "2026-03-20", "strike": "5200", "right": "C",
    ]

    private func option(_ key: String, _ value: JSONValue?) -> JSONValue {
        var members = (block.object ?? []).filter { $0.key.text != key }
        if let value { members.append(JSONMember(ExactText(key), value)) }
        return .object(members)
    }

    @Test(arguments: ["C", "c", "CALL", "Call", "P", "put"])
    func `an option's block is read`(_ right: String) throws {
        let block = option("right", .string(ExactText(right)))
        let report = try read(changedFill("option", block)).get()
        #expect(report.option?.underlying == "SPX")
        #expect(report.option?.expiry.description == "2026-03-20")
        #expect(report.option?.strike == 5200)
        #expect(report.option?.right.rawValue == right.prefix(1).uppercased())
        #expect(report.multiplier == nil)
    }

    @Test func `its multiplier is the fill's, and may not be another one`() throws {
        let block = option("multiplier", "100")
        #expect(try read(changedFill("option", block)).get().multiplier == 100)
        var members = changedFill("option", block).object ?? []
        members.append(JSONMember("multiplier", .string("100.0")))
        #expect(try read(.object(members)).get().multiplier == 100)
        members[members.count - 1].value = 10
        #expect(throws: FillRefusal.self) { try read(.object(members)).get() }
    }

    @Test(
        arguments: [
            ("underlying", nil, .invalidField), ("expiry", nil, .invalidField),
            ("strike", nil, .invalidField), ("right", nil, .invalidField),
            ("underlying", .null, .invalidField), ("underlying", "", .invalidField),
            ("expiry", "20260320", .invalidField), ("expiry", "2026-02-30", .invalidField),
            ("expiry", "2026-03-20T00:00:00Z", .invalidField),
            ("expiry", 20_260_320, .invalidField),
            ("strike", "0", .invalidField), ("strike", "-1", .invalidField),
            ("strike", "1e30", .outOfRange), ("strike", [], .invalidField),
            ("right", "X", .invalidField), ("right", "", .invalidField),
            ("right", 1, .invalidField),
            ("multiplier", "0", .invalidField), ("multiplier", "x", .invalidField),
            ("style", "european", .unknownField),
        ] as [(String, JSONValue?, FillRefusal.Code)])
    func `a wrong field of it is named with its block`(
        _ key: String, _ value: JSONValue?, _ code: FillRefusal.Code
    ) {
        switch read(changedFill("option", option(key, value))) {
        case .success(let report): Issue.record("\(report)")
        case .failure(let refusal):
            #expect(refusal.code == code)
            #expect(refusal.field == "option.\(key)")
        }
    }

    @Test func `only options have one`() {
        var members = changedFill("option", block).object ?? []
        members.append(JSONMember("asset_type", "EQUITY"))
        switch read(.object(members)) {
        case .success: Issue.record("read")
        case .failure(let refusal): #expect(refusal.field == "option")
        }
    }
}
