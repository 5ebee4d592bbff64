import Ledger
import Testing

@Suite struct DecimalTextTests {
    private static let seeds: [UInt64] = Array(1...20)

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.000", "0"), ("-0e5", "0"), ("0e-999999999999", "0"),
        ("1", "1"), ("-1", "-1"), ("0.50", "0.5"), ("65000.1", "65000.1"), ("100", "100"),
        ("1e-07", "0.0000001"), ("1E2", "100"), ("1e+2", "100"), ("1e02", "100"), ("12e0", "12"),
        ("1.500e1", "15"), ("-2.5E-3", "-0.0025"), ("0.1e1", "1"), ("1000e-3", "1"),
        ("0.000000000000000001", "0.000000000000000001"), ("1e-18", "0.000000000000000001"),
        ("0.0000000000000000010000", "0.000000000000000001"),
        ("10e-19", "0.000000000000000001"),
        ("169999999999999999999.999999999999999999", "169999999999999999999.999999999999999999"),
        ("1.69999999999999999999e20", "169999999999999999999"),
        ("0.00000000000000000000000000000000000000000123e42", "1.23"),
        ("123000000000000000000000000000000000000000000e-42", "123"),
    ])
    func `a number is read exactly and written canonically`(text: String, canonical: String)
        throws
    {
        #expect(try Decimal(parsing: text).description == canonical)
        #expect(try Decimal(parsing: Array(text.utf8)[...]).description == canonical)
        var bytes = Array("=".utf8)
        try Decimal(parsing: text).write(to: &bytes)
        #expect(bytes == Array("=\(canonical)".utf8))
    }

    @Test(arguments: [
        "", "-", "+5", "-+5", "--5", "5-", ".5", "-.5", "5.", "5.e1", ".", "e5", "5e", "5e+", "5e-",
        "5e1.0", "5e1e1", "007", "00", "-01", "00.5", " 5", "5 ", "5\n", "\t5", "1 000", "1,000",
        "1_000", "0x10", "NaN", "nan", "Infinity", "-inf", "null", "1.2.3", "٣", "５", "1٣", "½",
        "−5", "5\u{0}", "5\u{301}", "1e٣", "1d5", "1\u{20AC}",
    ])
    func `anything but a plain number is malformed`(text: String) {
        #expect(throws: LedgerError.malformed) { try Decimal(parsing: text) }
        #expect(throws: LedgerError.malformed) { try Decimal(parsing: Array(text.utf8)[...]) }
    }

    @Test(arguments: [
        "0.0000000000000000001", "1e-19", "-1.0000000000000000001", "123e-20",
        "170000000000000000000", "-170000000000000000000", "1.7e20", "1e21", "1e38", "1e39",
        "169999999999999999999.9999999999999999999", "340282366920938463463.374607431768211456",
        "1e999999999999", "-1e999999999999999999999999999999", "1e-999999999999999999999999999",
        "1e9223372036854775807", "1e9223372036854775808", "1e-9223372036854775808",
        "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
        "0.99999999999999999999999999999999999999999999999999999999999999999999999999999",
        "1000000000000000000000000000000000000000000000000000000000000000000000000001",
    ])
    func `what would not fit is refused, never rounded`(text: String) {
        #expect(throws: LedgerError.outOfRange) { try Decimal(parsing: text) }
    }

    @Test func `a malformed number is not merely out of range`() {
        let digits = String(repeating: "9", count: 100)
        #expect(throws: LedgerError.malformed) { try Decimal(parsing: digits + "x") }
        #expect(throws: LedgerError.malformed) { try Decimal(parsing: digits + "e") }
    }

    @Test func `long runs of zeros are read in linear time`() throws {
        let zeros = String(repeating: "0", count: 200_000)
        #expect(try Decimal(parsing: "1.\(zeros)") == 1)
        #expect(try Decimal(parsing: "0.\(zeros)1e200001") == 1)
        #expect(try Decimal(parsing: "1\(zeros)e-200000") == 1)
        #expect(throws: LedgerError.outOfRange) { try Decimal(parsing: "1\(zeros)1e-200000") }
        #expect(throws: LedgerError.outOfRange) { try Decimal(parsing: "1.\(zeros)1") }
    }

    @Test func `a slice is read by its own bounds`() throws {
        let bytes = Array(#"{"price":65000.10,"#.utf8)
        let slice = bytes[9..<17]
        #expect(try Decimal(parsing: slice).description == "65000.1")
        #expect(try Decimal(parsing: slice.dropLast(3)) == 65000)
    }

    @Test(arguments: seeds)
    func `what is written is read back the same`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let limit: Int128 = 170_000_000_000_000_000_000_000_000_000_000_000_000
        for _ in 0..<500 {
            let units = random.units()
            guard units.magnitude < limit else { continue }
            let value = Decimal(units: units)
            #expect(try Decimal(parsing: value.description) == value)
            #expect(value.description == Self.canonical(units))
        }
    }

    /// The canonical form, made from the digits of the units.
    private static func canonical(_ units: Int128) -> String {
        var digits = String(units.magnitude)
        digits = String(repeating: "0", count: max(0, 19 - digits.count)) + digits
        var fraction = digits.suffix(18)
        while fraction.last == "0" { fraction.removeLast() }
        let sign = units < 0 ? "-" : ""
        return sign + digits.dropLast(18) + (fraction.isEmpty ? "" : "." + fraction)
    }

    @Test(arguments: seeds)
    func `random numbers agree with whole numbers of any size`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let whole = Self.digits(&random, 0...24, leadingZero: false)
            let decimals = Self.digits(&random, 0...22, leadingZero: true)
            let exponent = Int.random(in: -24...24, using: &random)
            let sign = random.next() % 2 == 0 ? "-" : ""
            var text = sign + (whole.isEmpty ? "0" : whole)
            if !decimals.isEmpty { text += "." + decimals }
            let plus = exponent >= 0 && random.next() % 2 == 0 ? "+" : ""
            if exponent != 0 { text += "e\(plus)\(exponent)" }

            // value = digits × 10^shift units
            let digits = BigInteger(digits: sign + whole + decimals)
            let shift = exponent - decimals.count + 18
            let (units, rest) =
                shift >= 0
                ? (digits * .powerOfTen(shift), BigInteger(0))
                : digits.quotientAndRemainder(dividingBy: .powerOfTen(-shift))
            let fits = rest.isZero && units.magnitude < BigInteger(17) * .powerOfTen(37)
            let value = try? Decimal(parsing: text)
            #expect(value.map { BigInteger($0.units) } == (fits ? units : nil), "\(text)")
        }
    }

    private static func digits(
        _ random: inout SplitMix64, _ counts: ClosedRange<Int>, leadingZero: Bool
    ) -> String {
        let count = Int.random(in: counts, using: &random)
        let mostlyZeros = random.next() % 3 == 0
        let text = (0..<count).map { place in
            let least = place == 0 && !leadingZero ? 1 : 0
            return mostlyZeros && random.next() % 4 > 0 && least == 0
                ? "0" : String(Int.random(in: least...9, using: &random))
        }
        return text.joined()
    }

    @Test(arguments: seeds)
    func `exactly the numbers of JSON's grammar are read`(seed: UInt64) {
        let grammar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?/
        var random = SplitMix64(seed: seed)
        let alphabet = Array("0123456789012-+.eE x")
        for _ in 0..<400 {
            let count = Int.random(in: 0...7, using: &random)
            let text = String((0..<count).map { _ in alphabet[Int(random.next() % 20)] })
            let isNumber = (try? grammar.wholeMatch(in: text)) != nil
            do throws(LedgerError) {
                _ = try Decimal(parsing: text)
                #expect(isNumber, "\(text)")
            } catch {
                #expect(error == (isNumber ? .outOfRange : .malformed), "\(text)")
            }
        }
    }

    @Test func `whole numbers can be written as literals`() {
        let value: Decimal = -42
        #expect(value.description == "-42")
        #expect(Decimal.one == 1)
        #expect(Decimal.zero == 0)
    }
}
