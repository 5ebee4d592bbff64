import Testing

/// The yardstick of the other tests: its short ways agree with its long ones.
@Suite struct BigIntegerTests {
    @Test func `short numbers are computed with as long ones are`() {
        var random = SplitMix64(seed: 1)
        let shift = BigInteger.powerOfTen(60)
        for _ in 0..<500 {
            let (left, right) = (BigInteger(random.units()), BigInteger(random.units()))
            // Beyond 127 bits everything goes limb by limb.
            let (long, other) = (left * shift, right * shift)
            #expect((long + other) == (left + right) * shift)
            #expect((long - other) == (left - right) * shift)
            #expect(long * other == left * right * shift * shift)
            #expect((long < other) == (left < right))
            #expect(long - other + other - long == BigInteger(0))
            guard !right.isZero else { continue }
            let (quotient, rest) = left.quotientAndRemainder(dividingBy: right)
            let (same, longRest) = long.quotientAndRemainder(dividingBy: other)
            #expect(quotient == same)
            #expect(longRest == rest * shift)
            let (great, small) = long.quotientAndRemainder(dividingBy: right)
            #expect(great * right + small == long)
            #expect(small.magnitude < right.magnitude)
            #expect(small.isZero || small.signum == long.signum)
        }
    }

    @Test func `digits and signs are read and told`() {
        #expect(
            BigInteger(digits: "-12345678901234567890") == -BigInteger(12_345_678_901_234_567_890))
        #expect(BigInteger(digits: "-0") == BigInteger(0))
        #expect(BigInteger(.min) + BigInteger(.max) == BigInteger(-1))
        #expect(BigInteger(.min).isEven && !BigInteger(.max).isEven)
        #expect([BigInteger(.min), BigInteger(0), .powerOfTen(50)].map(\.signum) == [-1, 0, 1])
        #expect((-BigInteger.powerOfTen(50)).magnitude == .powerOfTen(50))
    }
}
