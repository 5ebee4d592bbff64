/// A statement over `item` with parameters in the places of `item`'s columns.
///
/// It knows these shapes, in which `item` stands alone in one FROM of the outermost level, and what
/// they become:
///
///     INSERT INTO t (…) SELECT a, b FROM item [WHERE true] …
///     INSERT INTO t (…) VALUES ($1, $2) …
///
///     UPDATE t SET a = item.a FROM item WHERE …
///     UPDATE t SET a = $1 WHERE …
///
///     SELECT … FROM item JOIN t ON c [JOIN …] …
///     SELECT … FROM t [JOIN …] WHERE c …
///
///     SELECT … FROM item, t WHERE …
///     SELECT … FROM t WHERE …
struct BoundStatement {
    let text: String

    /// Nil for any other shape.
    init?(_ text: String, _ columns: [String]) {
        guard let words = SQLWords.split(text[...]) else { return nil }
        var statement = words
        guard let from = statement.soleFrom else { return nil }
        let isBound =
            switch statement[0].keyword {
            case "INSERT": statement.bindInsert(from, columns)
            case "UPDATE": statement.bindUpdate(from)
            case "SELECT": statement.bindSelect(from)
            default: false
            }
        guard isBound, let bound = statement.bound(columns) else { return nil }
        self.text = bound
    }
}

/// A statement as words, punctuation and what stands in parentheses or quotes, each as one piece.
private struct SQLWords {
    struct Piece {
        var text: Substring
        /// Whether a blank stands before it: none may come between the signs of an operator.
        var isApart = true

        /// In upper case where it is a word; else empty.
        var keyword: String { text.first?.isLetter == true ? text.uppercased() : "" }
        var isGroup: Bool { text.first == "(" }
    }

    var pieces: [Piece]

    subscript(index: Int) -> Piece { pieces[index] }

    /// Nil for comments and for parentheses or quotes that don't end.
    static func split(_ text: Substring) -> SQLWords? {
        var pieces: [Piece] = []
        var rest = text
        var isApart = false
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
                isApart = true
                continue
            }
            guard let length = length(of: rest, first) else { return nil }
            pieces.append(Piece(text: rest.prefix(length), isApart: isApart))
            rest = rest.dropFirst(length)
            isApart = false
        }
        return pieces.isEmpty ? nil : SQLWords(pieces: pieces)
    }

    private static func length(of text: Substring, _ first: Character) -> Int? {
        switch first {
        case "(": return groupLength(text)
        case "'", "\"": return quoteLength(text, first)
        case "-" where text.hasPrefix("--"), "/" where text.hasPrefix("/*"): return nil
        case let first where isWordPart(first): return text.prefix(while: isWordPart).count
        default: return 1
        }
    }

    /// A dot joins a table's name to its column's.
    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "."
    }

    private static func quoteLength(_ text: Substring, _ quote: Character) -> Int? {
        guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
        return text.distance(from: text.startIndex, to: end) + 1
    }

    private static func groupLength(_ text: Substring) -> Int? {
        var depth = 0
        var rest = text
        while let first = rest.first {
            switch first {
            case "(": depth += 1
            case ")": depth -= 1
            case "'", "\"":
                guard let length = quoteLength(rest, first) else { return nil }
                rest = rest.dropFirst(length - 1)
            default: break
            }
            rest = rest.dropFirst()
            if depth == 0 { return text.distance(from: text.startIndex, to: rest.startIndex) }
        }
        return nil
    }

    /// Where `FROM item` begins, if it stands once in the outermost level and nowhere deeper.
    var soleFrom: Int? {
        let places = pieces.indices.dropLast().filter {
            pieces[$0].keyword == "FROM" && pieces[$0 + 1].keyword == "ITEM"
        }
        let isDeeper = pieces.contains { piece in
            piece.isGroup && (piece.text.contains("FROM item") || piece.text.contains("SELECT"))
        }
        return places.count == 1 && !isDeeper ? places[0] : nil
    }

    // MARK: The shapes

    mutating func bindInsert(_ from: Int, _ columns: [String]) -> Bool {
        guard let select = pieces.firstIndex(where: { $0.keyword == "SELECT" }), select < from,
            pieces[select - 1].isGroup
        else { return false }
        var values: [String] = []
        for (offset, piece) in pieces[(select + 1)..<from].enumerated() {
            if offset % 2 == 1 {
                guard piece.text == "," else { return false }
            } else {
                let name = piece.text.hasPrefix("item.") ? piece.text.dropFirst(5) : piece.text
                guard columns.contains(where: { $0 == name }) else { return false }
                values.append("item.\(name)")
            }
        }
        var end = from + 2
        if end + 1 < pieces.count, pieces[end].keyword == "WHERE",
            pieces[end + 1].keyword == "TRUE"
        {
            end += 2
        }
        guard end == pieces.count || ["ON", "RETURNING"].contains(pieces[end].keyword) else {
            return false
        }
        pieces.replaceSubrange(
            select..<end,
            with: [
                Piece(text: "VALUES"),
                Piece(text: "(\(values.joined(separator: ", ")))"),
            ])
        return true
    }

    mutating func bindUpdate(_ from: Int) -> Bool {
        guard from + 2 < pieces.count, pieces[from + 2].keyword == "WHERE" else { return false }
        pieces.removeSubrange(from..<(from + 2))
        return true
    }

    mutating func bindSelect(_ from: Int) -> Bool {
        guard from + 2 < pieces.count else { return false }
        if pieces[from + 2].text == "," {
            pieces.removeSubrange((from + 1)...(from + 2))
            return true
        }
        return bindJoin(from)
    }

    /// The first join's condition becomes part of WHERE, which is the same for an inner join.
    private mutating func bindJoin(_ from: Int) -> Bool {
        let join = from + 2
        guard pieces[join].keyword == "JOIN",
            let on = pieces[join...].firstIndex(where: { $0.keyword == "ON" }), on <= join + 3
        else { return false }
        let ends: Set = ["JOIN", "LEFT", "WHERE", "ORDER", "GROUP", "LIMIT"]
        let rest = pieces[on...]
        let end = rest.firstIndex { ends.contains($0.keyword) } ?? pieces.endIndex
        let condition = Array(pieces[(on + 1)..<end])
        let tail = Array(pieces[end...])
        let afterJoins: Set = ["WHERE", "ORDER", "GROUP", "LIMIT"]
        let place = tail.firstIndex { afterJoins.contains($0.keyword) } ?? tail.endIndex
        var filter = [Piece(text: "WHERE")] + condition
        var last = tail[place...]
        if last.first?.keyword == "WHERE" {
            filter.append(Piece(text: "AND"))
            last = last.dropFirst()
            // What stood there may have an OR in it.
            guard !last.contains(where: { $0.keyword == "OR" }) else { return false }
        }
        guard !condition.contains(where: { $0.keyword == "OR" }) else { return false }
        let table = pieces[(join + 1)..<on]
        pieces = Array(
            pieces[...from] + table + tail[..<place] + filter + last)
        return true
    }

    // MARK: Writing

    /// With parameters in the places of `item.name`; nil where a name is none of the columns, or
    /// `item` still stands somewhere.
    func bound(_ columns: [String]) -> String? {
        var text = ""
        for piece in pieces {
            guard let part = SQLWords.bound(piece.text, columns) else { return nil }
            if piece.isApart, !text.isEmpty { text.append(" ") }
            text.append(part)
        }
        return text
    }

    private static func bound(_ text: Substring, _ columns: [String]) -> String? {
        if text.first == "'" || text.first == "\"" { return String(text) }
        guard text.first != "(" else {
            guard let inner = split(text.dropFirst().dropLast()) else {
                return text == "()" ? "()" : nil
            }
            return inner.bound(columns).map { "(\($0))" }
        }
        if text == "item" { return nil }
        guard text.hasPrefix("item.") else { return String(text) }
        let name = text.dropFirst(5)
        return columns.firstIndex { $0 == name }.map { "$\($0 + 1)" }
    }
}
