import Bot
import Testing
import World

/// Whatever the text, a screen keeps its structure and shows nothing that is not seen.
@Suite struct HostileTextTests {
    private static let pieces: [String] = [
        "<", ">", "&", "\"", "'", "</pre>", "</td></tr></table>", "<b>", "&lt;", "&#60;", "&amp",
        "<\u{338}", ">\u{338}", "\u{338}", "\u{301}", "\u{0}", "\u{7}", "\u{1B}[2J", "\u{9B}31m",
        "\u{7F}", "\u{85}", "\r\n", "\n", "\r", "\t", "\u{B}", "\u{2028}", "\u{2029}", "\u{202A}",
        "\u{202E}", "\u{2066}", "\u{2068}", "\u{2069}", "\u{200B}", "\u{200D}", "\u{200E}",
        "\u{200F}", "\u{61C}", "\u{FEFF}", "\u{AD}", "\u{34F}", "\u{3164}", "\u{2060}", "\u{FE0F}",
        "\u{E0041}", "\u{FFFE}", "\u{FFF9}", "\u{600}", "\u{1F468}", "\u{1F3FF}", "\u{1F1E9}", "株",
        "한", "\u{1112}\u{1161}", "ש", "م", " ", "\u{3000}", "\u{A0}", "a", "1", "-", "{}", "\\",
        "${x}", "%s", "`", "_", "*", "[x](y)", "@admin", "/users", "$AAPL",
    ]

    private static func text(seed: UInt64) -> String {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...12, using: &generator)
        return (0..<count)
            .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
    }

    private static func lines(of text: String) -> [[Unicode.Scalar]] {
        HiddenCharacters.lines(of: text)
    }

    private static func problems(in text: String) -> [String] {
        HiddenCharacters.problems(in: text)
    }

    private static let renderers: [any ScreenRenderer] = [
        RichHTMLRenderer(), ClassicHTMLRenderer(), ClassicHTMLRenderer(timesAsTags: true),
    ]

    @Test func `hostile text changes no tag, and nothing invisible is shown`() throws {
        let benign = try SampleScreens.filled(with: "x")
        for seed in 0..<400 as Range<UInt64> {
            let text = Self.text(seed: seed)
            let screen = try SampleScreens.filled(with: text)
            for renderer in Self.renderers {
                let expected = try MarkupReader(try renderer.render(benign))
                let found = try MarkupReader(try renderer.render(screen))
                #expect(found.tags == expected.tags, "seed \(seed)")
                #expect(
                    Self.lines(of: found.text).count == Self.lines(of: expected.text).count,
                    "seed \(seed)")
                #expect(Self.problems(in: found.text).isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func `hostile text adds no line and no control sequence to a terminal`() throws {
        let renderer = TerminalRenderer()
        let expected = Self.lines(of: try renderer.render(try SampleScreens.filled(with: "x")))
        for seed in 0..<400 as Range<UInt64> {
            let screen = try SampleScreens.filled(with: Self.text(seed: seed))
            let rendered = try renderer.render(screen)
            #expect(Self.lines(of: rendered).count == expected.count, "seed \(seed)")
            #expect(Self.problems(in: rendered).isEmpty, "seed \(seed)")
        }
    }

    @Test func `text without anything odd in it is shown as it is`() throws {
        for text in ["momo@1.0", "Größe, naïve, Ωmega", "株式会社 2026", "👍 ok", "a — b “c”"] {
            let screen = Screen(title: text)
            #expect(try TerminalRenderer().render(screen).hasPrefix(text + "\n"))
            #expect(try MarkupReader(try ClassicHTMLRenderer().render(screen)).text == text)
        }
    }

    @Test func `names that differ only in invisible characters do not look alike`() throws {
        let renderer = TerminalRenderer()
        let plain = try renderer.render(Screen(title: "admin"))
        for invisible in ["\u{200B}", "\u{200D}", "\u{AD}", "\u{202E}", "\u{FEFF}", "\u{FE0F}"] {
            let other = try renderer.render(Screen(title: "ad\(invisible)min"))
            #expect(other.utf8.elementsEqual(plain.utf8) == false)
            #expect(other.contains("ad\u{FFFD}min"))
        }
    }

    @Test func `a button keeps a short harmless label and refuses an empty one`() throws {
        #expect(try Button("a\u{202E}\nb", action: "x").label == "a\u{FFFD} b")
        let long = try Button(String(repeating: "é", count: 500), action: "x").label
        #expect(long.unicodeScalars.count == 64)
        #expect(long.hasSuffix("…"))
        #expect(throws: ScreenError.emptyButton) { try Button("", action: "x") }
        #expect(throws: ScreenError.emptyButton) { try Button("x", action: "") }
        #expect(throws: ScreenError.actionTooLong(bytes: 66)) {
            try Button("x", action: String(repeating: "é", count: 33))
        }
    }
}
