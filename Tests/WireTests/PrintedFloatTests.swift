import Foundation
import Ledger
import Testing
import Wire

struct PrintedFloatTests {
    @Test(arguments: [
        ("0.30000000000000004", "0.3"), ("0.1", "0.1"), ("1e-07", "0.0000001"),
        ("1.2345678901234567e-05", "0.000012345678901235"), ("-2.4000000000000004", "-2.4"),
        ("0.8999999999999999", "0.9"), ("9.999999999999999999", "10"), ("65000.1", "65000.1"),
        ("123456789012345678", "123456789012346000"), ("0", "0"), ("0.0", "0"), ("1E+2", "100"),
        ("1e-30", "0"), ("0.0000000000000000005", "0"),
        ("0.0000000000000000015", "0.000000000000000002"),
        ("1.000000000000005", "1"), ("1.000000000000015", "1.00000000000002"),
        ("1.0000000000000050001", "1.00000000000001"),
    ])
    func `fifteen significant digits are taken`(text: String, expected: String) throws {
        #expect(try PrintedFloat.decimal(text).description == expected)
    }

    @Test(arguments: ["", "-", "+1", ".5", "5.", "007", "NaN", "1e", "1e+", "1.2.3", "0x1", "1_0"])
    func `what is no number is refused as everywhere`(text: String) {
        #expect(throws: LedgerError.malformed) { try PrintedFloat.decimal(text) }
    }

    @Test(arguments: ["1e21", "170000000000000000001", "1e999999", "1e9999999"])
    func `what does not fit is refused`(text: String) {
        #expect(throws: LedgerError.outOfRange) { try PrintedFloat.decimal(text) }
    }

    /// A decimal of at most 15 digits goes through a double and its shortest text unchanged.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what a double was made from comes back`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let digits = Int64.random(in: 1...999_999_999_999_999, using: &random)
            let exponent = Int.random(in: -15...0, using: &random)
            let meant = try Decimal(parsing: "\(digits)e\(exponent)")
            let double = try #require(Double("\(digits)e\(exponent)"))
            #expect(try PrintedFloat.decimal("\(double)") == meant, "seed \(seed)")
            #expect(
                try PrintedFloat.decimal(String(format: "%.17g", double)) == meant,
                "seed \(seed)")
        }
    }
}
