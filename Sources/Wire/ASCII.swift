/// Names for the bytes that the formats are made of.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let blank: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let point: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero <= 9 }

    /// 0–15, or nil where `byte` is no hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    static let hexadecimalDigits = Array("0123456789abcdef".utf8)

    /// For error messages: the character where it can be printed, else its number.
    static func name(of byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "“\(Character(Unicode.Scalar(byte)))”" }
        let digits = [
            hexadecimalDigits[Int(byte >> 4)], hexadecimalDigits[Int(byte & 15)],
        ]
        return "byte 0x" + String(decoding: digits, as: UTF8.self)
    }
}
