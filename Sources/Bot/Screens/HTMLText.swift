import Ledger

/// Telegram's HTML being written: markup goes in as it is, text only escaped, and what will be
/// shown is counted.
struct HTMLText {
    private(set) var html = ""
    /// UTF-16 units that remain after the tags are parsed.
    private(set) var shownUnits = 0
    /// The reader's.
    private let zone: TimeZoneRules

    init(in zone: TimeZoneRules) { self.zone = zone }

    /// Markup of our own; a literal, so that no text from outside can get here.
    mutating func tag(_ markup: StaticString) { html += markup.description }

    mutating func newLine() {
        html += "\n"
        shownUnits += 1
    }

    /// Escapes by Unicode scalars: a `<` that carries a combining mark is a `<` to Telegram too.
    mutating func text(_ text: String) {
        shownUnits += text.utf16.count
        guard text.utf8.contains(where: Self.isSpecial) else {
            html += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "&": html += "&amp;"
            case "\"": html += "&quot;"
            default: html.unicodeScalars.append(scalar)
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
                html += "<tg-time unix=\"\(Self.unixSeconds(time))\" format=\"dt\">"
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

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""): true
        default: false
        }
    }

    private static func unixSeconds(_ time: Timestamp) -> Int64 {
        let (seconds, rest) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}
