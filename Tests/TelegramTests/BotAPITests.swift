import CurlTransport
import Telegram
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct BotAPITests {
    private let keyboard = InlineKeyboardMarkup(rows: [
        [
            InlineKeyboardButton(text: "Approve", callbackData: "a:1", style: .success),
            InlineKeyboardButton(text: "Reject", callbackData: "r:1", style: .danger),
        ], [InlineKeyboardButton(text: "Site", url: "https://example.org")],
    ])

    @Test func `every method keeps to the official description`() async throws {
        let bench = try await Bench()
        let ada = bench.telegram.user(1001, firstName: "Ada")
        let said = ada.says("/start")
        let api = bench.api
        #expect(try await api.call(GetMe()).isBot)
        _ = try await api.call(GetUpdates(offset: 1, pollTimeoutSeconds: 0, limit: 10))
        let sent = try await api.call(
            SendMessage(
                chatID: 1001, text: "<b>Hi</b> &amp; welcome", parseMode: .html,
                linkPreviewOptions: LinkPreviewOptions(isDisabled: true),
                disableNotification: true, protectContent: true,
                replyParameters: ReplyParameters(messageID: MessageID(said.messageID)),
                replyMarkup: keyboard))
        #expect(sent.text == "Hi & welcome")
        let rich = try await api.call(
            SendRichMessage(
                chatID: 1001, richMessage: InputRichMessage(html: "<h2>Positions</h2>"),
                disableNotification: true, protectContent: false,
                replyParameters: ReplyParameters(messageID: sent.id), replyMarkup: keyboard))
        let edited = try await api.call(
            EditMessageText(
                chatID: 1001, messageID: sent.id, text: "<i>Done</i>", parseMode: .html,
                linkPreviewOptions: LinkPreviewOptions(isDisabled: true)))
        #expect(edited.message?.text == "Done")
        _ = try await api.call(
            EditMessageText(
                chatID: 1001, messageID: rich.id,
                richMessage: InputRichMessage(html: "<p>New</p>"), replyMarkup: keyboard))
        let press = try ada.presses("Approve")
        _ = try await api.call(
            AnswerCallbackQuery(callbackQueryID: press.queryID, text: "OK", showAlert: true))
        #expect(try await press.answer() == StandInCallbackAnswer(text: "OK", isAlert: true))
        _ = try await api.call(DeleteWebhook(dropPendingUpdates: true))
        _ = try await api.call(DeleteMessage(chatID: 1001, messageID: rich.id))
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `a command menu is kept for each scope`() async throws {
        let bench = try await Bench()
        let commands = [BotCommand(command: "positions", description: "What is held")]
        let scopes: [(BotCommandScope?, String)] = [
            (nil, "default"), (.everyone, "default"), (.allPrivateChats, "all_private_chats"),
            (.allGroupChats, "all_group_chats"), (.chat(7), "chat:7"),
            (.allChatAdministrators, "all_chat_administrators"),
            (.chatAdministrators(-7), "chat_administrators:-7"),
            (.chatMember(-7, 8), "chat_member:-7:8"),
        ]
        for (scope, key) in scopes {
            _ = try await bench.api.call(SetMyCommands(commands: commands, scope: scope))
            #expect(
                bench.telegram.commands(scope: key)
                    == [StandInCommand(command: "positions", description: "What is held")])
        }
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `updates arrive typed and what is not read is marked`() async throws {
        let bench = try await Bench()
        let ada = bench.telegram.user(1001, firstName: "Ada", username: "ada")
        let group = bench.telegram.group(-5005, title: "Traders", isForum: true)
        ada.says("/positions main")
        ada.says("/pnl", in: group, thread: 42)
        ada.blocksBot()
        bench.telegram.deliver(["poll": ["anything": "at all"]])
        let answer = try await bench.api.call(
            GetUpdates(pollTimeoutSeconds: 10, allowedUpdates: []))
        try #require(answer.updates.count == 4)
        guard case .message(let first) = answer.updates[0].content,
            case .message(let second) = answer.updates[1].content,
            case .myChatMember(let third) = answer.updates[2].content
        else {
            Issue.record("got \(answer.updates)")
            return
        }
        #expect(first.text == "/positions main")
        #expect(first.sender?.id == 1001)
        #expect(first.sender?.username == "ada")
        #expect(first.chat.kind == .private)
        #expect(second.chat.id == -5005)
        #expect(second.chat.kind == .supergroup)
        #expect(second.threadID == 42)
        #expect(second.isTopicMessage)
        #expect(third.newStatus == "kicked")
        #expect(answer.updates[3].content == .unsupported(kind: "poll"))
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test(
        arguments: [
            (.serverErrorPage(status: 502), .server(status: 502), true),
            (.internalError, .server(status: 500), true),
            (.tooManyRequests(retryAfterSeconds: 17), .retryAfter(seconds: 17), false),
            (.unauthorized, .unauthorized, false),
            (
                .forbidden("Forbidden: bot was blocked by the user"),
                .blocked(description: "Forbidden: bot was blocked by the user"), false
            ),
            (
                .badRequest("Bad Request: chat not found"),
                .blocked(description: "Bad Request: chat not found"), false
            ),
            (
                .badRequest("Bad Request: can't parse entities"),
                .badRequest(description: "Bad Request: can't parse entities"), false
            ),
            (.badRequest("Bad Request: message can't be edited"), .messageGone, false),
            (.badRequest("Bad Request: message to delete not found"), .messageGone, false),
            (.truncatedJSON, .malformed, true),
        ] as [(StandInFault, TelegramError, Bool)])
    func `an error is named by what to do`(
        fault: StandInFault, expected: TelegramError, mayHaveBeenCarriedOut: Bool
    ) async throws {
        let bench = try await Bench()
        bench.telegram.user(1001).says("/start")
        bench.telegram.fault(fault, on: "sendMessage")
        let error = await telegramError {
            try await bench.api.call(SendMessage(chatID: 1001, text: "x"))
        }
        #expect(error == expected)
        #expect(error?.mayHaveBeenCarriedOut == mayHaveBeenCarriedOut)
        await bench.close()
    }

    @Test(
        arguments: [
            (.resetBefore, 0), (.resetAfter, 1), (.cutAnswer, 1),
        ] as [(StandInFault, Int)])
    func `an answer that is lost leaves open whether it was done`(
        fault: StandInFault, messages: Int
    ) async throws {
        let bench = try await Bench()
        bench.telegram.user(1001).says("/start")
        // Over a kept connection, which a transport might take for stale.
        _ = try await bench.api.call(GetMe())
        bench.telegram.fault(fault, on: "sendMessage")
        let error = await telegramError {
            try await bench.api.call(SendMessage(chatID: 1001, text: "x"))
        }
        guard case .network(.interrupted) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(error?.mayHaveBeenCarriedOut == true)
        #expect(bench.telegram.messages(in: 1001).count { $0.isFromBot } == messages)
        await bench.close()
    }

    @Test func `a server that is not there has done nothing`() async throws {
        let bench = try await Bench()
        await bench.telegram.stop()
        let error = await telegramError { try await bench.api.call(GetMe()) }
        guard case .network(.unreachable) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(error?.mayHaveBeenCarriedOut == false)
        bench.transport.close()
    }

    @Test func `a revoked token is unauthorized`() async throws {
        let bench = try await Bench()
        let api = BotAPI(
            transport: bench.transport, baseURL: bench.telegram.baseURL + "/",
            token: try #require(BotToken("1:another")))
        #expect(await telegramError { try await api.call(GetMe()) } == .unauthorized)
        await bench.close()
    }

    @Test func `an older server does not know rich messages`() async throws {
        var options = StandInTelegram.Options()
        options.knowsRichMessages = false
        let bench = try await Bench(options)
        bench.telegram.user(1001).says("/start")
        let rich = InputRichMessage(html: "<p>x</p>")
        let error = await telegramError {
            try await bench.api.call(SendRichMessage(chatID: 1001, richMessage: rich))
        }
        #expect(error == .unknownMethod)
        let sent = try await bench.api.call(SendMessage(chatID: 1001, text: "x"))
        let editError = await telegramError {
            try await bench.api.call(
                EditMessageText(chatID: 1001, messageID: sent.id, richMessage: rich))
        }
        #expect(editError == .badRequest(description: "Bad Request: message text is empty"))
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `editing to the same content is not modified and a lost message is gone`()
        async throws
    {
        let bench = try await Bench()
        bench.telegram.user(1001).says("/start")
        let sent = try await bench.api.call(SendMessage(chatID: 1001, text: "x"))
        let edit = EditMessageText(chatID: 1001, messageID: sent.id, text: "x")
        #expect(await telegramError { try await bench.api.call(edit) } == .notModified)
        let delete = DeleteMessage(chatID: 1001, messageID: sent.id)
        _ = try await bench.api.call(delete)
        #expect(await telegramError { try await bench.api.call(edit) } == .messageGone)
        #expect(await telegramError { try await bench.api.call(delete) } == .messageGone)
        await bench.close()
    }

    @Test func `a group that migrated tells its new number`() async throws {
        let bench = try await Bench()
        let group = bench.telegram.group(-7)
        _ = group.migrates(to: -1_007)
        let error = await telegramError {
            try await bench.api.call(SendMessage(chatID: -7, text: "x"))
        }
        #expect(error == .chatMigrated(to: -1_007))
        let updates = try await bench.api.call(GetUpdates(pollTimeoutSeconds: 0)).updates
        guard case .message(let message) = updates.first?.content else {
            Issue.record("got \(updates)")
            return
        }
        #expect(message.migrateToChatID == -1_007)
        await bench.close()
    }

    @Test func `a late answer to a button is too old`() async throws {
        let bench = try await Bench()
        let ada = bench.telegram.user(1001)
        ada.says("/start")
        _ = try await bench.api.call(
            SendMessage(chatID: 1001, text: "x", replyMarkup: keyboard))
        let press = try ada.presses("Reject")
        press.expires()
        let error = await telegramError {
            try await bench.api.call(AnswerCallbackQuery(callbackQueryID: press.queryID))
        }
        #expect(error == .queryTooOld)
        await bench.close()
    }

    @Test func `a second poller ends the first with a conflict`() async throws {
        let bench = try await Bench()
        let first = Task {
            await telegramError { try await bench.api.call(GetUpdates(pollTimeoutSeconds: 50)) }
        }
        _ = try await bench.telegram.eventually("the first poll") {
            $0.isPolled ? true : nil
        }
        _ = try await bench.api.call(GetUpdates(pollTimeoutSeconds: 0))
        guard case .conflict(let description) = await first.value else {
            Issue.record("no conflict")
            return
        }
        #expect(description.contains("other getUpdates request"))
        bench.telegram.setWebhook("https://example.org/hook")
        let error = await telegramError {
            try await bench.api.call(GetUpdates(pollTimeoutSeconds: 50))
        }
        guard case .conflict(let webhook) = error else {
            Issue.record("no conflict")
            return
        }
        #expect(webhook.contains("webhook"))
        _ = try await bench.api.call(DeleteWebhook())
        _ = try await bench.api.call(GetUpdates(pollTimeoutSeconds: 0))
        await bench.close()
    }

    @Test func `cancelling a long poll ends it`() async throws {
        let bench = try await Bench()
        let poll = Task { try await bench.api.call(GetUpdates(pollTimeoutSeconds: 50)) }
        _ = try await bench.telegram.eventually("the poll") { $0.isPolled ? true : nil }
        poll.cancel()
        await #expect(throws: CancellationError.self) { try await poll.value }
        await bench.close()
    }
}
