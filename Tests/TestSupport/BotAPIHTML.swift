/// Reads the HTML of a message the way Telegram's strictest reader would, and says what is wrong.
///
/// Only what `telegram/README.md` lists is allowed; text is to be escaped wholly (`<`, `>`, `&`).
public struct BotAPIHTML: Sendable {
    public enum Dialect: Sendable {
        /// `parse_mode: HTML`.
        case classic
        /// `rich_message.html`.
        case rich
    }

    /// Empty where Telegram takes it.
    public private(set) var problems: [String] = []
    /// What the reader sees: blocks and table rows on lines of their own, cells parted by tabs.
    public private(set) var text = ""
    /// Tables, their rows, their cells' texts.
    public private(set) var tables: [[[String]]] = []
    public private(set) var blockCount = 0

    private let rules: BotAPIHTMLRules
    private var open: [BotAPIHTMLTag] = []
    private var textScalars = 0
    private var columnCounts: [Int] = []

    public static let maximumRichScalars = 32_768
    public static let maximumBlocks = 500
    public static let maximumDepth = 16
    public static let maximumColumns = 20

    public init(_ html: String, dialect: Dialect) {
        rules = BotAPIHTMLRules(dialect: dialect)
        read(Array(html.unicodeScalars))
        for tag in open.reversed() { problems.append("<\(tag.name)> is not closed") }
        guard dialect == .rich else { return }
        if textScalars > Self.maximumRichScalars {
            problems.append("\(textScalars) characters of text, at most 32768")
        }
        if blockCount > Self.maximumBlocks {
            problems.append("\(blockCount) blocks, at most 500")
        }
    }

    private mutating func read(_ scalars: [Unicode.Scalar]) {
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "<":
                let end = scalars[index...].firstIndex(of: ">")
                guard let end, let tag = BotAPIHTMLTag(scalars[(index + 1)..<end]) else {
                    problems.append("a < that is not &lt; at \(index)")
                    index += 1
                    continue
                }
                take(tag)
                index = end + 1
            case "&":
                let end = scalars[index...].prefix(12).firstIndex(of: ";")
                guard let end, let scalar = rules.entity(scalars[(index + 1)..<end]) else {
                    problems.append("an & that is no entity Telegram knows at \(index)")
                    index += 1
                    continue
                }
                take(scalar)
                index = end + 1
            case ">":
                problems.append("a > that is not &gt; at \(index)")
                index += 1
            case let scalar:
                take(scalar)
                index += 1
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        let isBlank = scalar.properties.isWhitespace
        if !isBlank, !rules.isTextAllowed(in: open.last?.name) {
            if problems.last?.hasPrefix("text directly") != true {
                problems.append(
                    "text directly in \(open.last.map { "<\($0.name)>" } ?? "no block")")
            }
        }
        guard !isBlank || rules.isTextAllowed(in: open.last?.name) else { return }
        textScalars += 1
        text.unicodeScalars.append(scalar)
        if open.contains(where: { $0.name == "td" || $0.name == "th" }) { appendToCell(scalar) }
    }

    private mutating func take(_ tag: BotAPIHTMLTag) {
        if tag.isClosing {
            guard open.last?.name == tag.name else {
                let last = open.last.map { "<\($0.name)>" } ?? "nothing"
                problems.append("</\(tag.name)> closes \(last)")
                return
            }
            open.removeLast()
            finish(tag.name)
            return
        }
        problems += rules.problems(with: tag, in: open.map(\.name))
        if open.count >= Self.maximumDepth { problems.append("more than 16 levels") }
        begin(tag)
        if tag.isSelfClosing {
            if tag.name != "hr" { problems.append("<\(tag.name)/> closes itself") }
        } else {
            open.append(tag)
        }
    }

    private mutating func begin(_ tag: BotAPIHTMLTag) {
        if rules.isBlock(tag.name) {
            blockCount += 1
            if !text.isEmpty, text.last != "\n" { text += "\n" }
        }
        switch tag.name {
        case "table": tables.append([])
        case "tr":
            if !tables.isEmpty { tables[tables.count - 1].append([]) }
            columnCounts.append(0)
        case "td", "th":
            if let row = tables.last?.indices.last {
                if tables[tables.count - 1][row].count > 0 { text += "\t" }
                tables[tables.count - 1][row].append("")
            }
            if let last = columnCounts.indices.last {
                columnCounts[last] += Int(tag.attributes["colspan"] ?? "1") ?? 1
                if columnCounts[last] == Self.maximumColumns + 1 {
                    problems.append("a table row with more than 20 columns")
                }
            }
        default: break
        }
    }

    private mutating func finish(_ name: String) {
        if rules.isBlock(name), !text.isEmpty, text.last != "\n" { text += "\n" }
        if name == "summary" || name == "caption" { text += "\n" }
        if name == "tr", !columnCounts.isEmpty { columnCounts.removeLast() }
    }

    private mutating func appendToCell(_ scalar: Unicode.Scalar) {
        guard let row = tables.last?.indices.last, let cell = tables.last?[row].indices.last else {
            return
        }
        tables[tables.count - 1][row][cell].unicodeScalars.append(scalar)
    }
}
