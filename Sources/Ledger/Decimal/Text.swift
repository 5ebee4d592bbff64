extension Decimal {
    /// Reads a number as JSON writes it: `-0.50`, `1e-07`, `1E+2`.
    ///
    /// Throws `malformed` for anything else (`+5`, `.5`, `5.`, `007`, blanks, `NaN`), `outOfRange`
    /// where the value has nonzero digits beyond 18 decimals or reaches 1.7·10²⁰.
    public init(parsing text: String) throws(LedgerError) {
        try self.init(parsing: text.utf8.span)
    }

    /// Reads the same form from its bytes; all of them belong to the number.
    public init(parsing utf8: ArraySlice<UInt8>) throws(LedgerError) {
        try self.init(parsing: utf8.span)
    }

    private init(parsing text: Span<UInt8>) throws(LedgerError) {
        var reader = DecimalReader()
        self = try reader.read(text)
    }
}

/// Reads one number from left to right, in time proportional to its length.
private struct DecimalReader {
    /// The digits from the first to the last that is not zero.
    private var significand: UInt128 = 0
    /// Zeros after `significand`, not yet known to be inside the number or at its end.
    private var trailingZeros = 0
    private var fitsSignificand = true

    mutating func read(_ text: Span<UInt8>) throws(LedgerError) -> Decimal {
        var position = 0
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }

        let integerStart = position
        readDigits(text, &position)
        let integerDigits = position - integerStart
        guard integerDigits > 0 else { throw .malformed }
        guard integerDigits == 1 || text[integerStart] != UInt8(ascii: "0") else {
            throw .malformed
        }

        var decimals = 0
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            readDigits(text, &position)
            decimals = position - start
            guard decimals > 0 else { throw .malformed }
        }
        let exponent = try Self.readExponent(text, &position)
        guard position == text.count else { throw .malformed }
        return try value(exponent: exponent - decimals, isNegative: isNegative)
    }

    private mutating func readDigits(_ text: Span<UInt8>, _ position: inout Int) {
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return }
            position += 1
            if digit == 0 {
                if significand != 0 { trailingZeros += 1 }
            } else {
                append(digit)
            }
        }
    }

    private mutating func append(_ digit: UInt8) {
        while trailingZeros > 0, fitsSignificand {
            shift(adding: 0)
            trailingZeros -= 1
        }
        trailingZeros = 0
        shift(adding: digit)
    }

    private mutating func shift(adding digit: UInt8) {
        // Below 2¹²⁴ the next digit fits.
        guard significand >> 124 == 0 else {
            fitsSignificand = false
            return
        }
        significand = significand &* 10 &+ UInt128(digit)
    }

    private static func readExponent(
        _ text: Span<UInt8>, _ position: inout Int
    ) throws(LedgerError) -> Int {
        guard position < text.count, text[position] | 0x20 == UInt8(ascii: "e") else { return 0 }
        position += 1
        var isNegative = false
        if position < text.count {
            isNegative = text[position] == UInt8(ascii: "-")
            if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
        }
        let start = position
        var exponent = 0
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            position += 1
            // No text is long enough to bring a greater exponent back into range.
            if exponent < 1 << 56 { exponent = exponent * 10 + Int(digit) }
        }
        guard position > start else { throw .malformed }
        return isNegative ? -exponent : exponent
    }

    private func value(exponent: Int, isNegative: Bool) throws(LedgerError) -> Decimal {
        guard significand != 0 else { return .zero }
        let shift = exponent + trailingZeros + Decimal.places
        guard fitsSignificand, shift >= 0, shift <= 38 else { throw .outOfRange }
        let (units, overflow) = significand.multipliedReportingOverflow(
            by: Decimal.powerOfTen(shift))
        guard !overflow else { throw .outOfRange }
        return try Decimal(magnitude: units, isNegative: isNegative)
    }
}

extension Decimal: CustomStringConvertible {
    /// The canonical form: no exponent, no trailing zeros, no `+`; zero is `0`.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(42)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the canonical form in ASCII, at most 41 bytes.
    public func write(to bytes: inout [UInt8]) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        let (whole, fraction) = units.magnitude.quotientAndRemainder(
            dividingBy: Decimal.unitsInOne.magnitude)
        let (high, low) = whole.quotientAndRemainder(dividingBy: Decimal.unitsInOne.magnitude)
        if high > 0 {
            writeDigits(of: UInt64(truncatingIfNeeded: high), to: &bytes, atLeast: 1)
            writeDigits(of: UInt64(truncatingIfNeeded: low), to: &bytes, atLeast: Decimal.places)
        } else {
            writeDigits(of: UInt64(truncatingIfNeeded: low), to: &bytes, atLeast: 1)
        }
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        writeDigits(of: UInt64(truncatingIfNeeded: fraction), to: &bytes, atLeast: Decimal.places)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
}
