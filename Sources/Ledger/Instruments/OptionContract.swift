/// Which option: the right to buy or sell `underlying` at `strike` until `expiry`.
public struct OptionContract: Sendable, Hashable {
    public let underlying: ExactText
    public let expiry: Day
    /// In the instrument's currency, for one unit of the underlying.
    public let strike: Decimal
    public let right: OptionRight

    public init(underlying: ExactText, expiry: Day, strike: Decimal, right: OptionRight) {
        self.underlying = underlying
        self.expiry = expiry
        self.strike = strike
        self.right = right
    }
}

public enum OptionRight: String, Sendable, CaseIterable {
    case call = "C"
    case put = "P"
}

// The symbol of the Options Clearing Corporation: a root of 1 to 6 letters and digits, padded
// with blanks to 6, then YYMMDD, C or P, and the strike in thousandths, 8 digits.
extension OptionContract {
    /// Strikes are written in thousandths.
    private static let strikeUnit: Int128 = 1_000_000_000_000_000
    private static let rootLength = 6
    private static let tailLength = 15

    /// Reads an OCC symbol, its root padded (`AAPL  260320C00150000`) or not
    /// (`AAPL260320C00150000`), as of the years 2000 to 2099. The root is taken for the
    /// underlying. Nil for anything else, and for a strike of zero.
    public init?(occSymbol: String) {
        let text = occSymbol.utf8.span
        let tail = text.count - Self.tailLength
        guard (1...Self.rootLength).contains(tail) else { return nil }
        var rootEnd = tail
        if tail == Self.rootLength {
            while rootEnd > 0, text[rootEnd - 1] == UInt8(ascii: " ") { rootEnd -= 1 }
        }
        guard rootEnd > 0, Self.isRoot(text, 0..<rootEnd),
            let year = readDigits(text, tail..<tail + 2),
            let month = readDigits(text, tail + 2..<tail + 4),
            let day = readDigits(text, tail + 4..<tail + 6),
            let expiry = Day(year: 2000 + year, month: month, day: day),
            let thousandths = readDigits(text, tail + 7..<text.count), thousandths > 0
        else { return nil }
        switch text[tail + 6] {
        case UInt8(ascii: "C"): right = .call
        case UInt8(ascii: "P"): right = .put
        default: return nil
        }
        self.underlying = ExactText(String(occSymbol.prefix(rootEnd)))
        self.expiry = expiry
        self.strike = Decimal(units: Int128(thousandths) * Self.strikeUnit)
    }

    /// The 21-character OCC symbol; nil where the contract does not fit into one.
    public var occSymbol: String? {
        let root = underlying.text.utf8.span
        let (thousandths, rest) = strike.units.quotientAndRemainder(dividingBy: Self.strikeUnit)
        guard (1...Self.rootLength).contains(root.count), Self.isRoot(root, root.indices),
            (2000...2099).contains(expiry.year), rest == 0,
            (1...99_999_999).contains(thousandths)
        else { return nil }
        var bytes = Array(underlying.text.utf8)
        bytes += repeatElement(UInt8(ascii: " "), count: Self.rootLength - root.count)
        writeDigits(of: UInt64(expiry.year - 2000), to: &bytes, atLeast: 2)
        writeDigits(of: UInt64(expiry.month), to: &bytes, atLeast: 2)
        writeDigits(of: UInt64(expiry.day), to: &bytes, atLeast: 2)
        bytes += Array(right.rawValue.utf8)
        writeDigits(of: UInt64(thousandths), to: &bytes, atLeast: 8)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isRoot(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            switch text[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            default:
                return false
            }
        }
        return true
    }
}
