/// An exact fraction, not reduced.
struct Rational {
    let numerator: BigInteger
    /// Above zero.
    let denominator: BigInteger

    private static let one = BigInteger(1)

    /// `denominator` is above zero.
    init(_ numerator: BigInteger, over denominator: BigInteger) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(_ value: Int128) {
        self.init(BigInteger(value), over: Self.one)
    }

    var magnitude: Rational { Rational(numerator.magnitude, over: denominator) }

    static func == (left: Rational, right: Rational) -> Bool {
        left.numerator * right.denominator == right.numerator * left.denominator
    }

    static func < (left: Rational, right: Rational) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    static func + (left: Rational, right: Rational) -> Rational {
        if left.denominator == right.denominator {
            return Rational(left.numerator + right.numerator, over: left.denominator)
        }
        return Rational(
            left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator)
    }

    static func - (left: Rational, right: Rational) -> Rational {
        left + Rational(-right.numerator, over: right.denominator)
    }

    static func * (left: Rational, right: Rational) -> Rational {
        Rational(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    static func / (left: Rational, right: Rational) -> Rational {
        let numerator = left.numerator * right.denominator
        let denominator = left.denominator * right.numerator
        return right.numerator.signum < 0
            ? Rational(-numerator, over: -denominator) : Rational(numerator, over: denominator)
    }
}
