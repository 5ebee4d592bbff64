public import Ledger

/// How a file writes its times, such as `DD.MM.YYYY HH:mm:ss`: `YYYY`, or `YY` for 2000 to 2099;
/// `MM` or `M`, `MMM` for `Jan` to `Dec`; `DD` or `D`; `HH` or `H`; `mm`; `ss`, which takes
/// decimals too. A single letter takes one digit or two. Everything else stands for itself; what
/// of the clock is not mentioned is 0.
public struct TimePattern: Sendable, Hashable {
    private enum Part: Hashable {
        case year, shortYear, month, monthName, day, hour, minute, second
        case literal(UInt8)
    }

    private struct Piece: Sendable, Hashable {
        let part: Part
        let digits: ClosedRange<Int>
    }

    public let text: String
    private let pieces: [Piece]

    /// Nil where year, month and day are not each there once, or a part is there twice.
    public init?(_ text: String) {
        let parts: [(word: String, part: Part, digits: ClosedRange<Int>)] = [
            ("YYYY", .year, 4...4), ("YY", .shortYear, 2...2), ("MMM", .monthName, 3...3),
            ("MM", .month, 2...2), ("M", .month, 1...2), ("DD", .day, 2...2), ("D", .day, 1...2),
            ("HH", .hour, 2...2), ("H", .hour, 1...2), ("mm", .minute, 2...2),
            ("ss", .second, 2...2),
        ]
        var pieces: [Piece] = []
        var rest = text.utf8[...]
        while let byte = rest.first {
            if let found = parts.first(where: { rest.starts(with: $0.word.utf8) }) {
                pieces.append(Piece(part: found.part, digits: found.digits))
                rest = rest.dropFirst(found.word.utf8.count)
            } else {
                pieces.append(Piece(part: .literal(byte), digits: 1...1))
                rest = rest.dropFirst()
            }
        }
        let named = pieces.map(\.part).filter { if case .literal = $0 { false } else { true } }
        let years = named.filter { $0 == .year || $0 == .shortYear }
        let months = named.filter { $0 == .month || $0 == .monthName }
        guard years.count == 1, months.count == 1, named.contains(.day),
            Set(named).count == named.count
        else { return nil }
        self.text = text
        self.pieces = pieces
    }

    /// The time that `text` writes; nil where it is not written so, or there is no such time.
    public func read(_ text: String) -> LocalDateTime? {
        var rest = text.utf8[...]
        var (year, month, day) = (0, 0, 0)
        var (hour, minute, second, microsecond) = (0, 0, 0, 0)
        for piece in pieces {
            switch piece.part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            case .monthName:
                guard let number = Self.month(named: rest.prefix(3)) else { return nil }
                month = number
                rest = rest.dropFirst(3)
            default:
                let digits = rest.prefix(piece.digits.upperBound).prefix { ASCII.isDigit($0) }
                guard piece.digits.contains(digits.count),
                    let number = Int(String(decoding: digits, as: UTF8.self))
                else { return nil }
                rest = rest.dropFirst(digits.count)
                switch piece.part {
                case .year: year = number
                case .shortYear: year = 2000 + number
                case .month: month = number
                case .day: day = number
                case .hour: hour = number
                case .minute: minute = number
                default:
                    second = number
                    guard let fraction = Self.microseconds(&rest) else { return nil }
                    microsecond = fraction
                }
            }
        }
        guard rest.isEmpty, let date = Day(year: year, month: month, day: day) else { return nil }
        return LocalDateTime(
            day: date, hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    /// The decimals of a second where they stand; microseconds are kept.
    private static func microseconds(_ rest: inout Substring.UTF8View) -> Int? {
        guard rest.first == ASCII.point else { return 0 }
        let digits = rest.dropFirst().prefix { ASCII.isDigit($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count + 1)
        let kept = Array(digits.prefix(6)) + repeatElement(ASCII.zero, count: 6)
        return Int(String(decoding: kept.prefix(6), as: UTF8.self))
    }

    private static func month(named name: Substring.UTF8View) -> Int? {
        let names = Array("janfebmaraprmayjunjulaugsepoctnovdec".utf8)
        let lower = name.map { $0 | 0x20 }
        guard lower.count == 3 else { return nil }
        return (0..<12).first { Array(names[$0 * 3..<$0 * 3 + 3]) == lower }.map { $0 + 1 }
    }
}
