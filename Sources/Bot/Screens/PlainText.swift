import Ledger

/// Typed content as plain text, the same in every rendering.
enum PlainText {
    static func of(_ cell: Cell, in zone: TimeZoneRules = .utc) -> String {
        // Nearly all have one.
        if cell.spans.count == 1 { return of(cell.spans[0], in: zone) }
        return cell.spans.map { of($0, in: zone) }.joined()
    }

    static func of(_ span: Cell.Span, in zone: TimeZoneRules) -> String {
        switch span {
        case .text(let text), .code(let text): HarmlessText(text).text
        case .decimal(let value): value.description
        case .money(let amount, let currency): money(amount, currency)
        case .mark(let amount, let currency): mark(amount, currency)
        case .time(let time): minute(time, in: zone)
        }
    }

    /// `+1234.50 USD`: signed unless zero, rounded half-even to the currency's decimals, of which
    /// the first two are always written.
    static func money(_ amount: Decimal, _ currency: Currency) -> String {
        let shown = amount.rounded(decimals: currency.decimals)
        let sign = shown.signum > 0 ? "+" : ""
        return "\(sign)\(padded(shown, decimals: min(2, currency.decimals))) \(currency.code)"
    }

    /// `▲ ` before what is shown as a gain, `▼ ` before a loss, nothing before zero.
    static func mark(_ amount: Decimal, _ currency: Currency) -> String {
        switch amount.rounded(decimals: currency.decimals).signum {
        case 1: "▲ "
        case -1: "▼ "
        default: ""
        }
    }

    /// `2026-02-19 14:32 UTC`, `2026-02-19 15:32 +01`; seconds are cut off.
    static func minute(_ time: Timestamp, in zone: TimeZoneRules) -> String {
        let offset = zone.offsetSeconds(at: time)
        let canonical = time.adding(seconds: Int64(offset)).description
        return "\(canonical.prefix(10)) \(canonical.dropFirst(11).prefix(5)) \(name(of: offset))"
    }

    /// `UTC`, `+01`, `-03:30`.
    private static func name(of offsetSeconds: Int) -> String {
        guard offsetSeconds != 0 else { return "UTC" }
        let (hours, minutes) = (abs(offsetSeconds) / 60).quotientAndRemainder(dividingBy: 60)
        let sign = offsetSeconds < 0 ? "-" : "+"
        return sign + twoDigits(hours) + (minutes == 0 ? "" : ":" + twoDigits(minutes))
    }

    /// `08:05`.
    static func clock(minuteOfDay: Int) -> String {
        "\(twoDigits(minuteOfDay / 60)):\(twoDigits(minuteOfDay % 60))"
    }

    private static func twoDigits(_ number: Int) -> String {
        (number < 10 ? "0" : "") + number.description
    }

    private static func padded(_ value: Decimal, decimals: Int) -> String {
        let text = value.description
        let point = text.firstIndex(of: ".")
        let written = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        guard written < decimals else { return text }
        let zeros = String(repeating: "0", count: decimals - written)
        return text + (point == nil ? "." : "") + zeros
    }
}
