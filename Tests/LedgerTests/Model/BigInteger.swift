/// A whole number of any size, written plainly to check the ledger's arithmetic against.
struct BigInteger: Equatable, Comparable {
    /// Least significant first; no zeros at the end.
    private var limbs: [UInt32]
    private var isNegative: Bool

    private init(limbs: [UInt32], isNegative: Bool) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
        self.isNegative = isNegative && !self.limbs.isEmpty
    }

    init(_ value: Int128) {
        var limbs: [UInt32] = []
        var rest = value.magnitude
        while rest > 0 {
            limbs.append(UInt32(truncatingIfNeeded: rest))
            rest >>= 32
        }
        self.init(limbs: limbs, isNegative: value < 0)
    }

    /// From digits with or without a minus sign before them.
    init(digits: String) {
        var value = BigInteger(0)
        for character in digits where character != "-" {
            value = value * BigInteger(10) + BigInteger(Int128(character.wholeNumberValue ?? 0))
        }
        self.init(limbs: value.limbs, isNegative: digits.hasPrefix("-"))
    }

    static func powerOfTen(_ exponent: Int) -> BigInteger {
        (0..<exponent).reduce(BigInteger(1)) { result, _ in result * BigInteger(10) }
    }

    var isZero: Bool { limbs.isEmpty }
    var isEven: Bool { limbs.isEmpty || limbs[0].isMultiple(of: 2) }
    var signum: Int { limbs.isEmpty ? 0 : isNegative ? -1 : 1 }
    var magnitude: BigInteger { BigInteger(limbs: limbs, isNegative: false) }

    static prefix func - (value: BigInteger) -> BigInteger {
        BigInteger(limbs: value.limbs, isNegative: !value.isNegative)
    }

    static func < (left: BigInteger, right: BigInteger) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? isLess(right.limbs, left.limbs) : isLess(left.limbs, right.limbs)
    }

    static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if left.isNegative == right.isNegative {
            return BigInteger(limbs: sum(left.limbs, right.limbs), isNegative: left.isNegative)
        }
        if isLess(left.limbs, right.limbs) {
            return BigInteger(
                limbs: difference(right.limbs, left.limbs), isNegative: right.isNegative)
        }
        return BigInteger(limbs: difference(left.limbs, right.limbs), isNegative: left.isNegative)
    }

    static func - (left: BigInteger, right: BigInteger) -> BigInteger {
        left + -right
    }

    static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        var product = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
        for (place, limb) in left.limbs.enumerated() {
            var carry: UInt64 = 0
            for (other, factor) in right.limbs.enumerated() {
                let sum = UInt64(limb) * UInt64(factor) + UInt64(product[place + other]) + carry
                product[place + other] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            product[place + right.limbs.count] = UInt32(carry)
        }
        return BigInteger(limbs: product, isNegative: left.isNegative != right.isNegative)
    }

    /// Bit by bit, cut towards zero; the remainder has the dividend's sign.
    func quotientAndRemainder(dividingBy divisor: BigInteger) -> (BigInteger, BigInteger) {
        var quotient = [UInt32](repeating: 0, count: limbs.count)
        var rest: [UInt32] = []
        for place in (0..<limbs.count * 32).reversed() {
            let bit = (limbs[place / 32] >> UInt32(place % 32)) & 1
            rest = Self.sum(Self.sum(rest, rest), [bit])
            while rest.last == 0 { rest.removeLast() }
            if !Self.isLess(rest, divisor.limbs) {
                rest = Self.difference(rest, divisor.limbs)
                while rest.last == 0 { rest.removeLast() }
                quotient[place / 32] |= 1 << UInt32(place % 32)
            }
        }
        return (
            BigInteger(limbs: quotient, isNegative: isNegative != divisor.isNegative),
            BigInteger(limbs: rest, isNegative: isNegative)
        )
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
