public import Ledger

/// Numbers that a source printed from binary floats: `0.30000000000000004` was meant to be 0.3.
///
/// A double holds 15 significant decimal digits of any number; what is printed beyond them is the
/// distance to the nearest double, not what was traded.
public enum PrintedFloat {
    public static let significantDigits = 15

    /// The number at 15 significant digits, half-even, and at most 18 decimals. Throws as
    /// `Decimal.init(parsing:)` does.
    public static func decimal(_ text: String) throws(LedgerError) -> Decimal {
        // Whatever is no number is for the decimal's own reader to refuse.
        try Decimal(parsing: Parts(text)?.rounded.text ?? text)
    }

    /// The same for a JSON number or a string with one; nil for anything else.
    public static func decimal(_ value: JSONValue?) throws(LedgerError) -> Decimal? {
        switch value {
        case .number(let text), .string(let text): try decimal(text.text)
        case .null, .bool, .array, .object, nil: nil
        }
    }
}

/// A number as its digits and where its point stands.
private struct Parts {
    var isNegative = false
    /// From the first that is not zero to the last.
    var digits: [UInt8] = []
    /// The power of ten of the last digit.
    var exponent = 0

    /// Nil for what `Decimal` does not read, and for zero.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if bytes.first == ASCII.minus {
            isNegative = true
            bytes.removeFirst()
        }
        let mark = bytes.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? bytes.endIndex
        if mark < bytes.endIndex {
            let power = bytes[mark...].dropFirst()
            guard power.count <= 6, let value = Int(String(decoding: power, as: UTF8.self)) else {
                return nil
            }
            exponent = value
        }
        let number = bytes[..<mark].split(
            separator: ASCII.point, omittingEmptySubsequences: false)
        guard (1...2).contains(number.count),
            number.allSatisfy({ !$0.isEmpty && $0.allSatisfy(ASCII.isDigit) }),
            number[0].count == 1 || number[0].first != ASCII.zero
        else { return nil }
        if number.count == 2 { exponent -= number[1].count }
        digits = Array(number.joined().drop { $0 == ASCII.zero })
        guard !digits.isEmpty else { return nil }
    }

    /// At 15 digits, and none of them beyond 18 decimals.
    var rounded: Parts {
        var result = self
        let surplus = max(digits.count - PrintedFloat.significantDigits, -18 - exponent)
        guard surplus > 0 else { return result }
        let kept = max(0, digits.count - surplus)
        let cut =
            Array(repeating: ASCII.zero, count: max(0, surplus - digits.count))
            + digits[kept...]
        result.digits = Array(digits[..<kept])
        result.exponent += surplus
        let isOdd = (result.digits.last ?? ASCII.zero) & 1 == 1
        let half = UInt8(ascii: "5")
        let first = cut.first ?? ASCII.zero
        let isUp =
            first > half
            || (first == half && (isOdd || cut.dropFirst().contains { $0 != ASCII.zero }))
        if isUp { result.increment() }
        return result
    }

    private mutating func increment() {
        var index = digits.endIndex - 1
        while index >= 0, digits[index] == ASCII.nine {
            digits[index] = ASCII.zero
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(ASCII.zero + 1, at: 0)
        }
    }

    var text: String {
        guard !digits.isEmpty else { return "0" }
        return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(exponent)"
    }
}
