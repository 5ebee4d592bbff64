import Ledger
import Testing
import Wire

struct FormReaderTests {
    private func fields(_ text: String) throws(FormError) -> [String] {
        try FormReader.fields(of: Array(text.utf8)).map { "\($0.name)=\($0.value)" }
    }

    @Test(arguments: [
        ("", []), ("a=1&b=2", ["a=1", "b=2"]), ("a=", ["a="]), ("a", ["a="]), ("=x", ["=x"]),
        ("&&a=1&", ["a=1"]), ("a=b=c", ["a=b=c"]), ("a+b=c+d", ["a b=c d"]),
        ("p%61ir=BTC%2FUSDT", ["pair=BTC/USDT"]), ("x=%E2%82%AC", ["x=€"]), ("x=€", ["x=€"]),
    ])
    func `a form is read as the URL standard says`(text: String, expected: [String]) throws {
        #expect(try fields(text) == expected)
    }

    @Test(arguments: [
        ("a=%", FormError.badEncoding), ("a=%4", .badEncoding), ("a=%zz", .badEncoding),
        ("%ff=1", .badEncoding), ("a=1&%61=2", .givenTwice("a")), ("a=%00", .nul),
        ("%00=1", .nul),
    ])
    func `what is no form is refused`(text: String, error: FormError) {
        #expect(throws: error) { try fields(text) }
    }

    @Test func `a form has at most a thousand fields`() throws {
        let text = (0..<1000).map { "f\($0)=1" }.joined(separator: "&")
        #expect(try fields(text).count == 1000)
        #expect(throws: FormError.tooManyFields(limit: 1000)) { try fields(text + "&g=1") }
    }

    @Test(arguments: [31, 32] as [UInt64])
    func `any bytes are refused, or fields with names of their own`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let form = Array("pair=BTC%2FUSDT&amount=0.1&rate=1e-07&tag=None&note=a+b%C3%A9".utf8)
        var accepted = 0
        for _ in 0..<2000 {
            let bytes = random.mutate(form, with: Array("%&=+0aF".utf8))
            guard let fields = try? FormReader.fields(of: bytes) else { continue }
            accepted += 1
            #expect(Set(fields.map(\.name)).count == fields.count, "seed \(seed)")
            #expect(
                fields.count <= bytes.split(separator: UInt8(ascii: "&")).count, "seed \(seed)")
        }
        #expect(accepted > 100, "seed \(seed)")
    }
}
