import Telegram
import TestSupport
import Testing

/// What is kept of an update is read back as it was read the first time.
struct KeptUpdateTests {
    private static let hostile = [
        "/positions", "a\u{0}b \"c\" \\ \u{7F}", "</pre>&#x3C; \u{202E}evil\u{2069}",
        String(repeating: "\u{1F468}\u{200D}\u{1F469}", count: 500), "", "e\u{301} é \u{FFFD}",
    ]

    private func expectKept(_ updates: [Update], _ count: Int) throws {
        #expect(updates.count == count)
        for update in updates {
            let kept = update.keptJSON
            #expect(Update(keptJSON: kept) == update)
            // PostgreSQL's text takes no NUL.
            #expect(!kept.utf8.contains(0) && !kept.contains("null"))
        }
    }

    @Test func `messages, files, presses and changes of standing are kept`() async throws {
        let bench = try await Bench()
        let ada = bench.telegram.user(7, firstName: "A\"da", username: "ada")
        let group = bench.telegram.group(-5, title: "<b>", isForum: true)
        for text in Self.hostile { ada.says(text) }
        ada.says("/orders@bot", in: group, thread: 3)
        ada.sends([1, 2], named: "a \"b\".csv", caption: "c")
        _ = try await bench.api.call(
            SendMessage(
                chatID: 7, text: "x",
                replyMarkup: InlineKeyboardMarkup(rows: [
                    [InlineKeyboardButton(text: "Go", callbackData: "go:\u{1F600}")]
                ])))
        try ada.presses("Go")
        ada.blocksBot()
        ada.unblocksBot()
        _ = group.migrates(to: -1_000_005)
        let answer = try await bench.api.call(GetUpdates(pollTimeoutSeconds: 1))
        try expectKept(answer.updates, Self.hostile.count + 7)
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `what is no update is none, and an unknown one keeps its number`() throws {
        #expect(Update(keptJSON: "") == nil)
        #expect(Update(keptJSON: "{}") == nil)
        #expect(Update(keptJSON: "{\"update_id\":5,\"new\":{}}")?.id == 5)
        let unknown = try #require(Update(keptJSON: "{\"update_id\":5,\"new\":{}}"))
        #expect(Update(keptJSON: unknown.keptJSON)?.id == 5)
    }
}
