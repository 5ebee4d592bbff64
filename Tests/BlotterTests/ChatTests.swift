import Ledger
import TestSupport
import Testing
import Wire

/// `serve` with Telegram: the stand-in server holds every call against the official description.
@Suite struct ChatTests {
    private static let adminID: Int64 = 9001
    private static let strangerID: Int64 = 1001

    private static func settings(
        _ telegram: StandInTelegram, token: String? = nil
    ) -> [String: String] {
        settings(url: telegram.baseURL, token: token ?? telegram.options.token)
    }

    private static func settings(url: String, token: String) -> [String: String] {
        [
            "BLOTTER_TELEGRAM_TOKEN": token, "BLOTTER_TELEGRAM_API_BASE_URL": url,
            "BLOTTER_TELEGRAM_ADMIN_USER_IDS": "\(adminID)",
            "BLOTTER_TELEGRAM_POLL_TIMEOUT_SECONDS": "20",
        ]
    }

    /// Expects that the service shuts down in time, and that the stand-in found nothing wrong.
    private func expectGoodEnd(_ served: ServedBlotter, _ telegram: StandInTelegram?) async throws {
        let ending = try await served.terminate(withinSeconds: 10)
        #expect(ending.status == 0, "\(ending.complaints)")
        if let telegram { #expect(telegram.violations == []) }
    }

    @Test(arguments: TestBackend.allCases)
    func `a stranger is let in by one tap, posts fills with a token and reads them in chat`(
        _ backend: TestBackend
    ) async throws {
        let telegram = try await StandInTelegram.start()
        let minute = try RealMinute()
        try await backend.withStore { store in
            let settings = Self.settings(telegram)
            let token = try await ServedBlotter.run(on: store.url, settings: settings) { served in
                let admin = telegram.user(Self.adminID, username: "ada")
                admin.says("/start")
                _ = try await admin.reply(containing: "Welcome", withinSeconds: 60)
                let user = telegram.user(Self.strangerID, username: "ben")
                user.says("/positions")
                _ = try await user.reply(containing: "You are not a member yet", withinSeconds: 60)
                user.says("/start")
                _ = try await user.reply(containing: "on its way", withinSeconds: 60)
                let request = try await admin.reply(
                    containing: "@ben asks to come in", withinSeconds: 60)
                let press = try admin.presses("Approve", on: request)
                #expect(try await press.answer(withinSeconds: 60).text == "@ben is approved.")
                _ = try await user.reply(containing: "You are in", withinSeconds: 60)
                user.says("/positions")
                _ = try await user.reply(containing: "No open positions", withinSeconds: 60)

                user.says("/token new momo")
                let note = try await user.reply(containing: "blt_", withinSeconds: 60)
                let token = try #require(
                    note.text.split(whereSeparator: \.isWhitespace)
                        .first { $0.hasPrefix("blt_") }.map(String.init))
                for batch in minute.batches(of: 250) {
                    let reply = try await served.post(batch, token: token)
                    #expect(reply.json["accepted"] == 250, "\(reply.text)")
                }
                try await minute.expectAnswers(of: served, token: token)
                user.says("/positions")
                let positions = try await user.reply(containing: "ETHUSDT", withinSeconds: 60)
                user.says("/pnl all")
                let pnl = try await user.reply(containing: "P&L: all", withinSeconds: 60)
                try minute.expectScreens(positions: positions.text, pnl: pnl.text)
                try await expectGoodEnd(served, telegram)
                #expect(!served.saidSoFar.contains(token))
                #expect(!served.saidSoFar.contains(telegram.options.token))
                return token
            }
            let stored = try await store.everything()
            #expect(stored.contains("ETHUSDT"))
            #expect(!stored.contains(token))
            #expect(!stored.contains(telegram.options.token))
        }
        await telegram.stop()
    }

    @Test func `Telegram away at the start is said once, and chats go on when it comes`()
        async throws
    {
        // Nothing listens there until the second server takes the same port.
        let first = try await StandInTelegram.start()
        await first.stop()
        var options = first.options
        options.port = try #require(first.baseURL.split(separator: ":").last.flatMap { Int($0) })
        try await TestBackend.sqlite.withStore { store in
            let settings = Self.settings(first)
            try await ServedBlotter.run(on: store.url, settings: settings) { served in
                try await served.logged("Telegram is away")
                #expect(try await served.get("/readyz").status == 200)
                let telegram = try await StandInTelegram.start(options)
                let admin = telegram.user(Self.adminID, username: "ada")
                admin.says("/start")
                _ = try await admin.reply(containing: "Welcome", withinSeconds: 60)
                try await served.logged("Telegram is back")
                #expect(served.log.count { $0.message.contains("Telegram is away") } == 1)
                try await expectGoodEnd(served, telegram)
                await telegram.stop()
            }
        }
    }

    @Test func `Telegram away later is said once, and chats go on when it is back`()
        async throws
    {
        let telegram = try await StandInTelegram.start()
        try await TestBackend.sqlite.withStore { store in
            let settings = Self.settings(telegram)
            try await ServedBlotter.run(on: store.url, settings: settings) { served in
                let admin = telegram.user(Self.adminID, username: "ada")
                admin.says("/start")
                _ = try await admin.reply(containing: "Welcome", withinSeconds: 60)
                telegram.setAway(true)
                try await served.logged("Telegram is away")
                #expect(try await served.get("/healthz").status == 200)
                telegram.setAway(false)
                admin.says("/users")
                _ = try await admin.reply(containing: "ada", withinSeconds: 60)
                try await served.logged("Telegram is back")
                #expect(served.log.count { $0.message.contains("Telegram is away") } == 1)
                try await expectGoodEnd(served, telegram)
            }
        }
        await telegram.stop()
    }

    @Test(arguments: TestBackend.allCases)
    func `killed between receiving and sending, it loses no request and no news`(
        _ backend: TestBackend
    ) async throws {
        let telegram = try await StandInTelegram.start()
        try await backend.withStore { store in
            let settings = Self.settings(telegram)
            try await ServedBlotter.run(on: store.url, settings: settings) { served in
                let admin = telegram.user(Self.adminID, username: "ada")
                admin.says("/start")
                _ = try await admin.reply(containing: "Welcome", withinSeconds: 60)

                // The request is stored, neither the answer nor the admin's notice gets out.
                let user = telegram.user(Self.strangerID, username: "ben")
                try await killWhileSending(2, served, telegram) { user.says("/start") }
                let request = try await admin.reply(
                    containing: "@ben asks to come in", withinSeconds: 60)
                _ = try await user.reply(withinSeconds: 60)

                // The approval is stored, the news of it does not get out.
                try await killWhileSending(1, served, telegram) {
                    try admin.presses("Approve", on: request)
                }
                _ = try await user.reply(containing: "You are in", withinSeconds: 60)
                user.says("/positions")
                _ = try await user.reply(containing: "No open positions", withinSeconds: 60)

                // The token is made, and the only message that shows it does not get out.
                try await killWhileSending(1, served, telegram) { user.says("/token new momo") }
                _ = try await user.reply(containing: "second time", withinSeconds: 60)
                user.says("/token")
                let tokens = try await user.reply(containing: "API tokens", withinSeconds: 60)
                #expect(tokens.text.ranges(of: "momo").count == 1, "\(tokens)")
                try await expectGoodEnd(served, telegram)
            }
            try await OperatedBlotter.run(on: store) { blotter in
                let users = try await blotter.done("user", "list")
                #expect(users.count == 2)
                #expect(users.contains("1001  @ben  approved"), "\(users)")
            }
        }
        await telegram.stop()
    }

    /// Lets something happen of which Telegram takes no message, and kills the service while it
    /// waits for the answers to them; then starts it again.
    private func killWhileSending(
        _ messages: Int, _ served: ServedBlotter, _ telegram: StandInTelegram,
        _ happen: () throws -> Void
    ) async throws {
        let expected = telegram.unansweredMessages + messages
        telegram.fault(.hang, on: StandInTelegram.sending, times: messages)
        try happen()
        _ = try await telegram.eventually("messages on their way", withinSeconds: 60) { telegram in
            telegram.unansweredMessages == expected ? true : nil
        }
        try await served.kill()
        try await served.start()
    }

    @Test func `a token that Telegram refuses is said, and HTTP runs on`() async throws {
        let telegram = try await StandInTelegram.start()
        let wrong = "1234567890:AAEthisIsAnotherTokenThatNobodyKnows000"
        try await TestBackend.sqlite.withStore { store in
            let settings = Self.settings(telegram, token: wrong)
            try await ServedBlotter.run(on: store.url, settings: settings) { served in
                let line = try await served.logged("Telegram refuses the token")
                #expect(line.level == "error")
                try await served.logged("the bot stopped")
                #expect(try await served.get("/healthz").status == 200)
                #expect(try await served.get("/readyz").status == 200)
                try await expectGoodEnd(served, nil)
                #expect(!served.saidSoFar.contains(wrong))
                #expect(!served.saidSoFar.contains("AAEthisIsAnother"))
            }
            #expect(try await !store.everything().contains("AAEthisIsAnother"))
        }
        await telegram.stop()
    }

    @Test func `without a token it says so and serves the rest`() async throws {
        try await TestBackend.sqlite.withStore { store in
            try await ServedBlotter.run(on: store.url) { served in
                try await served.logged("no Telegram token is configured")
                #expect(try await served.get("/readyz").status == 200)
                try await expectGoodEnd(served, nil)
            }
        }
    }
}

extension StandInTelegram {
    /// What the bot tries first for every message.
    fileprivate static let sending = "sendRichMessage"

    /// Messages that the bot sent and got no answer for.
    fileprivate var unansweredMessages: Int {
        calls(of: Self.sending).count { $0.status == nil }
    }
}
