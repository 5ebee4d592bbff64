import CurlTransport
import Telegram
import TestSupport
import Testing
import Transport

/// The token is part of every URL and must show nowhere.
struct RedactionTests {
    private static let secret = "987654321:AAE-verySecret_part0123456789abcdefg"
    private static let half = "AAE-verySecret_part0123456789abcdefg"

    private func everyFormOf(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) " + String(describing: value) + String(reflecting: value) + dumped
    }

    @Test func `a token prints as its stand-in however it is printed`() throws {
        let token = try #require(BotToken(Self.secret))
        let api = BotAPI(
            transport: StubTransport(""), baseURL: "https://example.org", token: token)
        #expect("\(token)" == "<token>")
        #expect(token.botID == 987_654_321)
        for text in [everyFormOf(token), everyFormOf([token]), everyFormOf(api)] {
            #expect(!text.contains(Self.half))
        }
    }

    @Test(arguments: [
        "", "123", "123:", ":abc", "abc:def", "123:a b", "123:a/b", "123:a?b", "123:ä", "0:abc",
        "-1:abc", "+1:abc", "123:abc\n", " 123:abc", "1:2:3", "123:\u{0}",
        "99999999999999999999:abc",
    ])
    func `what cannot be a token is refused`(text: String) {
        #expect(BotToken(text) == nil)
    }

    @Test func `an error that quotes the token is cleaned`() async throws {
        let token = try #require(BotToken(Self.secret))
        let body = """
            {"ok":false,"error_code":400,"description":"no route /bot\(Self.secret)/getMe nor \
            :\(Self.half)\u{301} \(String(repeating: "x", count: 5000))"}
            """
        for status in [400, 403, 409] {
            let coded = body.replacing("400", with: "\(status)")
            let api = BotAPI(
                transport: StubTransport(status: status, coded), baseURL: "http://stub",
                token: token)
            let error = try #require(await telegramError { try await api.call(GetMe()) })
            let text = everyFormOf(error)
            #expect(!text.contains(Self.half))
            #expect(text.contains("<token>"))
            #expect(error.description.count < 400)
        }
    }

    @Test func `no failure of the network shows the URL`() async throws {
        let token = try #require(BotToken(Self.secret))
        let server = try await HTTPServer.start { _ in .cut(status: 200, promisedBytes: 9, body: [])
        }
        let gone = try await HTTPServer.start { _ in .hang }
        await gone.stop()
        let transport = CurlTransport(settings: .init(maximumBodyBytes: 5))
        let bases = [
            server.url, gone.url, "http://127.0.0.1:1", "https://127.0.0.1:\(server.port)",
            "http://name.invalid", "ftp://127.0.0.1", "nonsense", "http://a b",
        ]
        for base in bases {
            let api = BotAPI(transport: transport, baseURL: base, token: token)
            let error = try #require(await telegramError { try await api.call(GetMe()) })
            let text = everyFormOf(error)
            #expect(!text.contains(Self.half), "\(base)")
            #expect(!text.contains("getMe"), "\(base)")
        }
        transport.close()
        await server.stop()
    }
}
