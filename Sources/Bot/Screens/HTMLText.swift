import Ledger

/// Markup of our own: a literal, so that no text from outside can get there.
struct Markup: ExpressibleByStringLiteral {
    fileprivate let text: String

    init(stringLiteral text: String) { self.text = text }
}

/// Telegram's HTML being written: markup goes in as it is, text only escaped, and what will be
/// shown is counted.
struct HTMLText {
    private var bytes: [UInt8] = []
    /// UTF-16 units that remain after the tags are parsed.
    private(set) var shownUnits = 0
    /// The reader's.
    private let zone: TimeZoneRules

    init(in zone: TimeZoneRules) {
        self.zone = zone
        bytes.reserveCapacity(4096)
    }

    var html: String { String(decoding: bytes, as: UTF8.self) }

    mutating func tag(_ markup: Markup) { bytes += markup.text.utf8 }

    mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        shownUnits += 1
    }

    /// Escapes by bytes: a `<` that carries a combining mark is a `<` to Telegram too.
    mutating func text(_ text: String) {
        for byte in text.utf8 {
            // A scalar of four bytes in UTF-8 takes two units in UTF-16, any other one.
            let isContinuation = byte & 0xC0 == 0x80
            if !isContinuation { shownUnits += byte >= 0xF0 ? 2 : 1 }
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            default: bytes.append(byte)
            }
        }
    }

    mutating func harmless(_ text: String) { self.text(HarmlessText(text).text) }

    /// `timesAsTags`: every reader sees the instant in their own time zone.
    mutating func cell(_ cell: Cell, timesAsTags: Bool) {
        for span in cell.spans {
            let shown = PlainText.of(span, in: zone)
            switch span {
            case .code:
                tag("<code>")
                text(shown)
                tag("</code>")
            case .time(let time) where timesAsTags:
                bytes += "<tg-time unix=\"\(Self.unixSeconds(time))\" format=\"dt\">".utf8
                text(shown)
                tag("</tg-time>")
            default:
                text(shown)
            }
        }
    }

    /// The same in bold; but code as it is, which Telegram allows no other markup around.
    mutating func boldCell(_ cell: Cell, timesAsTags: Bool) {
        let isPlain = cell.spans.allSatisfy { if case .code = $0 { false } else { true } }
        guard isPlain, !cell.spans.isEmpty else { return self.cell(cell, timesAsTags: timesAsTags) }
        tag("<b>")
        self.cell(cell, timesAsTags: timesAsTags)
        tag("</b>")
    }

    private static func unixSeconds(_ time: Timestamp) -> Int64 {
        let (seconds, rest) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}
