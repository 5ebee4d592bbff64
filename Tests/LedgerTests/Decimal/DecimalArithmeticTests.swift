import Ledger
import Testing

/// Against whole numbers of any size: a sum is compared, a rounded quotient is recognized by its
/// distance from the exact one, so the model divides nothing.
@Suite struct DecimalArithmeticTests {
    private static let seeds: [UInt64] = Array(1...20)
    private static let rounds = 60
    private let scale = BigInteger.powerOfTen(18)

    private func units(_ value: Decimal) -> BigInteger { BigInteger(value.units) }

    /// `result` must be `exact`, or a refusal exactly where that is out of range.
    private func expect(
        _ exact: ExactQuotient, scaledBy step: BigInteger = BigInteger(1), _ inputs: [Decimal],
        _ computation: () throws(LedgerError) -> Decimal
    ) {
        do throws(LedgerError) {
            let result = units(try computation())
            let (steps, rest) =
                step == BigInteger(1)
                ? (result, BigInteger(0)) : result.quotientAndRemainder(dividingBy: step)
            #expect(rest.isZero, "\(inputs)")
            #expect(exact.isRoundedHalfEven(to: steps), "\(inputs)")
            #expect(!exact.isOutOfRange, "\(inputs)")
        } catch {
            #expect(error == .outOfRange, "\(inputs)")
            #expect(exact.isOutOfRange, "\(inputs)")
        }
    }

    @Test(arguments: seeds)
    func `sums and differences are exact or refused`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds * 5 {
            let (left, right) = (Decimal(units: random.units()), Decimal(units: random.units()))
            let one = BigInteger(1)
            expect(ExactQuotient(units(left) + units(right), over: one), [left, right]) {
                () throws(LedgerError) in try left + right
            }
            expect(ExactQuotient(units(left) - units(right), over: one), [left, right]) {
                () throws(LedgerError) in try left - right
            }
        }
    }

    @Test(arguments: seeds)
    func `products are rounded once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let (left, right) = (Decimal(units: random.units()), Decimal(units: random.units()))
            expect(ExactQuotient(units(left) * units(right), over: scale), [left, right]) {
                () throws(LedgerError) in try left * right
            }
        }
    }

    @Test(arguments: seeds)
    func `quotients are rounded once, at any number of decimals`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let (left, right) = (Decimal(units: random.units()), Decimal(units: random.units()))
            let decimals = Int.random(in: 0...18, using: &random)
            guard !right.isZero else { continue }
            let exact = ExactQuotient(
                units(left) * .powerOfTen(decimals), over: units(right), decimals: decimals)
            expect(exact, scaledBy: .powerOfTen(18 - decimals), [left, right]) {
                () throws(LedgerError) in try left.divided(by: right, decimals: decimals)
            }
        }
    }

    @Test(arguments: seeds)
    func `prorating is rounded once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let amount = Decimal(units: random.units())
            let (part, whole) = (Decimal(units: random.units()), Decimal(units: random.units()))
            guard !whole.isZero else { continue }
            let exact = ExactQuotient(units(amount) * units(part), over: units(whole))
            expect(exact, [amount, part, whole]) { () throws(LedgerError) in
                try amount.prorated(part, of: whole)
            }
        }
    }

    @Test(arguments: seeds)
    func `rounding is half-even`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let value = Decimal(units: random.units())
            let decimals = Int.random(in: 0...18, using: &random)
            let step = BigInteger.powerOfTen(18 - decimals)
            let result = units(value.rounded(decimals: decimals))
            let (steps, rest) = result.quotientAndRemainder(dividingBy: step)
            #expect(rest.isZero, "\(value) to \(decimals)")
            #expect(
                ExactQuotient(units(value), over: step).isRoundedHalfEven(to: steps),
                "\(value) to \(decimals)")
        }
    }

    @Test(arguments: seeds)
    func `a notional is the product of three, rounded once`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let factors = (0..<3).map { _ in Decimal(units: random.units()) }
            let (quantity, multiplier) = (factors[1].magnitude, factors[2].magnitude)
            guard !quantity.isZero, !multiplier.isZero else { continue }
            let product = units(factors[0]) * units(quantity) * units(multiplier)
            expect(ExactQuotient(product, over: scale * scale), factors) {
                () throws(LedgerError) in
                try Sample.fill(quantity, at: factors[0], multiplier: multiplier).notional
            }
        }
    }

    @Test(arguments: seeds)
    func `an average price is rounded once to 12 decimals`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.rounds {
            let (cost, quantity) = (Decimal(units: random.units()), Decimal(units: random.units()))
            var multiplier = Decimal(units: random.units())
            if random.next() % 2 == 0 { multiplier = multiplier.rounded(decimals: 0) }
            guard !quantity.isZero, !multiplier.isZero else { continue }
            let exact = ExactQuotient(
                units(cost) * .powerOfTen(30), over: units(quantity) * units(multiplier),
                decimals: 12)
            expect(exact, scaledBy: .powerOfTen(6), [cost, quantity, multiplier]) {
                () throws(LedgerError) in
                try Position(quantity: quantity, cost: cost).averagePrice(multiplier: multiplier)
            }
        }
    }

    @Test func `a tie goes to the even neighbour`() throws {
        let half = Decimal(units: 500_000_000_000_000_000)
        #expect(try Decimal(units: 1) * half == .zero)
        #expect(try Decimal(units: 3) * half == Decimal(units: 2))
        #expect(try Decimal(units: 5) * half == Decimal(units: 2))
        #expect(try Decimal(units: -3) * half == Decimal(units: -2))
        #expect(try Decimal(units: -1).divided(by: 2) == .zero)
        #expect(try Decimal(units: 3).prorated(1, of: 2) == Decimal(units: 2))
        #expect(try Decimal(5).divided(by: 2, decimals: 0) == 2)
        #expect(try Decimal(7).divided(by: 2, decimals: 0) == 4)
        #expect(try Decimal(parsing: "0.125").rounded(decimals: 2).description == "0.12")
        #expect(try Decimal(parsing: "0.135").rounded(decimals: 2).description == "0.14")
        #expect(try Decimal(parsing: "-2.5").rounded(decimals: 0) == -2)
    }

    @Test func `a tie over a divisor of more than 128 bits goes to the even neighbour`() throws {
        let quantity = Decimal(40_000)
        let half = try decimal("0.5")
        for (cost, price) in [("1e-8", "0"), ("3e-8", "2e-12"), ("-5e-8", "-2e-12")] {
            let position = Position(quantity: quantity, cost: try decimal(cost))
            #expect(try position.averagePrice(multiplier: half) == decimal(price))
        }
    }

    @Test func `a notional whose words carry beyond 256 bits is refused`() {
        // Its square times 5 is just above 2²⁵⁶; without the carry it would look like 2.
        let root = Decimal(units: 152_178_900_795_948_841_958_969_469_439_958_575_535)
        #expect(throws: LedgerError.outOfRange) {
            try Sample.fill(root, at: root, multiplier: Decimal(units: 5))
        }
    }

    @Test func `every small share is rounded half-even`() throws {
        for amount in -12...12 {
            for (part, whole) in (-9...9).flatMap({ part in (1...9).map { (part, $0) } }) {
                let share = try Decimal(units: Int128(amount))
                    .prorated(Decimal(units: Int128(part)), of: Decimal(units: Int128(whole)))
                let twiceTheError = abs(2 * (amount * part - Int(share.units) * whole))
                #expect(
                    twiceTheError < whole
                        || (twiceTheError == whole && share.units.isMultiple(of: 2)),
                    "\(amount) × \(part) ÷ \(whole)")
            }
        }
    }

    @Test func `thirds are cut at 18 decimals`() throws {
        #expect(try Decimal(1).divided(by: 3).description == "0.333333333333333333")
        #expect(try Decimal(2).divided(by: 3).description == "0.666666666666666667")
        #expect(try Decimal(-2).divided(by: 3, decimals: 2).description == "-0.67")
        #expect(try Decimal(100).prorated(1, of: 3).description == "33.333333333333333333")
    }

    @Test func `rounding twice would differ and does not happen`() throws {
        // 0.4999…95 to 18 decimals would be 0.5, and then 0 or 1.
        let just = try Decimal(parsing: "0.499999999999999999")
        #expect(try just.divided(by: 1, decimals: 0) == .zero)
        let quotient = try Decimal(parsing: "2.499999999999999999").divided(by: 5, decimals: 0)
        #expect(quotient == .zero)
        #expect(try Decimal(units: 2).divided(by: 4, decimals: 17) == .zero)
    }

    @Test func `the extremes neither wrap nor trap`() throws {
        let greatest = Decimal(units: 169_999_999_999_999_999_999_999_999_999_999_999_999)
        let tiniest = Decimal(units: 1)
        #expect(throws: LedgerError.outOfRange) { try greatest + tiniest }
        #expect(throws: LedgerError.outOfRange) { try -greatest - tiniest }
        #expect(throws: LedgerError.outOfRange) { try greatest + greatest }
        #expect(throws: LedgerError.outOfRange) { try greatest * greatest }
        #expect(throws: LedgerError.outOfRange) { try greatest.divided(by: tiniest) }
        #expect(throws: LedgerError.outOfRange) { try greatest.prorated(greatest, of: tiniest) }
        #expect(try greatest - greatest == .zero)
        #expect(try greatest * 1 == greatest)
        #expect(try greatest.divided(by: greatest) == 1)
        #expect(try greatest.prorated(greatest, of: greatest) == greatest)
        #expect(try greatest.prorated(tiniest, of: greatest) == tiniest)
        #expect(greatest.rounded(decimals: 0).description == "170000000000000000000")
    }

    @Test func `units beyond the range are held but not computed with`() throws {
        let least = Decimal(units: .min)
        #expect(least == Decimal(units: -.max))
        #expect(-least == Decimal(units: .max))
        #expect(least.magnitude == Decimal(units: .max))
        #expect(least.description == "-170141183460469231731.687303715884105727")
        #expect(least.rounded(decimals: 0).isNegative)
        #expect(throws: LedgerError.outOfRange) { try least + 0 }
        #expect(throws: LedgerError.outOfRange) { try least - 1 }
        #expect(throws: LedgerError.outOfRange) { try least * 1 }
        #expect(throws: LedgerError.outOfRange) { try least.divided(by: 1) }
        #expect(throws: LedgerError.outOfRange) { try least.prorated(1, of: 1) }
    }

    @Test func `division by zero is refused`() {
        #expect(throws: LedgerError.divisionByZero) { try Decimal(1).divided(by: 0) }
        #expect(throws: LedgerError.divisionByZero) { try Decimal(0).divided(by: 0) }
        #expect(throws: LedgerError.divisionByZero) { try Decimal(1).prorated(0, of: 0) }
    }

    @Test func `decimals beyond 0 to 18 count as the nearer`() throws {
        #expect(try Decimal(1).divided(by: 3, decimals: 40) == Decimal(1).divided(by: 3))
        #expect(try Decimal(2).divided(by: 3, decimals: -1) == 1)
        #expect(try Decimal(parsing: "1.5").rounded(decimals: -.max) == 2)
        #expect(Decimal(units: 7).rounded(decimals: .max) == Decimal(units: 7))
    }

    @Test func `values are ordered and signed`() throws {
        let values = try ["-2", "-0.5", "0", "0.000000000000000001", "3"].map {
            try Decimal(parsing: $0)
        }
        #expect(values.shuffled().sorted() == values)
        #expect(values.map(\.signum) == [-1, -1, 0, 1, 1])
        #expect(values.map(\.isNegative) == [true, true, false, false, false])
        #expect(values.map(\.isZero) == [false, false, true, false, false])
        #expect(
            values.map(\.magnitude.description) == ["2", "0.5", "0", values[3].description, "3"])
        #expect(Decimal(Int.max).description == "9223372036854775807")
        #expect(Decimal(Int.min).description == "-9223372036854775808")
    }
}
