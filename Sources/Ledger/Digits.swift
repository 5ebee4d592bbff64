/// The number that the ASCII digits at `range` stand for; nil if one is not a digit.
func readDigits(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var number = 0
    for index in range {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        number = number * 10 + Int(digit)
    }
    return number
}

/// Appends `number` in decimal, with zeros before it up to `width` digits.
func writeDigits(of number: UInt64, to bytes: inout [UInt8], atLeast width: Int) {
    var digits = 1
    var rest = number / 10
    while rest > 0 {
        digits += 1
        rest /= 10
    }
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(digits, width)))
    rest = number
    var position = bytes.count - 1
    while rest > 0 {
        bytes[position] += UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
        position -= 1
    }
}
