public import Ledger

/// A short run of typed content on one line: a table's cell, a fact's value, a note.
///
/// Written as a string literal whose interpolations keep their types, so that each renderer shows
/// them in its own way: `"Bought \(quantity) at \(price, currency) on \(time)"`.
public struct Cell: Sendable, Hashable {
    enum Span: Sendable, Hashable {
        case text(String)
        case code(String)
        case decimal(Decimal)
        case money(Decimal, Currency)
        case mark(Decimal, Currency)
        case time(Timestamp)
    }

    var spans: [Span]

    /// Nothing at all.
    public static let empty = Cell(spans: [])

    /// Any text; what could do harm in it is made visible, line breaks become blanks.
    public static func text(_ text: String) -> Cell { Cell(spans: [.text(text)]) }

    /// Text to be copied as it stands, such as a token or an id: shown in a fixed-width font.
    public static func code(_ text: String) -> Cell { Cell(spans: [.code(text)]) }

    /// A quantity or price in canonical form.
    public static func decimal(_ value: Decimal) -> Cell { Cell(spans: [.decimal(value)]) }

    /// An amount with its sign and currency, rounded half-even to the currency's own decimals.
    public static func money(_ amount: Decimal, _ currency: Currency) -> Cell {
        Cell(spans: [.money(amount, currency)])
    }

    /// Money that is a result: a gain begins with ▲, a loss with ▼, so that no colour is needed.
    public static func gain(_ amount: Decimal, _ currency: Currency) -> Cell {
        Cell(spans: [.mark(amount, currency), .money(amount, currency)])
    }

    /// An instant: in the reader's own time zone where the renderer can do that, else in UTC.
    public static func time(_ time: Timestamp) -> Cell { Cell(spans: [.time(time)]) }

    /// `cells` one behind the other with `separator` between them.
    public static func joined(_ cells: [Cell], separator: String = ", ") -> Cell {
        Cell(spans: Array(cells.map(\.spans).joined(separator: [.text(separator)])))
    }
}

extension Cell: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }

    public init(stringInterpolation: StringInterpolation) { spans = stringInterpolation.spans }

    /// Gathers a literal's parts with their types.
    public struct StringInterpolation: StringInterpolationProtocol {
        var spans: [Span] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            spans.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { spans.append(.text(literal)) }
        }

        public mutating func appendInterpolation(_ cell: Cell) { spans += cell.spans }

        public mutating func appendInterpolation(_ value: Decimal) { spans.append(.decimal(value)) }

        public mutating func appendInterpolation(_ time: Timestamp) { spans.append(.time(time)) }

        public mutating func appendInterpolation(_ amount: Decimal, _ currency: Currency) {
            spans.append(.money(amount, currency))
        }

        public mutating func appendInterpolation(gain amount: Decimal, _ currency: Currency) {
            spans += Cell.gain(amount, currency).spans
        }

        public mutating func appendInterpolation(code text: String) { spans.append(.code(text)) }

        /// Names, counts, days, currencies and the like, as text.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            spans.append(.text(value.description))
        }
    }
}
