import Ledger
import Testing
import TestSupport

@testable import Bot

/// Filters behind a list's command: in any order, from the caller's own names.
struct ListWordsTests {
    private let choices = [["open", "partially_filled", "all"], ["days"]]

    private func vocabulary() throws -> Vocabulary {
        Vocabulary(
            choices: choices, hasPeriod: true,
            books: [
                (.symbol, NameBook(kind: "traded symbol", ["BTCUSDT", "MAR", "OPEN", "A  B"])),
                (
                    .portfolio,
                    NameBook(
                        kind: "portfolio", ["main", "My Book", "week", "MAR"], hidden: ["old"])
                ),
                (
                    .strategy,
                    NameBook(
                        kind: "strategy", ["momo@1.0", "momo@2.0"],
                        aliases: ["momo": "momo@1.0"])
                ),
            ], today: try #require(Day(canonical: "2026-04-18")))
    }

    private func read(_ text: String) throws -> ListWords {
        try ListWords(Arguments(text: text, isFromButton: false), vocabulary())
    }

    private func expected(
        _ choices: Set<String> = [], symbol: ExactText? = nil, period: String? = nil,
        portfolio: ExactText? = nil, strategy: ExactText? = nil
    ) throws -> ListWords {
        var words = ListWords()
        words.choices = choices
        words.symbol = symbol
        words.portfolio = portfolio
        words.strategy = strategy
        let today = try vocabulary().today
        words.period = try period.map { try #require(SpokenPeriod($0, today: today)) }
        return words
    }

    @Test func `filters stand in any order`() throws {
        let all = try expected(
            ["open"], symbol: "BTCUSDT", period: "last month", portfolio: "My Book",
            strategy: "momo@2.0")
        for text in [
            "open btcusdt last month my book momo@2.0", "momo@2.0 my book last month BTCUSDT open",
            "last month OPEN my book btcusdt momo@2.0",
        ] {
            #expect(try read(text) == all, "\(text)")
        }
    }

    @Test func `a word that may be several things is taken for each in turn`() throws {
        #expect(try read("mar") == expected(symbol: "MAR"))
        #expect(try read("mar mar") == expected(symbol: "MAR", period: "mar"))
        #expect(
            try read("mar mar mar") == expected(symbol: "MAR", period: "mar", portfolio: "MAR"))
        #expect(try read("open open") == expected(["open"], symbol: "OPEN"))
        #expect(try read("all OPEN") == expected(["all"], symbol: "OPEN"))
        #expect(try read("week") == expected(period: "week"))
        #expect(try read("month week") == expected(period: "month", portfolio: "week"))
        #expect(try read("partially filled days") == expected(["partially_filled", "days"]))
        #expect(try read("partially-filled") == expected(["partially_filled"]))
        #expect(try read("Momo") == expected(strategy: "momo@1.0"))
        #expect(try read("A  B old") == expected(symbol: "A  B", portfolio: "old"))
    }

    @Test func `nothing is passed over`() throws {
        for (text, stuck) in [
            ("nowhere", "nowhere"), ("btcusdt nowhere", "nowhere"), ("main BTCUSDT x y", "x"),
            ("A B", "A"),
        ] {
            let refusal = #expect(throws: CommandRefusal.self) { try read(text) }
            let screen = try #require(refusal).screen(for: .trades)
            let shown = try TerminalRenderer().render(screen)
            let reason =
                "You have no traded symbol, portfolio or strategy named “\(stuck)”, and it is no period."
            #expect(shown.contains(reason), "\(shown)")
            #expect(shown.contains("main, My Book, week, MAR\n"))
            #expect(shown.contains("Usage:") && shown.contains("Example:"))
            #expect(!shown.contains("old"))
        }
        for text in ["today month", "all all all", "main my book", "btcusdt BTCUSDT"] {
            let refusal = #expect(throws: CommandRefusal.self) { try read(text) }
            let shown = try TerminalRenderer().render(try #require(refusal).screen(for: nil))
            #expect(shown.contains("is one too many of its kind"), "\(text): \(shown)")
        }
    }

    @Test func `a button says the same again in few bytes`() throws {
        let vocabulary = try vocabulary()
        for text in [
            "", "open", "days", "main", "btcusdt", "momo@1.0", "7d", "last month",
            "open btcusdt 2026-01-02..2026-03-04 my book momo@2.0",
        ] {
            let said = try text.isEmpty ? ListWords() : read(text)
            let carried = said.carried(choices: choices)
            #expect(carried.utf8.count <= 40, "\(carried)")
            let again = try ListWords(
                Arguments(text: carried, isFromButton: true), vocabulary)
            #expect(again == said)
        }
    }

    @Test(arguments: ["main", ".9", ".-1", "%~none", "~", "open", ".0 .0", "7d 7d", "@~x @~x"])
    func `a button that says anything else is told that it is gone`(carried: String) throws {
        let vocabulary = try vocabulary()
        #expect(throws: CommandRefusal.self) {
            try ListWords(Arguments(text: carried, isFromButton: true), vocabulary)
        }
    }

    @Test func `long nonsense is refused soon`() throws {
        let text = Array(repeating: "week open main", count: 300).joined(separator: " ")
        #expect(throws: CommandRefusal.self) { try read(text) }
    }
}
