import Telegram
import Testing
import Transport

/// What Telegram may add or break must not lose anything else.
struct DecodingTests {
    private func updates(_ list: String) async throws -> GetUpdates.Answer {
        let api = BotAPI(
            transport: StubTransport(#"{"ok":true,"result":"# + list + "}"),
            baseURL: "http://stub", token: try #require(BotToken("1:x")))
        return try await api.call(GetUpdates(pollTimeoutSeconds: 0))
    }

    private let good = """
        {"update_id":9,"message":{"message_id":1,"date":5,"chat":{"id":3,"type":"private"},\
        "from":{"id":3,"is_bot":false,"first_name":"A"},"text":"hi"}}
        """

    @Test(arguments: [
        #"{"update_id":8,"something_new":{"a":1}}"#,
        #"{"update_id":8,"something_new":null}"#,
        #"{"update_id":8,"message":null}"#,
        #"{"update_id":8,"message":7}"#,
        #"{"update_id":8,"message":{"message_id":"no number"}}"#,
        #"{"update_id":8,"callback_query":{"id":5}}"#,
        #"{"update_id":8,"my_chat_member":{}}"#,
        #"{"update_id":8}"#,
    ])
    func `a bad update keeps its id and loses no other`(bad: String) async throws {
        let answer = try await updates("[\(bad),\(good)]")
        #expect(answer.updates.map(\.id) == [8, 9])
        guard case .unsupported = answer.updates[0].content else {
            Issue.record("got \(answer.updates[0])")
            return
        }
        guard case .message(let message) = answer.updates[1].content else {
            Issue.record("got \(answer.updates[1])")
            return
        }
        #expect(message.text == "hi")
        #expect(answer.unreadable == 0)
    }

    @Test(arguments: ["null", "7", "[]", "{}", #"{"update_id":"8"}"#, #"{"update_id":1e99}"#])
    func `an element without an id is counted and loses no other`(bad: String) async throws {
        let answer = try await updates("[\(bad),\(good),\(bad)]")
        #expect(answer.updates.map(\.id) == [9])
        #expect(answer.unreadable == 2)
    }

    @Test func `unknown and odd fields of a message are passed over`() async throws {
        let odd = """
            {"update_id":9,"message":{"message_id":1,"date":"odd","new":[{"x":null}],\
            "chat":{"id":-3,"type":"galaxy","title":7,"is_forum":"yes"},"from":"odd",\
            "text":null,"message_thread_id":[],"reply_to_message":{"message_id":77,"odd":1},\
            "is_topic_message":3,"migrate_to_chat_id":-1009007199254740}}
            """
        let answer = try await updates("[\(odd)]")
        guard case .message(let message) = answer.updates.first?.content else {
            Issue.record("got \(answer)")
            return
        }
        #expect(message.chat.kind == .other("galaxy"))
        #expect(message.chat.title == nil)
        #expect(message.sender == nil)
        #expect(message.text == nil)
        #expect(message.threadID == nil)
        #expect(message.replyToMessageID == 77)
        #expect(message.migrateToChatID == -1_009_007_199_254_740)
    }

    @Test func `a press on a button of an old message is read`() async throws {
        let press = """
            {"update_id":9,"callback_query":{"id":"55","chat_instance":"1","data":"a:1",\
            "from":{"id":3,"is_bot":false,"first_name":"A"},\
            "message":{"chat":{"id":3,"type":"private"},"message_id":4,"date":0}}}
            """
        let answer = try await updates("[\(press)]")
        guard case .callbackQuery(let query) = answer.updates.first?.content else {
            Issue.record("got \(answer)")
            return
        }
        #expect(query.id == "55")
        #expect(query.data == "a:1")
        #expect(query.message?.id == 4)
        #expect(answer.updates.first?.chatID == 3)
    }

    @Test(arguments: [
        (200, "", TelegramError.malformed),
        (200, "<html>", .malformed),
        (200, #"{"ok":true}"#, .malformed),
        (200, #"{"ok":true,"result":7}"#, .malformed),
        (200, #"{"ok":false,"error_code":400,"description":"x"}"#, .badRequest(description: "x")),
        (404, "<html>", .server(status: 404)),
        (404, #"{"ok":false,"error_code":404,"description":"Not Found"}"#, .unauthorized),
        (
            404, #"{"ok":false,"error_code":404,"description":"Not Found: method not found"}"#,
            .unknownMethod
        ),
        (302, "", .server(status: 302)),
        (500, #"{"ok":false,"error_code":500,"description":"x"}"#, .server(status: 500)),
        (429, #"{"ok":false,"error_code":429,"description":"x"}"#, .retryAfter(seconds: 5)),
        (
            429, #"{"ok":false,"error_code":429,"parameters":{"retry_after":99999999999}}"#,
            .retryAfter(seconds: 86_400)
        ),
        (403, #"{"ok":false,"error_code":403}"#, .blocked(description: "no description")),
    ])
    func `an odd answer becomes a named error`(
        status: Int, body: String, expected: TelegramError
    ) async throws {
        let api = BotAPI(
            transport: StubTransport(status: status, body), baseURL: "http://stub",
            token: try #require(BotToken("1:x")))
        #expect(await telegramError { try await api.call(GetMe()) } == expected)
    }

    @Test func `a plain 404 to a recent method says nothing about the token`() async throws {
        let api = BotAPI(
            transport: StubTransport(
                status: 404, #"{"ok":false,"error_code":404,"description":"Not Found"}"#),
            baseURL: "http://stub", token: try #require(BotToken("1:x")))
        let error = await telegramError {
            try await api.call(
                SendRichMessage(chatID: 1, richMessage: InputRichMessage(html: "<p>x</p>")))
        }
        #expect(error == .unknownMethod)
    }
}
