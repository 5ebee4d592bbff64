/// An exact decimal number: whole units of 10⁻¹⁸, magnitude below 1.7·10²⁰.
///
/// Every computation is exact or correctly rounded once, half-even; a result outside the range is
/// thrown as `LedgerError.outOfRange`. Nothing wraps, nothing traps.
public struct Decimal: Sendable, Hashable {
    /// The value times 10¹⁸; its magnitude is at most `Int128.max`.
    public let units: Int128

    /// Decimals after the point.
    @usableFromInline static var places: Int { 18 }

    /// 10¹⁸ units are one.
    @usableFromInline static var unitsInOne: Int128 { 1_000_000_000_000_000_000 }

    /// No result of a computation or a reading has this magnitude or a greater one.
    @usableFromInline static var limit: Int128 {
        170_000_000_000_000_000_000_000_000_000_000_000_000
    }

    /// Takes `units` as they are: units at or beyond the limit are kept, and refused by the first
    /// computation that would result in them. `Int128.min`, whose magnitude would not fit, is
    /// taken for `-Int128.max`.
    @inlinable
    public init(units: Int128) {
        self.units = units == .min ? -.max : units
    }

    @inlinable
    init(unchecked units: Int128) {
        self.units = units
    }

    /// Throws `outOfRange` where `units` reach the limit.
    @inlinable
    init(checking units: Int128) throws(LedgerError) {
        guard units < Decimal.limit, units > -Decimal.limit else { throw .outOfRange }
        self.units = units
    }

    @inlinable
    public init(_ value: Int) {
        self.init(unchecked: Int128(value) * Decimal.unitsInOne)
    }

    @inlinable public static var zero: Decimal { Decimal(unchecked: 0) }
    @inlinable public static var one: Decimal { Decimal(unchecked: unitsInOne) }

    @inlinable public var isZero: Bool { units == 0 }
    @inlinable public var isNegative: Bool { units < 0 }

    /// -1, 0 or 1.
    @inlinable public var signum: Int { units == 0 ? 0 : units < 0 ? -1 : 1 }

    @inlinable public var magnitude: Decimal { units < 0 ? -self : self }
}

extension Decimal: ExpressibleByIntegerLiteral {
    @inlinable
    public init(integerLiteral value: Int) {
        self.init(value)
    }
}

extension Decimal: Comparable {
    @inlinable
    public static func < (left: Decimal, right: Decimal) -> Bool {
        left.units < right.units
    }
}
