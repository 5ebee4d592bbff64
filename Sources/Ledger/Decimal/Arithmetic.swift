extension Decimal {
    @inlinable
    public static func + (left: Decimal, right: Decimal) throws(LedgerError) -> Decimal {
        let (sum, overflow) = left.units.addingReportingOverflow(right.units)
        guard !overflow else { throw .outOfRange }
        return try Decimal(checking: sum)
    }

    @inlinable
    public static func - (left: Decimal, right: Decimal) throws(LedgerError) -> Decimal {
        let (difference, overflow) = left.units.subtractingReportingOverflow(right.units)
        guard !overflow else { throw .outOfRange }
        return try Decimal(checking: difference)
    }

    @inlinable
    public static prefix func - (value: Decimal) -> Decimal {
        Decimal(unchecked: -value.units)
    }

    /// The product, rounded half-even to 18 decimals.
    public static func * (left: Decimal, right: Decimal) throws(LedgerError) -> Decimal {
        let product = left.units.magnitude.multipliedFullWidth(by: right.units.magnitude)
        let rounded = try roundedQuotient(product, by: unitsInOne.magnitude)
        return try Decimal(magnitude: rounded, isNegative: left.isNegative != right.isNegative)
    }

    /// The quotient, rounded once, half-even, to `decimals` after the point.
    ///
    /// `decimals` is 0 to 18; what lies beyond counts as the nearer of the two.
    public func divided(by divisor: Decimal, decimals: Int = 18) throws(LedgerError) -> Decimal {
        // Counted in steps of the last decimal, so that it is rounded only once.
        let decimals = Decimal.clamped(decimals)
        let dividend = units.magnitude.multipliedFullWidth(by: Decimal.powerOfTen(decimals))
        let steps = try Decimal.roundedQuotient(dividend, by: divisor.units.magnitude)
        return try Decimal(
            steps: steps, decimals: decimals, isNegative: isNegative != divisor.isNegative)
    }

    /// `self` × `part` ÷ `whole`, rounded once, half-even, to 18 decimals: the share of a cost or
    /// a notional that belongs to `part` of a quantity.
    public func prorated(_ part: Decimal, of whole: Decimal) throws(LedgerError) -> Decimal {
        let product = units.magnitude.multipliedFullWidth(by: part.units.magnitude)
        let share = try Decimal.roundedQuotient(product, by: whole.units.magnitude)
        let isNegative = (isNegative != part.isNegative) != whole.isNegative
        return try Decimal(magnitude: share, isNegative: isNegative)
    }

    /// The nearest value with at most `decimals` after the point; half-even.
    ///
    /// `decimals` is 0 to 18; what lies beyond counts as the nearer of the two.
    public func rounded(decimals: Int) -> Decimal {
        let step = Decimal.powerOfTen(Decimal.places - Decimal.clamped(decimals))
        let (steps, rest) = units.magnitude.quotientAndRemainder(dividingBy: step)
        let roundsUp = rest > step - rest || (rest == step - rest && !steps.isMultiple(of: 2))
        let magnitude = Int128(clamping: (roundsUp ? steps + 1 : steps) * step)
        return Decimal(unchecked: isNegative ? -magnitude : magnitude)
    }

    /// Throws `outOfRange` where `magnitude`, in units, reaches the limit.
    init(magnitude: UInt128, isNegative: Bool) throws(LedgerError) {
        guard magnitude < Decimal.limit.magnitude else { throw .outOfRange }
        let units = Int128(truncatingIfNeeded: magnitude)
        self.init(unchecked: isNegative ? -units : units)
    }

    /// From a count of units of the last of `decimals`, 0 to 18.
    init(steps: UInt128, decimals: Int, isNegative: Bool) throws(LedgerError) {
        let (magnitude, overflow) = steps.multipliedReportingOverflow(
            by: Decimal.powerOfTen(Decimal.places - decimals))
        guard !overflow else { throw .outOfRange }
        try self.init(magnitude: magnitude, isNegative: isNegative)
    }

    private static func clamped(_ decimals: Int) -> Int {
        min(max(decimals, 0), places)
    }
}
