/// The grammar of JSON's tokens: where they end and what is wrong with them. Holds no state, so it
/// can be tested alone, and reads through spans, so it is fast.
enum JSONScan {
    /// Past the blanks; `lineStart` is the start of the line reached, where there was a line feed.
    struct Blanks {
        var end: Int
        var lineFeeds = 0
        var lineStart = 0
    }

    @inline(__always)
    static func blanks(_ text: Span<UInt8>, from start: Int) -> Blanks {
        var blanks = Blanks(end: start)
        while blanks.end < text.count {
            switch text[blanks.end] {
            case ASCII.blank, ASCII.tab, ASCII.carriageReturn:
                blanks.end += 1
            case ASCII.lineFeed:
                blanks.end += 1
                blanks.lineFeeds += 1
                blanks.lineStart = blanks.end
            default:
                return blanks
            }
        }
        return blanks
    }

    struct StringToken {
        /// The closing quote's index, or the place of the fault.
        var end: Int
        /// Without escapes, so that the bytes are the text.
        var isPlain = true
        var defects: JSONDefects = []
        var fault: JSONError.Kind?
    }

    /// `start` is the byte after the opening quote.
    static func string(_ text: Span<UInt8>, from start: Int) -> StringToken {
        var token = StringToken(end: start)
        var index = start
        while index < text.count {
            let byte = text[index]
            if byte >= 0x80 {
                let length = UTF8Sequence.length(text, at: index)
                guard length > 0 else {
                    token.end = index
                    token.fault = .invalidUTF8
                    return token
                }
                index += length
            } else if byte == ASCII.quote {
                token.end = index
                return token
            } else if byte == ASCII.backslash {
                token.isPlain = false
                guard let escape = escape(text, at: index) else {
                    token.end = index
                    token.fault = .badEscape
                    return token
                }
                token.defects.formUnion(escape.defects)
                index += escape.length
            } else if byte < 0x20 {
                token.end = index
                token.fault = .controlCharacter(byte)
                return token
            } else {
                index += 1
            }
        }
        token.end = text.count
        token.fault = .unexpectedEnd
        return token
    }

    struct Escape {
        var length: Int
        var codePoint: UInt32
        var defects: JSONDefects = []
    }

    /// The escape whose backslash stands at `index`; nil where it is none. A surrogate pair is one.
    static func escape(_ text: Span<UInt8>, at index: Int) -> Escape? {
        guard index + 1 < text.count else { return nil }
        switch text[index + 1] {
        case ASCII.quote: return Escape(length: 2, codePoint: 0x22)
        case ASCII.backslash: return Escape(length: 2, codePoint: 0x5C)
        case ASCII.slash: return Escape(length: 2, codePoint: 0x2F)
        case UInt8(ascii: "b"): return Escape(length: 2, codePoint: 0x08)
        case UInt8(ascii: "f"): return Escape(length: 2, codePoint: 0x0C)
        case UInt8(ascii: "n"): return Escape(length: 2, codePoint: 0x0A)
        case UInt8(ascii: "r"): return Escape(length: 2, codePoint: 0x0D)
        case UInt8(ascii: "t"): return Escape(length: 2, codePoint: 0x09)
        case UInt8(ascii: "u"): return unicodeEscape(text, at: index)
        default: return nil
        }
    }

    private static func unicodeEscape(_ text: Span<UInt8>, at index: Int) -> Escape? {
        guard let unit = fourDigits(text, at: index + 2) else { return nil }
        switch unit {
        case 0:
            return Escape(length: 6, codePoint: 0, defects: .nul)
        case 0xD800...0xDBFF:
            if index + 7 < text.count, text[index + 6] == ASCII.backslash,
                text[index + 7] == UInt8(ascii: "u"),
                let low = fourDigits(text, at: index + 8), (0xDC00...0xDFFF).contains(low)
            {
                let codePoint = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                return Escape(length: 12, codePoint: codePoint)
            }
            return Escape(length: 6, codePoint: unit, defects: .loneSurrogate)
        case 0xDC00...0xDFFF:
            return Escape(length: 6, codePoint: unit, defects: .loneSurrogate)
        default:
            return Escape(length: 6, codePoint: unit)
        }
    }

    private static func fourDigits(_ text: Span<UInt8>, at index: Int) -> UInt32? {
        guard index + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for position in index..<index + 4 {
            guard let digit = ASCII.hexadecimal(text[position]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// The text of a string that `string` found sound. A lone surrogate becomes the three bytes
    /// that would encode it, so that different ones stay different; `String(decoding:)` repairs
    /// them.
    static func unescaped(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] == ASCII.backslash, let escape = escape(text, at: index) {
                UTF8Sequence.append(escape.codePoint, to: &bytes)
                index += escape.length
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }

    struct NumberToken {
        var end: Int
        var defects: JSONDefects = []
        var isSound = true
    }

    /// More than this many bytes, or an exponent beyond it, is `JSONDefects.extremeNumber`.
    static let numberLimit = 1_000

    /// `start` is the minus sign or the first digit.
    static func number(_ text: Span<UInt8>, from start: Int) -> NumberToken {
        var index = start
        if text[index] == ASCII.minus { index += 1 }
        let whole = digits(text, from: index)
        // No digit, or a zero before other digits.
        if whole == index || (text[index] == ASCII.zero && whole > index + 1) {
            return NumberToken(end: index, isSound: false)
        }
        index = whole
        if index < text.count, text[index] == ASCII.point {
            let fraction = digits(text, from: index + 1)
            if fraction == index + 1 { return NumberToken(end: fraction, isSound: false) }
            index = fraction
        }
        var token = NumberToken(end: index)
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == ASCII.plus || text[index] == ASCII.minus {
                index += 1
            }
            token.end = digits(text, from: index)
            token.isSound = token.end > index
            if exponentIsExtreme(text, index..<token.end) { token.defects = .extremeNumber }
        }
        if token.end - start > numberLimit { token.defects = .extremeNumber }
        return token
    }

    private static func digits(_ text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, ASCII.isDigit(text[index]) { index += 1 }
        return index
    }

    private static func exponentIsExtreme(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var exponent = 0
        for index in range {
            exponent = exponent * 10 + Int(text[index] - ASCII.zero)
            if exponent > numberLimit { return true }
        }
        return false
    }
}
