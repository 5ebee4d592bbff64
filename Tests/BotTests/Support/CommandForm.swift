import Bot

/// One way to call a command, word by word as its usage tells it: made from the list of commands,
/// so that a new one is tried as soon as it stands there.
struct CommandForm: Sendable, CustomStringConvertible {
    let command: Command
    /// `/token new`
    let head: String
    /// What somebody may write in the place of each of its arguments.
    let words: [String]

    var description: String { ([head] + words).joined(separator: " ") }

    static let all: [CommandForm] = Commands.all.flatMap { command in
        usages(of: command).map { usage in
            CommandForm(
                command: command, head: usage.head,
                words: usage.places.compactMap { sample($0, of: command) })
        }
    }

    /// Places of usages for which it is not known what to write there.
    static let unknownPlaces: [String] = Commands.all.flatMap { command in
        usages(of: command).flatMap { usage in
            usage.places.filter { sample($0, of: command) == nil }
                .map { "\($0.text) of \(usage.head)" }
        }
    }

    /// `text` in the place of each argument, with what may follow it and without; each line once.
    func lines(with text: String) -> [String] {
        guard !words.isEmpty else { return ["\(head) \(text)"] }
        var lines: [String] = []
        for place in words.indices {
            let before = [head] + words[..<place] + [text]
            let after = words[(place + 1)...]
            lines.append(before.joined(separator: " "))
            if !after.isEmpty { lines.append((before + after).joined(separator: " ")) }
        }
        return lines
    }
}

// MARK: - Reading usages

extension CommandForm {
    /// Where an argument stands. A keyword is the first of several in brackets: `strategy` in
    /// `[strategy NAME]`.
    private struct Place {
        let text: String
        let isKeyword: Bool
    }

    private static func usages(of command: Command) -> [(head: String, places: [Place])] {
        guard !command.forms.isEmpty else {
            return [("/\(command.name)", places(in: command.usage, after: 1))]
        }
        let forms = command.forms.flatMap { form -> [(String, [Place])] in
            let head = form.split(separator: " ").prefix(2).joined(separator: " ")
            // Where two ways to go on are told in one.
            let ways = form.split(separator: "]|").map(String.init)
            return ways.enumerated().map { number, way in
                (head, places(in: way, after: number == 0 ? 2 : 0))
            }
        }
        return [("/\(command.name)", [])] + forms
    }

    private static func places(in usage: String, after heads: Int) -> [Place] {
        let marked = usage.replacing("[@VERSION]", with: "").replacing("[", with: " [ ")
            .replacing("]", with: " ] ")
        var places: [Place] = []
        var isFirst = false
        let words = marked.split(separator: " ").dropFirst(heads)
        for (index, word) in zip(words.indices, words) {
            if word == "[" || word == "]" {
                isFirst = word == "["
                continue
            }
            let next = words.index(after: index) < words.endIndex ? words[index + 1] : "]"
            places.append(
                Place(
                    text: String(word),
                    isKeyword: isFirst && next != "]" && !word.contains(where: \.isUppercase)))
            isFirst = false
        }
        return places
    }

    private static func sample(_ place: Place, of command: Command) -> String? {
        if let sample = samples["\(command.name) \(place.text)"] { return sample }
        if !place.isKeyword, let sample = samples[place.text] { return sample }
        // One of several words that are meant as they are.
        let first = place.text.prefix { $0 != "|" }
        let isWord = first.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ",")
        }
        return isWord ? String(first) : nil
    }

    /// What a member may write who has what `SettledMember` has.
    private static let samples = [
        "NAME": "mine", "OLD": "mine", "NEW": "mine2", "ACCOUNT": "mine", "BROKER": "IBKR",
        "USD": "USD", "ID": "U1234567", "ZONE": "UTC", "N": "1", "N|all": "1",
        "NUMBER|symbol": "owncoin",
        "symbol": "owncoin", "SYMBOL": "owncoin", "portfolio": "mine", "strategy": "mine",
        "portfolio|all": "mine",
        "period": "ytd", "currency": "USD", "status": "all", "TEXT": "words",
        "QUANTITY": "1", "AMOUNT": "1", "PRICE": "2", "DATE": "2025-12-01", "TIME": "10:00",
        "…": "because",
        "{…}": "{}", "{…}|default": "default", "BOT|none": "none", "BASE": "USD", "QUOTE": "EUR",
        "RATE": "0.92", "YYYY-MM-DD": "2025-12-01", "command": "positions", "VALUE": "UTC",
        "settings NAME": "zone", "import NAME": "csv", "TELEGRAM_ID|@username": "4711",
        "portfolio|token|trade|…": "token", "QUANTITY|$AMOUNT|PART%": "1", "X|X%": "1%",
        "@username": "@nobody",
        "PRICE|trail…|off": "5", "PRICE|off": "15",
        "ORDER": "2b7afe", "order|symbol|all": "owncoin", "symbol|all": "owncoin",
    ]
}
