extension Decimal {
    /// A magnitude of 256 bits.
    typealias Wide = (high: UInt128, low: UInt128)

    /// `dividend` ÷ `divisor`, rounded half-even; throws `outOfRange` where the quotient needs
    /// more than 128 bits.
    static func roundedQuotient(
        _ dividend: Wide, by divisor: UInt128
    ) throws(LedgerError) -> UInt128 {
        guard divisor != 0 else { throw .divisionByZero }
        guard dividend.high < divisor else { throw .outOfRange }
        let (quotient, rest) =
            dividend.high == 0
            ? dividend.low.quotientAndRemainder(dividingBy: divisor)
            : divisor.dividingFullWidth(dividend)
        let missing = divisor - rest
        guard rest > missing || (rest == missing && quotient & 1 == 1) else { return quotient }
        let (next, overflow) = quotient.addingReportingOverflow(1)
        guard !overflow else { throw .outOfRange }
        return next
    }

    /// 10 to the power of `exponent`, which is 0 to 38.
    static func powerOfTen(_ exponent: Int) -> UInt128 {
        powersOfTen[exponent]
    }

    private static let powersOfTen: [UInt128] = {
        var powers: [UInt128] = [1]
        for _ in 1...38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()
}

extension Decimal {
    /// The product of three, rounded once, half-even, to 18 decimals.
    static func product(
        _ first: Decimal, _ second: Decimal, _ third: Decimal
    ) throws(LedgerError) -> Decimal {
        guard third != .one else { return try first * second }
        // 384 bits in three words, over 10³⁶.
        let pair = first.units.magnitude.multipliedFullWidth(by: second.units.magnitude)
        let low = pair.low.multipliedFullWidth(by: third.units.magnitude)
        let high = pair.high.multipliedFullWidth(by: third.units.magnitude)
        let (middle, carries) = low.high.addingReportingOverflow(high.low)
        guard high.high == 0, !carries else { throw .outOfRange }
        let rounded = try roundedQuotient((middle, low.low), by: powerOfTen(2 * places))
        let isNegative = (first.isNegative != second.isNegative) != third.isNegative
        return try Decimal(magnitude: rounded, isNegative: isNegative)
    }

    /// `self` ÷ (`first` × `second`), rounded once, half-even, to `decimals`, 0 to 18.
    func divided(
        by first: Decimal, times second: Decimal, decimals: Int
    ) throws(LedgerError) -> Decimal {
        guard second != .one else { return try divided(by: first, decimals: decimals) }
        // In steps of the last decimal this is units × 10^(18 + decimals) ÷ the product of the
        // divisors' units; a whole divisor, the usual one, is spared its 18 zeros.
        let unit = Decimal.unitsInOne.magnitude
        let isWhole = second.units.magnitude.isMultiple(of: unit)
        let scale = Decimal.powerOfTen(decimals) * (isWhole ? 1 : unit)
        let dividend = units.magnitude.multipliedFullWidth(by: scale)
        let divisor = first.units.magnitude.multipliedFullWidth(
            by: isWhole ? second.units.magnitude / unit : second.units.magnitude)
        let steps = try Decimal.roundedQuotient(dividend, by: divisor)
        let isNegative = (isNegative != first.isNegative) != second.isNegative
        return try Decimal(steps: steps, decimals: decimals, isNegative: isNegative)
    }
}

extension Decimal {
    /// As the quotient by 128 bits; a divisor beyond them is rare and goes bit by bit. It is a
    /// product of two magnitudes of decimals.
    private static func roundedQuotient(
        _ dividend: Wide, by divisor: Wide
    ) throws(LedgerError) -> UInt128 {
        guard divisor.high > 0 else { return try roundedQuotient(dividend, by: divisor.low) }
        // The quotient is below 2¹²⁸, so the dividend's high word is a remainder to begin with; a
        // product of two magnitudes is below 2²⁵⁴, so a remainder can be doubled.
        var quotient: UInt128 = 0
        var rest: Wide = (0, dividend.high)
        for bit in (0..<128).reversed() {
            rest = (rest.high << 1 | rest.low >> 127, rest.low << 1 | (dividend.low >> bit) & 1)
            quotient <<= 1
            if !isLess(rest, divisor) {
                rest = difference(rest, divisor)
                quotient |= 1
            }
        }
        let missing = difference(divisor, rest)
        let isTie = rest.high == missing.high && rest.low == missing.low
        // No quotient here is near 2¹²⁸: dividends are below 2²⁴⁷, and nothing overflows.
        return isLess(missing, rest) || (isTie && quotient & 1 == 1) ? quotient + 1 : quotient
    }

    private static func isLess(_ left: Wide, _ right: Wide) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// Modulo 2²⁵⁶.
    private static func difference(_ left: Wide, _ right: Wide) -> Wide {
        let (low, borrows) = left.low.subtractingReportingOverflow(right.low)
        return (left.high &- right.high &- (borrows ? 1 : 0), low)
    }
}
