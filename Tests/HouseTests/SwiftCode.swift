/// Swift source with comments and string literals blanked out, byte for byte.
///
/// It knows nested comments, raw and multi-line strings and interpolations (which go with their
/// string), but no regular expression literals.
struct SwiftCode {
    private static let quote = UInt8(ascii: "\"")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let hash = UInt8(ascii: "#")
    private static let escape = UInt8(ascii: "\\")
    private static let lineFeed = UInt8(ascii: "\n")

    private var bytes: [UInt8]
    private var position = 0

    static func bare(_ source: String) -> String {
        var code = SwiftCode(bytes: Array(source.utf8))
        while code.position < code.bytes.count { code.step() }
        return String(decoding: code.bytes, as: UTF8.self)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func step() {
        switch (here(), here(1)) {
        case (Self.slash, Self.slash):
            while position < bytes.count, bytes[position] != Self.lineFeed { blank() }
        case (Self.slash, Self.star):
            blankComment()
        case (Self.quote, _), (Self.hash, Self.hash), (Self.hash, Self.quote):
            let hashes = run(of: Self.hash, from: position)
            if here(hashes) == Self.quote {
                blankString(hashes: hashes)
            } else {
                position += hashes
            }
        default:
            position += 1
        }
    }

    /// 0 beyond the end.
    private func here(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private func run(of byte: UInt8, from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    /// Line breaks stay, so that lines keep their numbers.
    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<min(count, bytes.count - position) {
            if bytes[position] != Self.lineFeed { bytes[position] = UInt8(ascii: " ") }
            position += 1
        }
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            switch (here(), here(1)) {
            case (Self.slash, Self.star):
                depth += 1
                blank(2)
            case (Self.star, Self.slash):
                depth -= 1
                blank(2)
            default:
                blank()
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func blankString(hashes: Int) {
        blank(hashes)
        let quotes = run(of: Self.quote, from: position) >= 3 ? 3 : 1
        blank(quotes)
        while position < bytes.count {
            if here() == Self.escape, run(of: Self.hash, from: position + 1) >= hashes {
                blank(1 + hashes)
                if here() == UInt8(ascii: "(") { blankInterpolation() } else { blank() }
            } else if run(of: Self.quote, from: position) >= quotes,
                run(of: Self.hash, from: position + quotes) >= hashes
            {
                return blank(quotes + hashes)
            } else if quotes == 1, here() == Self.lineFeed {
                return
            } else {
                blank()
            }
        }
    }

    private mutating func blankInterpolation() {
        var depth = 0
        repeat {
            let hashes = run(of: Self.hash, from: position)
            if here(hashes) == Self.quote {
                blankString(hashes: hashes)
            } else {
                if here() == UInt8(ascii: "(") { depth += 1 }
                if here() == UInt8(ascii: ")") { depth -= 1 }
                blank()
            }
        } while depth > 0 && position < bytes.count
    }
}
