/// Columns and rows, with an optional row of totals.
public struct Table: Sendable, Hashable {
    /// A column's heading and the side on which its cells stand; numbers stand on the right.
    public struct Column: Sendable, Hashable {
        public enum Alignment: String, Sendable, CaseIterable {
            case left, center, right
        }

        public var title: String
        public var alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    public var caption: String?
    /// At most 20 in Telegram.
    public var columns: [Column]
    /// A row with fewer cells than columns ends in empty ones; one with more is refused.
    public var rows: [[Cell]]
    public var total: [Cell]?
    /// Stands in place of a table without rows.
    public var whenEmpty: String

    public init(
        caption: String? = nil, columns: [Column], rows: [[Cell]] = [], total: [Cell]? = nil,
        whenEmpty: String = "Nothing to show."
    ) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.total = total
        self.whenEmpty = whenEmpty
    }

    /// `row` with as many cells as the table has columns.
    func filled(_ row: [Cell]) throws(ScreenError) -> [Cell] {
        guard row.count <= columns.count else { throw .raggedRow }
        return row + Array(repeating: .empty, count: columns.count - row.count)
    }
}
