import Foundation
import Testing
import blotter

/// The file of bots: read whole or refused, and never quoted.
@Suite struct FreqtradeBotsTests {
    private func bots(_ text: String, mode: Int = 0o600) throws -> FreqtradeBots {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "blotter-bots-\(UUID().uuidString)")
        try text.write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: file.path)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = Configuration()
        configuration.hooks.freqtradeFile = file.path
        return try FreqtradeBots.find(configuration)
    }

    private func complaint(_ text: String, mode: Int = 0o600) -> String {
        do {
            _ = try bots(text, mode: mode)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private static let sound = """
        {"alpha":{"url":"http://127.0.0.1:8081","username":"ada","password":"SECRET-1"},
         "beta":{"url":"https://bot.example/x","username":"","password":"p:q","telegram_id":7}}
        """

    @Test func `bots are read with whom they are for`() throws {
        let all = try bots(Self.sound).all
        #expect(all.keys.sorted() == ["alpha", "beta"])
        #expect(all["alpha"]?.telegramUserID == nil && all["beta"]?.telegramUserID == 7)
        #expect(all["alpha"]?.password.revealed() == "SECRET-1")
        #expect(!"\(all)".contains("SECRET"))
        #expect(try FreqtradeBots.find(Configuration()).all.isEmpty)
    }

    @Test(arguments: [
        ("", "holds no JSON"), ("[]", "expected one JSON object"),
        (#"{"a":1}"#, "a: expected an object"),
        (#"{"a b":{}}"#, "a bot's name is one word"), (#"{"None":{}}"#, "a bot's name is one word"),
        (#"{"a":{"uri":"SECRET"}}"#, "a: has an unknown key"),
        (#"{"a":{"url":"SECRET","username":"u","password":"p"}}"#, "a: url has to be"),
        (#"{"a":{"url":"file:///SECRET","username":"u","password":"p"}}"#, "a: url has to be"),
        (
            #"{"a":{"url":"http://u:SECRET@h","username":"u","password":"p"}}"#,
            "a: url holds more than an address"
        ),
        (#"{"a":{"url":"http://h","username":"u:SECRET","password":"p"}}"#, "a: username"),
        (#"{"a":{"url":"http://h","username":"SECRET"}}"#, "a: username"),
        (
            #"{"a":{"url":"http://h","username":"u","password":"SECRET","telegram_id":"x"}}"#,
            "a: telegram_id"
        ),
        (#"{"a":{"password":"SECRET"} SECRET}"#, "holds no JSON (line 1"),
    ])
    func `what is wrong is told without what stands there`(text: String, start: String) {
        let found = complaint(text)
        #expect(found.hasPrefix("hooks.freqtrade_file: \(start)"), "\(found)")
        #expect(!found.contains("SECRET"))
    }

    @Test func `a file that everybody can read is refused`() {
        #expect(complaint(Self.sound, mode: 0o644).contains("can be read by everybody"))
        #expect(complaint(Self.sound, mode: 0o640) == "none")
    }
}
