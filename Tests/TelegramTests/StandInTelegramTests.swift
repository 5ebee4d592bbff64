import CurlTransport
import TestSupport
import Testing
import Transport

/// The stand-in must be at least as strict as Telegram, or it proves nothing.
@Suite(.timeLimit(.minutes(1)))
struct StandInTelegramTests {
    /// Speaks to the stand-in without the typed client, so that it can be wrong.
    private struct Raw {
        let telegram: StandInTelegram
        let transport = CurlTransport()

        init(_ options: StandInTelegram.Options = .init()) async throws {
            telegram = try await StandInTelegram.start(options)
        }

        func call(_ method: String, _ body: String, token: String? = nil) async throws
            -> (status: Int, json: BotAPIJSON)
        {
            let token = token ?? telegram.options.token
            let response = try await transport.send(
                HTTPRequest(
                    method: .post, url: "\(telegram.baseURL)/bot\(token)/\(method)",
                    headers: [("Content-Type", "application/json")], body: Array(body.utf8),
                    timeoutSeconds: 20))
            return (response.status, try BotAPIJSON(parsing: response.body))
        }

        func get(_ methodAndQuery: String) async throws -> BotAPIJSON {
            let response = try await transport.send(
                HTTPRequest(
                    method: .get,
                    url: "\(telegram.baseURL)/bot\(telegram.options.token)/\(methodAndQuery)",
                    timeoutSeconds: 20))
            return try BotAPIJSON(parsing: response.body)
        }

        func close() async {
            transport.close()
            await telegram.stop()
        }
    }

    @Test(arguments: [
        ("sendMessage", #"{"chat_id":1}"#, "sendMessage.text is missing"),
        ("sendMessage", #"{"chat_id":1,"text":"x","txet":"x"}"#, "sendMessage.txet is not known"),
        ("sendMessage", #"{"chat_id":1.5,"text":"x"}"#, "chat_id is not of type"),
        ("sendMessage", #"{"chat_id":1,"text":5}"#, "text is not of type String"),
        ("sendMessage", #"{"chat_id":1,"text":"x","reply_markup":null}"#, "reply_markup is null"),
        ("sendMessage", #"{"chat_id":1,"text":"x","protect_content":1}"#, "not of type Boolean"),
        (
            "sendMessage",
            #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","url":null}]]}}"#,
            "url is null"
        ),
        (
            "sendMessage",
            #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[{"text":"a"}]}}"#,
            "inline_keyboard[0] is not of type"
        ),
        (
            "sendMessage",
            #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"a","style":"gold"}]]}}"#,
            "style must be one of"
        ),
        (
            "sendMessage",
            #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a"}]]}}"#,
            "exactly one thing to do"
        ),
        (
            "sendMessage",
            #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":""}]]}}"#,
            "BUTTON_DATA_INVALID"
        ),
        ("sendMessage", #"{"chat_id":1,"text":"<b>x","parse_mode":"HTML"}"#, "<b> is not closed"),
        ("sendMessage", #"{"chat_id":1,"text":"<b></b>","parse_mode":"HTML"}"#, "text is empty"),
        ("sendMessage", #"{"chat_id":1,"text":"x","parse_mode":"Markdown"}"#, "HTML only"),
        ("sendRichMessage", #"{"chat_id":1,"rich_message":{"html":"x"}}"#, "text directly"),
        ("sendRichMessage", #"{"chat_id":1,"rich_message":{}}"#, "html only"),
        ("editMessageText", #"{"chat_id":1,"message_id":1}"#, "text is empty"),
        ("setMyCommands", #"{"commands":[{"command":"Bad","description":"x"}]}"#, "INVALID"),
        (
            "setMyCommands", #"{"commands":[],"scope":{"type":"chat"}}"#, "chat_id is missing"
        ),
        ("setMyCommands", #"{"commands":[],"scope":{"type":"galaxy"}}"#, "must be one of"),
        ("getUpdates", #"{"timeout":51}"#, "timeout 0 to 50"),
        ("sendMessage", "[]", "cannot be read"),
        ("sendMessage", "{", "cannot be read"),
    ])
    func `a call that the description forbids is refused and kept`(
        method: String, body: String, part: String
    ) async throws {
        let raw = try await Raw()
        raw.telegram.user(1).says("/start")
        let (status, json) = try await raw.call(method, body)
        #expect(status == 400)
        #expect(json["ok"]?.boolean == false)
        #expect(json["description"]?.string?.contains(part) == true, "\(json)")
        #expect(raw.telegram.violations.first?.contains(part) == true)
        #expect(raw.telegram.messages(in: 1).count == 1)
        await raw.close()
    }

    @Test func `a text has at most 4096 units and a button at most 64 bytes`() async throws {
        let raw = try await Raw()
        raw.telegram.user(1).says("/start")
        for (count, isTaken) in [(4096, true), (4097, false)] {
            let text = String(repeating: "a", count: count)
            let (status, _) = try await raw.call("sendMessage", #"{"chat_id":1,"text":"\#(text)"}"#)
            #expect((status == 200) == isTaken)
        }
        for (count, isTaken) in [(64, true), (65, false)] {
            let data = String(repeating: "a", count: count)
            let rows = #"[[{"text":"b","callback_data":"\#(data)"}]]"#
            let (status, _) = try await raw.call(
                "sendMessage",
                #"{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":\#(rows)}}"#)
            #expect((status == 200) == isTaken)
        }
        #expect(raw.telegram.violations.count == 2)
        await raw.close()
    }

    @Test func `an unknown method and an unknown token are not found`() async throws {
        let raw = try await Raw()
        #expect(try await raw.call("sendPigeon", "{}").status == 404)
        #expect(raw.telegram.violations == ["unknown method sendPigeon"])
        #expect(try await raw.call("getMe", "{}", token: "5:wrong").status == 401)
        #expect(try await raw.call("getMe", "{}", token: "nonsense").status == 404)
        await raw.close()
    }

    @Test func `what a client may run into is no violation`() async throws {
        let raw = try await Raw()
        let group = raw.telegram.group(-9)
        let ada = raw.telegram.user(1)
        ada.says("/start")
        ada.blocksBot()
        group.removesBot()
        for (chat, status) in [(1, 403), (-9, 403), (77, 400)] {
            let answer = try await raw.call("sendMessage", #"{"chat_id":\#(chat),"text":"x"}"#)
            #expect(answer.status == status)
        }
        ada.unblocksBot()
        let answer = try await raw.call("sendMessage", #"{"chat_id":1,"text":"x"}"#)
        #expect(answer.status == 200)
        #expect(raw.telegram.violations == [])
        await raw.close()
    }

    @Test func `an update comes again until a higher offset confirms it`() async throws {
        let raw = try await Raw()
        let ada = raw.telegram.user(1)
        let ids = ["a", "b", "c"].map { ada.says($0).updateID }
        func poll(_ parameters: String) async throws -> [Int64] {
            let (_, json) = try await raw.call("getUpdates", parameters)
            return (json["result"]?.array ?? []).compactMap { $0["update_id"]?.integer }
        }
        #expect(try await poll("{}") == ids)
        #expect(try await poll(#"{"limit":2}"#) == Array(ids.prefix(2)))
        #expect(try await poll(#"{"offset":\#(ids[0])}"#) == ids)
        #expect(try await poll(#"{"offset":\#(ids[1])}"#) == Array(ids.dropFirst()))
        #expect(try await poll("{}") == Array(ids.dropFirst()))
        #expect(try await poll(#"{"offset":\#(ids[2] + 1)}"#) == [])
        #expect(raw.telegram.unconfirmedUpdates == [])
        #expect(raw.telegram.confirmedBelow == ids[2] + 1)
        raw.telegram.redeliver(ids[0])
        #expect(try await poll("{}") == [ids[0]])
        #expect(raw.telegram.violations == [])
        await raw.close()
    }

    @Test func `a long poll ends with the first update`() async throws {
        let raw = try await Raw()
        let poll = Task { try await raw.call("getUpdates", #"{"timeout":50}"#).json }
        _ = try await raw.telegram.eventually("a poll") { $0.isPolled ? true : nil }
        raw.telegram.user(1).says("hello")
        let updates = try await poll.value["result"]?.array
        #expect(updates?.first?["message"]?["text"]?.string == "hello")
        await raw.close()
    }

    @Test func `people read replies and edits in order and press buttons`() async throws {
        let raw = try await Raw()
        let ada = raw.telegram.user(1, firstName: "Ada")
        ada.says("/start")
        let rows = #"{"inline_keyboard":[[{"text":"Go","callback_data":"g"}]]}"#
        _ = try await raw.call(
            "sendMessage", #"{"chat_id":1,"text":"one","reply_markup":\#(rows)}"#)
        _ = try await raw.call("sendMessage", #"{"chat_id":1,"text":"two"}"#)
        _ = try await raw.call("editMessageText", #"{"chat_id":1,"message_id":2,"text":"uno"}"#)
        _ = try await raw.call("sendMessage", #"{"chat_id":1,"text":"three"}"#)
        let first = try await ada.reply()
        #expect(first.text == "one")
        #expect(first.button("Go")?.callbackData == "g")
        #expect(try await ada.reply(containing: "uno").isEdited)
        #expect(try await ada.reply().text == "three")
        #expect(throws: StandInFailure.self) { try ada.presses("Go") }
        let press = try ada.presses("Go", on: first)
        _ = try await raw.call(
            "answerCallbackQuery", #"{"callback_query_id":"\#(press.queryID)","text":"Gone"}"#)
        #expect(try await press.answer().text == "Gone")
        await #expect(throws: StandInFailure.self) { try await ada.reply(withinSeconds: 0.05) }
        #expect(raw.telegram.violations == [])
        await raw.close()
    }

    @Test func `flood limits are enforced where asked for`() async throws {
        var options = StandInTelegram.Options()
        options.enforcesFloodLimits = true
        let raw = try await Raw(options)
        raw.telegram.user(1).says("/start")
        var statuses: [Int] = []
        for number in 0..<6 {
            let (status, json) = try await raw.call(
                "sendMessage", #"{"chat_id":1,"text":"\#(number)"}"#)
            statuses.append(status)
            #expect((json["parameters"]?["retry_after"]?.integer != nil) == (status == 429))
        }
        #expect(statuses.first == 200)
        #expect(statuses.last == 429)
        #expect(raw.telegram.violations == [])
        await raw.close()
    }

    @Test func `while away it answers nobody and then it is back`() async throws {
        let raw = try await Raw()
        let poll = Task { try await raw.call("getUpdates", #"{"timeout":50}"#).status }
        _ = try await raw.telegram.eventually("a poll") { $0.isPolled ? true : nil }
        raw.telegram.setAway(true)
        await #expect(throws: TransportError.self) { try await poll.value }
        await #expect(throws: TransportError.self) { try await raw.call("getMe", "{}") }
        raw.telegram.setAway(false)
        #expect(try await raw.call("getMe", "{}").status == 200)
        await raw.close()
    }

    @Test func `a query string will do for calls by hand`() async throws {
        let raw = try await Raw()
        raw.telegram.user(1).says("/start")
        let sent = try await raw.get("sendMessage?chat_id=1&text=12+%C3%A9&protect_content=true")
        #expect(sent["result"]?["text"]?.string == "12 é")
        #expect(raw.telegram.messages(in: 1).last?.isProtected == true)
        #expect(try await raw.get("getMe")["result"]?["is_bot"]?.boolean == true)
        #expect(raw.telegram.violations == [])
        await raw.close()
    }
}
