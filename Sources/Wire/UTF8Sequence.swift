/// UTF-8 by the Unicode standard's table 3-7: no overlong forms, no surrogates, at most U+10FFFF.
enum UTF8Sequence {
    /// 2, 3 or 4 for the sequence whose first byte (0x80 or more) stands at `index`; 0 for none.
    static func length(_ text: Span<UInt8>, at index: Int) -> Int {
        let first = text[index]
        let left = text.count - index
        switch first {
        case 0xC2...0xDF:
            return left >= 2 && isContinuation(text[index + 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(text[index + 2]) else { return 0 }
            let second = text[index + 1]
            switch first {
            case 0xE0: return (0xA0...0xBF).contains(second) ? 3 : 0
            case 0xED: return (0x80...0x9F).contains(second) ? 3 : 0
            default: return isContinuation(second) ? 3 : 0
            }
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(text[index + 2]), isContinuation(text[index + 3])
            else { return 0 }
            let second = text[index + 1]
            switch first {
            case 0xF0: return (0x90...0xBF).contains(second) ? 4 : 0
            case 0xF4: return (0x80...0x8F).contains(second) ? 4 : 0
            default: return isContinuation(second) ? 4 : 0
            }
        default:
            return 0
        }
    }

    static func isValid(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            if text[index] < 0x80 {
                index += 1
                continue
            }
            let length = length(text, at: index)
            if length == 0 { return false }
            index += length
        }
        return true
    }

    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Encodes `codePoint` (below 0x110000), a surrogate too.
    static func append(_ codePoint: UInt32, to bytes: inout [UInt8]) {
        switch codePoint {
        case ..<0x80:
            bytes.append(UInt8(codePoint))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | codePoint >> 6))
            bytes.append(UInt8(0x80 | codePoint & 0x3F))
        case ..<0x10000:
            bytes.append(UInt8(0xE0 | codePoint >> 12))
            bytes.append(UInt8(0x80 | codePoint >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | codePoint & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | codePoint >> 18 & 0x07))
            bytes.append(UInt8(0x80 | codePoint >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | codePoint >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | codePoint & 0x3F))
        }
    }
}
