import Foundation
import Ledger
import TestSupport
import Testing
import World

/// `kill -9` in bursts while people write: every command is answered, and each acts once.
@Suite struct ChatCrashTests {
    /// `BLOTTER_TEST_KILLS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["BLOTTER_TEST_KILLS"].flatMap { Int($0) } ?? 3
    private static let people: [Int64] = [1001, 1002, 1003, 1004]

    private static func settings(_ telegram: StandInTelegram) -> [String: String] {
        [
            "BLOTTER_TELEGRAM_TOKEN": telegram.options.token,
            "BLOTTER_TELEGRAM_API_BASE_URL": telegram.baseURL,
            "BLOTTER_TELEGRAM_POLL_TIMEOUT_SECONDS": "20",
            "BLOTTER_LIMITS_COMMANDS_PER_MINUTE_PER_USER": "10000",
        ]
    }

    @Test(arguments: TestBackend.allCases)
    func `killed again and again while people write, it answers all and does each thing once`(
        _ backend: TestBackend
    ) async throws {
        let seed = TestSeed.draw(for: "kill -9 of the bot on \(backend)")
        var random = SeededGenerator(seed: seed)
        let telegram = try await StandInTelegram.start()
        try await OperatedBlotter.run(on: backend) { blotter in
            for id in Self.people {
                try await blotter.done("user", "add", "--telegram-id", "\(id)", "--approve")
            }
            let settings = Self.settings(telegram)
            try await ServedBlotter.run(on: blotter.databaseURL, settings: settings) { served in
                for round in 1...Self.rounds {
                    // A burst of kills: some come before anything is polled.
                    for burst in 1...Int.random(in: 1...3, using: &random) {
                        let calls = telegram.calls.count
                        for (index, id) in Self.people.enumerated() {
                            let user = telegram.user(id)
                            user.says("/zz\(round)x\(burst)x\(index)")
                            if index < 2, round <= 12 {
                                user.says("/token new k\(round)x\(burst)x\(index)")
                            }
                        }
                        let wanted = calls + Int.random(in: 0...8, using: &random)
                        _ = try? await telegram.eventually("calls", withinSeconds: 5) {
                            $0.calls.count >= wanted ? true : nil
                        }
                        try await Task.sleep(
                            for: .microseconds(Int.random(in: 0...20_000, using: &random)))
                        try await served.kill()
                        try await served.start()
                    }
                }
                try await expectAnswered(telegram, "seed \(seed)")
                for id in Self.people.prefix(2) {
                    try await expectTokensOnce(telegram, telegram.user(id), "seed \(seed)")
                }
                #expect(try await served.terminate(withinSeconds: 10).status == 0)
            }
        }
        #expect(telegram.violations == [])
        await telegram.stop()
    }

    private func expectAnswered(_ telegram: StandInTelegram, _ comment: Comment) async throws {
        for id in Self.people {
            let user = telegram.user(id)
            let sent = user.messages.filter { !$0.isFromBot }.map(\.text)
            for command in sent where command.hasPrefix("/zz") {
                _ = try await telegram.eventually("the answer to \(command)", withinSeconds: 90) {
                    Self.answers(to: command, of: id, $0).isEmpty ? nil : true
                }
                let unmarked = Self.answers(to: command, of: id, telegram).count {
                    !$0.contains("may have come before")
                }
                #expect(unmarked <= 1, comment)
            }
        }
    }

    private static func answers(
        to command: String, of id: Int64, _ telegram: StandInTelegram
    ) -> [String] {
        telegram.messages(in: id).filter { $0.isFromBot && $0.text.contains("“\(command)”") }
            .map(\.text)
    }

    /// What the bot says of a token, when it makes it or later, and what there is in the end.
    private func expectTokensOnce(
        _ telegram: StandInTelegram, _ user: StandInUser, _ comment: Comment
    ) async throws {
        let names = user.messages.filter { !$0.isFromBot }.compactMap { message in
            message.text.firstMatch(of: /\/token new (\w+)/).map { String($0.output.1) }
        }
        _ = try await telegram.eventually("answers to \(names)", withinSeconds: 90) { telegram in
            let told = telegram.messages(in: user.id).count {
                $0.isFromBot && ($0.text.contains("blt_") || $0.text.contains("second time"))
            }
            return told >= names.count ? true : nil
        }
        user.says("/token")
        let list = try await user.reply(containing: "API tokens", withinSeconds: 60)
        for name in names {
            #expect(list.text.ranges(of: name).count == 1, comment)
        }
    }
}
