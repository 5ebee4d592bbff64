import Ledger
import Services

/// What a list is narrowed to, read from what people type or from what a button carries.
struct ListWords: Sendable, Hashable {
    /// Of the command's own words those that were said.
    var choices: Set<String> = []
    var period: SpokenPeriod?
    var portfolio: ExactText?
    var symbol: ExactText?
    /// `name@version`.
    var strategy: ExactText?

    init() {}

    init(_ arguments: Arguments, _ vocabulary: Vocabulary) throws(CommandRefusal) {
        if arguments.isFromButton {
            try self.init(pressed: arguments, vocabulary)
        } else {
            try self.init(typed: arguments.text, vocabulary)
        }
    }

    var strategyReference: StrategyReference? {
        strategy.flatMap { StrategyReference(parsing: $0.text) }
    }

    var isEmpty: Bool { self == ListWords() }

    /// The period that was said, or else this one.
    func period(or standard: String, today: Day) throws(CommandRefusal) -> SpokenPeriod {
        guard let said = period ?? SpokenPeriod(standard, today: today) else {
            throw .misused("“\(standard)” is no period.")
        }
        return said
    }
}

// In a button: words of the command's own as `.3`, their place among all of them; a period's own
// word; names as digests behind a mark for their kind, a symbol's without one.
extension ListWords {
    private static let choiceMark: Character = "."
    private static let choiceRadix = 36

    private static func mark(of part: Vocabulary.Part) -> String {
        switch part {
        case .symbol, .period: ""
        case .portfolio: "%"
        case .strategy: "@"
        }
    }

    /// Whether a button's arguments name one of this kind.
    static func carries(_ part: Vocabulary.Part, in arguments: Arguments) -> Bool {
        arguments.words.contains { $0.hasPrefix(mark(of: part) + NameDigest.mark) }
    }

    /// What a button carries to say the same again, at most 35 bytes with one word of the
    /// command's own; `choices` are the command's.
    func carried(choices known: [[String]] = []) -> String {
        let choices = known.joined().enumerated().filter { self.choices.contains($0.element) }
            .map { "\(Self.choiceMark)\(String($0.offset, radix: Self.choiceRadix))" }
        let names = [
            symbol.map { Self.mark(of: .symbol) + NameDigest.of($0) },
            portfolio.map { Self.mark(of: .portfolio) + NameDigest.of($0) },
            strategy.map { Self.mark(of: .strategy) + NameDigest.of($0) },
        ].compactMap(\.self)
        return (choices + (period.map { [$0.word] } ?? []) + names).joined(separator: " ")
    }

    private init(pressed arguments: Arguments, _ vocabulary: Vocabulary) throws(CommandRefusal) {
        for word in arguments.words {
            guard take(pressed: word, vocabulary) else { throw .gone }
        }
    }

    private mutating func take(pressed word: String, _ vocabulary: Vocabulary) -> Bool {
        if word.first == Self.choiceMark {
            let known = Array(vocabulary.choices.joined())
            guard let place = Int(word.dropFirst(), radix: Self.choiceRadix),
                known.indices.contains(place)
            else { return false }
            return choices.insert(known[place]).inserted
        }
        for (part, names) in vocabulary.books {
            let mark = Self.mark(of: part)
            guard word.hasPrefix(mark + NameDigest.mark) else { continue }
            return names.pressed(digest: String(word.dropFirst(mark.count)))
                .map { take($0, as: part) } ?? false
        }
        guard vocabulary.hasPeriod, let said = SpokenPeriod(word, today: vocabulary.today) else {
            return false
        }
        return take(said)
    }
}

extension ListWords {
    /// False where one was named already.
    private mutating func take(_ name: ExactText, as part: Vocabulary.Part) -> Bool {
        let place: WritableKeyPath<ListWords, ExactText?>
        switch part {
        case .symbol: place = \.symbol
        case .portfolio: place = \.portfolio
        case .strategy: place = \.strategy
        case .period: return false
        }
        guard self[keyPath: place] == nil else { return false }
        self[keyPath: place] = name
        return true
    }

    private mutating func take(_ said: SpokenPeriod) -> Bool {
        guard period == nil else { return false }
        period = said
        return true
    }

    private init(typed text: String, _ vocabulary: Vocabulary) throws(CommandRefusal) {
        var reader = TypedWords(text, vocabulary)
        guard let found = reader.read(from: 0, ListWords()) else {
            throw vocabulary.refusal(of: reader.stuck, repeated: reader.repeated)
        }
        self = found
    }

    /// Everything that a run of words may be, with it taken; the likeliest first.
    fileprivate func readings(of run: String, _ vocabulary: Vocabulary) -> [ListWords] {
        var readings: [ListWords] = []
        func note(_ take: (inout ListWords) -> Bool) {
            var next = self
            if take(&next) { readings.append(next) }
        }
        let word = run.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
        for group in vocabulary.choices where group.contains(word) {
            note { $0.choices.isDisjoint(with: group) && $0.choices.insert(word).inserted }
        }
        for (part, names) in vocabulary.books where part == .symbol {
            if let name = names.typed(run) { note { $0.take(name, as: part) } }
        }
        if vocabulary.hasPeriod, let said = SpokenPeriod(run, today: vocabulary.today) {
            note { $0.take(said) }
        }
        for (part, names) in vocabulary.books where part != .symbol {
            if let name = names.typed(run) { note { $0.take(name, as: part) } }
        }
        return readings
    }
}

/// The search for a reading of all words: names may have blanks in them, so that a longer run of
/// words is tried before a shorter one.
private struct TypedWords {
    private let text: String
    private let words: [Range<String.Index>]
    private let vocabulary: Vocabulary
    /// The first word that could not be read, as far as the search came.
    private var furthest = 0

    /// Longer runs are no names, and there would be many.
    private static let longestRunBytes = 512

    init(_ text: String, _ vocabulary: Vocabulary) {
        self.text = text
        self.vocabulary = vocabulary
        words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map {
            $0.startIndex..<$0.endIndex
        }
    }

    var stuck: String { words.indices.contains(furthest) ? String(text[words[furthest]]) : text }

    /// What begins there and would have been understood, had there not been another of its kind.
    var repeated: String? {
        words.indices.suffix(from: min(furthest, words.count)).lazy.map { end in
            String(text[words[furthest].lowerBound..<words[end].upperBound])
        }.prefix { $0.utf8.count <= Self.longestRunBytes }
            .first { !ListWords().readings(of: $0, vocabulary).isEmpty }
    }

    mutating func read(from index: Int, _ found: ListWords) -> ListWords? {
        guard index < words.count else { return found }
        furthest = max(furthest, index)
        for end in words.indices[index...].reversed() {
            let run = text[words[index].lowerBound..<words[end].upperBound]
            guard end == words.count - 1 || run.utf8.count <= Self.longestRunBytes else {
                continue
            }
            for next in found.readings(of: String(run), vocabulary) {
                if let whole = read(from: end + 1, next) { return whole }
            }
        }
        return nil
    }
}
