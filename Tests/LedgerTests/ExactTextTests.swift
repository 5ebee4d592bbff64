import Ledger
import Testing

@Suite struct ExactTextTests {
    // The same letter, once whole and once of two scalars: equal as strings, not as bytes.
    private let composed = ExactText("\u{E9}")
    private let decomposed = ExactText("e\u{301}")

    @Test func `canonically equivalent texts are two`() {
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, ExactText("\u{E9}")]).count == 2)
        // Of the same length in bytes, too.
        #expect(ExactText("a\u{323}\u{307}") != ExactText("a\u{307}\u{323}"))
    }

    @Test func `the order is that of the bytes`() {
        #expect(decomposed < composed)
        #expect(!(composed < decomposed))
        let ordered: [ExactText] = [
            "", "\u{0}", "A", "AA", "B", "a", "a\u{307}\u{323}", "a\u{323}\u{307}", "b", "\u{E9}",
            "\u{FFFF}", "\u{1F600}",
        ]
        #expect(ordered.shuffled().sorted() == ordered)
        for text in ordered { #expect(!(text < text)) }
    }

    @Test func `short, long and native texts compare alike`() {
        let long = String(repeating: "trade-", count: 20)
        #expect(ExactText(long + "1") == ExactText(long + "1"))
        #expect(ExactText(long + "1") < ExactText(long + "2"))
        #expect(ExactText(long) < ExactText(long + "1"))
        #expect(ExactText(long).description == long)
    }
}
