import Ledger

/// A quotient of whole numbers and what the ledger must make of it.
struct ExactQuotient {
    let dividend: BigInteger
    let divisor: BigInteger
    /// Magnitude at which the rounded quotient is out of range; an even number.
    let limit: BigInteger

    /// In units of 10⁻¹⁸, unless `decimals` says otherwise.
    init(_ dividend: BigInteger, over divisor: BigInteger, decimals: Int = 18) {
        self.dividend = dividend
        self.divisor = divisor
        limit = BigInteger(17) * .powerOfTen(19 + decimals)
    }

    /// Half of a step below an even limit rounds to it.
    var isOutOfRange: Bool {
        let two = BigInteger(2)
        let bound = (two * limit - BigInteger(1)) * divisor.magnitude
        return !(two * dividend.magnitude < bound)
    }

    /// Whether `result` is the nearest whole number, the even one of two that are as near.
    func isRoundedHalfEven(to result: BigInteger) -> Bool {
        let twiceTheError = (dividend - result * divisor).magnitude * BigInteger(2)
        return twiceTheError < divisor.magnitude
            || (twiceTheError == divisor.magnitude && result.isEven)
    }
}
