import Storage

/// What statements over items became, by how they are written; one connection's.
final class ItemTexts {
    private let limit: Int
    private var texts: [String: (columns: [RowSet.Column], text: String)] = [:]

    init(limit: Int) { self.limit = max(1, limit) }

    func text(_ statement: String, over columns: [RowSet.Column]) -> String {
        if let known = texts[statement], known.columns == columns { return known.text }
        if texts.count >= limit { texts = [:] }
        let whole = ItemStatement.text(statement, over: columns)
        texts[statement] = (columns, whole)
        return whole
    }
}

/// Puts the table `item` in front of a statement, as a common table expression over one array
/// parameter for each column.
enum ItemStatement {
    static func text(_ statement: String, over columns: [RowSet.Column]) -> String {
        let names = columns.map { "\"\($0.name.replacing("\"", with: "\"\""))\"" }
        let arrays = columns.enumerated().map { "$\($0.offset + 1)::\($0.element.kind.rawValue)[]" }
        let item =
            "item(\(names.joined(separator: ","))) "
            + "AS (SELECT * FROM unnest(\(arrays.joined(separator: ", "))))"
        guard let others = after("with", in: statement[...]) else {
            return "WITH \(item) \(statement)"
        }
        if let others = after("recursive", in: others) {
            return "WITH RECURSIVE \(item), \(others)"
        }
        return "WITH \(item), \(others)"
    }

    /// What follows `word` where the text begins with it, in any case, after blanks and comments.
    private static func after(_ word: String, in text: Substring) -> Substring? {
        let begin = skippingBlanksAndComments(text)
        let found = begin.prefix(word.count)
        guard found.lowercased() == word else { return nil }
        let rest = begin[found.endIndex...]
        if let next = rest.first, next.isLetter || next.isNumber || next == "_" || next == "$" {
            return nil
        }
        return rest
    }

    private static func skippingBlanksAndComments(_ text: Substring) -> Substring {
        var rest = text.drop(while: \.isWhitespace)
        while true {
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                rest = afterComment(rest)
            } else {
                return rest
            }
            rest = rest.drop(while: \.isWhitespace)
        }
    }

    /// `text` begins with a comment, which may hold further ones.
    private static func afterComment(_ text: Substring) -> Substring {
        var depth = 0
        var rest = text
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                rest = rest.dropFirst(2)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
            }
        } while depth > 0 && !rest.isEmpty
        return rest
    }
}
