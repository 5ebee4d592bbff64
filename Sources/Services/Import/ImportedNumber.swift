import Ledger

/// Numbers as exports write them.
enum ImportedNumber {
    /// The number as JSON writes it: without the separators of thousands, a `+`, or zeros that are
    /// missing about the point. Nil where it is no number; `Decimal` judges the rest.
    ///
    /// Separators (`,` or, where the comma is the point, `.`, `'` and blanks) are only taken
    /// between groups of three digits.
    static func canonical(_ text: String, point: UInt8 = UInt8(ascii: ".")) -> String? {
        var rest = text.utf8[...]
        var isNegative = false
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            isNegative = rest.removeFirst() == UInt8(ascii: "-")
        }
        let exponent = rest.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? rest.endIndex
        let tail = rest[exponent...]
        rest = rest[..<exponent]
        let parts = rest.split(separator: point, maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ digits($0, point: point) }) else { return nil }
        let decimals = parts.count == 2 ? Array(parts[1]) : []
        guard decimals.allSatisfy(isDigit), !(whole.isEmpty && decimals.isEmpty) else {
            return nil
        }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        let shown = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        return (isNegative ? "-" : "") + String(decoding: shown, as: UTF8.self)
            + (decimals.isEmpty ? "" : "." + String(decoding: decimals, as: UTF8.self))
            + String(decoding: Array(tail), as: UTF8.self)
    }

    static func decimal(_ text: String, point: UInt8 = UInt8(ascii: ".")) -> Decimal? {
        canonical(text, point: point).flatMap { try? Decimal(parsing: $0) }
    }

    private static func digits(_ text: Substring.UTF8View, point: UInt8) -> [UInt8]? {
        let separators: [UInt8] =
            point == UInt8(ascii: ",")
            ? [UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: " ")]
            : [UInt8(ascii: ","), UInt8(ascii: "'")]
        guard let separator = text.first(where: { separators.contains($0) }) else {
            return text.allSatisfy(isDigit) ? Array(text) : nil
        }
        let groups = text.split(separator: separator, omittingEmptySubsequences: false)
        guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups.allSatisfy({ $0.allSatisfy(isDigit) })
        else { return nil }
        return groups.flatMap { Array($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") <= 9
    }
}
