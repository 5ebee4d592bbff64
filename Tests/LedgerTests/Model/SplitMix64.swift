/// A small seeded generator: the same seed gives the same test.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Of any size with the same chance, and often next to a power of two or ten.
    mutating func units() -> Int128 {
        let width = Int.random(in: 0...127, using: &self)
        let bits = UInt128(next()) << 64 | UInt128(next())
        var magnitude = width == 0 ? 0 : Int128(truncatingIfNeeded: bits >> (128 - width))
        switch next() % 8 {
        case 0: magnitude = Int128(1) << min(width, 126)
        case 1: magnitude = power(10, width % 39)
        case 2: magnitude = power(10, width % 39) - 1
        case 3: magnitude = 169_999_999_999_999_999_999_999_999_999_999_999_999 - magnitude % 3
        default: break
        }
        return next() % 2 == 0 ? magnitude : -magnitude
    }

    private func power(_ base: Int128, _ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { result, _ in result * base }
    }
}
