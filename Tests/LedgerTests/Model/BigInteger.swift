/// A whole number of any size, written plainly to check the ledger's arithmetic against.
struct BigInteger: Equatable, Comparable {
    /// Where it has at most 127 bits, which saves the tests their time; else nil.
    private let small: Int128?
    /// Least significant first; no zeros at the end. Empty where `small` tells it.
    private let limbs: [UInt32]
    private let isNegative: Bool

    private init(limbs: [UInt32], isNegative: Bool) {
        var limbs = limbs
        while limbs.last == 0 { limbs.removeLast() }
        let isSmall = limbs.count < 4 || (limbs.count == 4 && limbs[3] >> 31 == 0)
        if isSmall {
            let magnitude = limbs.reversed().reduce(Int128(0)) { $0 << 32 | Int128($1) }
            small = isNegative ? -magnitude : magnitude
            self.limbs = []
            self.isNegative = false
        } else {
            small = nil
            self.limbs = limbs
            self.isNegative = isNegative
        }
    }

    init(_ value: Int128) {
        // The least has 128 bits: its negative would not fit.
        let isSmall = value != .min
        small = isSmall ? value : nil
        limbs = isSmall ? [] : Self.limbs(of: value.magnitude)
        isNegative = !isSmall
    }

    private static func limbs(of magnitude: UInt128) -> [UInt32] {
        var limbs: [UInt32] = []
        var rest = magnitude
        while rest > 0 {
            limbs.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
        return limbs
    }

    /// The magnitude in limbs, whatever its size, and the sign.
    private var written: (limbs: [UInt32], isNegative: Bool) {
        guard let small else { return (limbs, isNegative) }
        return (Self.limbs(of: small.magnitude), small < 0)
    }

    /// From digits with or without a minus sign before them.
    init(digits: String) {
        var value = BigInteger(0)
        for character in digits where character != "-" {
            value = value * BigInteger(10) + BigInteger(Int128(character.wholeNumberValue ?? 0))
        }
        self = digits.hasPrefix("-") ? -value : value
    }

    static func powerOfTen(_ exponent: Int) -> BigInteger { powersOfTen[exponent] }

    private static let powersOfTen: [BigInteger] = (0..<80).reduce(into: [BigInteger(1)]) {
        powers, _ in powers.append(powers[powers.count - 1] * BigInteger(10))
    }

    var isZero: Bool { small == 0 }
    var isEven: Bool { (small ?? Int128(limbs[0])) & 1 == 0 }
    var signum: Int {
        guard let small else { return isNegative ? -1 : 1 }
        return small < 0 ? -1 : small > 0 ? 1 : 0
    }
    var magnitude: BigInteger {
        guard let small else { return isNegative ? -self : self }
        return small < 0 ? BigInteger(-small) : self
    }

    static prefix func - (value: BigInteger) -> BigInteger {
        if let small = value.small { return BigInteger(-small) }
        return BigInteger(limbs: value.limbs, isNegative: !value.isNegative)
    }

    static func < (left: BigInteger, right: BigInteger) -> Bool {
        if let one = left.small, let other = right.small { return one < other }
        let (one, other) = (left.written, right.written)
        if one.isNegative != other.isNegative { return one.isNegative }
        return one.isNegative
            ? isLess(other.limbs, one.limbs) : isLess(one.limbs, other.limbs)
    }

    static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if let one = left.small, let other = right.small {
            let (sum, overflow) = one.addingReportingOverflow(other)
            if !overflow { return BigInteger(sum) }
        }
        let (one, other) = (left.written, right.written)
        if one.isNegative == other.isNegative {
            return BigInteger(limbs: sum(one.limbs, other.limbs), isNegative: one.isNegative)
        }
        if isLess(one.limbs, other.limbs) {
            return BigInteger(
                limbs: difference(other.limbs, one.limbs), isNegative: other.isNegative)
        }
        return BigInteger(limbs: difference(one.limbs, other.limbs), isNegative: one.isNegative)
    }

    static func - (left: BigInteger, right: BigInteger) -> BigInteger {
        left + -right
    }

    static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        if let one = left.small, let other = right.small {
            let (product, overflow) = one.multipliedReportingOverflow(by: other)
            if !overflow { return BigInteger(product) }
        }
        let (one, other) = (left.written, right.written)
        var product = [UInt32](repeating: 0, count: one.limbs.count + other.limbs.count)
        for (place, limb) in one.limbs.enumerated() {
            var carry: UInt64 = 0
            for (next, factor) in other.limbs.enumerated() {
                let sum = UInt64(limb) * UInt64(factor) + UInt64(product[place + next]) + carry
                product[place + next] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            product[place + other.limbs.count] = UInt32(carry)
        }
        return BigInteger(limbs: product, isNegative: one.isNegative != other.isNegative)
    }

    /// Bit by bit, cut towards zero; the remainder has the dividend's sign.
    func quotientAndRemainder(dividingBy divisor: BigInteger) -> (BigInteger, BigInteger) {
        if let dividend = small, let divisor = divisor.small {
            let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
            return (BigInteger(quotient), BigInteger(rest))
        }
        let (one, other) = (written, divisor.written)
        var quotient = [UInt32](repeating: 0, count: one.limbs.count)
        let rest: [UInt32]
        if let short = divisor.small?.magnitude {
            // Below 2¹²⁷, so that the rest can be doubled in its place.
            var left: UInt128 = 0
            for place in (0..<one.limbs.count * 32).reversed() {
                let bit = (one.limbs[place / 32] >> UInt32(place % 32)) & 1
                left = left << 1 | UInt128(bit)
                if left >= short {
                    left -= short
                    quotient[place / 32] |= 1 << UInt32(place % 32)
                }
            }
            rest = Self.limbs(of: left)
        } else {
            rest = Self.remainder(of: one.limbs, by: other.limbs, into: &quotient)
        }
        return (
            BigInteger(limbs: quotient, isNegative: one.isNegative != other.isNegative),
            BigInteger(limbs: rest, isNegative: one.isNegative)
        )
    }

    private static func remainder(
        of dividend: [UInt32], by divisor: [UInt32], into quotient: inout [UInt32]
    ) -> [UInt32] {
        var rest: [UInt32] = []
        for place in (0..<dividend.count * 32).reversed() {
            let bit = (dividend[place / 32] >> UInt32(place % 32)) & 1
            rest = sum(sum(rest, rest), [bit])
            while rest.last == 0 { rest.removeLast() }
            if !isLess(rest, divisor) {
                rest = difference(rest, divisor)
                while rest.last == 0 { rest.removeLast() }
                quotient[place / 32] |= 1 << UInt32(place % 32)
            }
        }
        return rest
    }

    private static func isLess(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        if left.count != right.count { return left.count < right.count }
        for place in left.indices.reversed() where left[place] != right[place] {
            return left[place] < right[place]
        }
        return false
    }

    private static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for place in 0..<max(left.count, right.count) {
            carry += UInt64(place < left.count ? left[place] : 0)
            carry += UInt64(place < right.count ? right[place] : 0)
            result.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        result.append(UInt32(carry))
        return result
    }

    /// `left` is not less than `right`.
    private static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var borrow: Int64 = 0
        for place in left.indices {
            borrow += Int64(left[place]) - Int64(place < right.count ? right[place] : 0)
            result.append(UInt32(truncatingIfNeeded: borrow))
            borrow >>= 32
        }
        return result
    }
}
