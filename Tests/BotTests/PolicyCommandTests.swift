import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import Wire
import World

/// `/policy`: by questions and in one line, what it stores, and what it refuses.
@Suite struct PolicyCommandTests {
    private func policies(_ desk: Desk, _ authority: Authority) async throws -> [String] {
        try await desk.world.services.risk.policies(for: authority.caller).map { policy in
            "\(policy.name) \(policy.scopeType.rawValue) \(policy.scopeName ?? "-")"
                + " \(policy.isActive) \(try JSONValue(parsing: policy.configJSON).canonical)"
        }
    }

    /// Presses the button with this label on the last screen.
    private func press(
        _ console: ConsoleBot, _ label: String, on screen: String
    ) async throws -> String {
        let number = try #require(
            screen.firstMatch(of: try Regex("\\[([0-9]+)\\] \(label)")), "\(label) in\n\(screen)")
        return try await console.says(String(try #require(number.output[1].substring)))
    }

    @Test(arguments: TestBackend.allCases)
    func `a policy is asked for, question by question, and stored when it is confirmed`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            var screen = try await console.says("/policy add")
            screen = try await press(console, "Losses", on: screen)
            screen = try await press(console, "Daily loss", on: screen)
            screen = try await press(console, "At most so many percent", on: screen)
            screen = try await console.says("/policy answer 100001")
            #expect(screen.contains("expected a number of percent from 0 to 100000"))
            screen = try await console.says("3 %")
            #expect(screen.contains("What trading becomes"))
            screen = try await press(console, "HALTED", on: screen)
            screen = try await console.says("block")
            screen = try await press(console, "Portfolio main", on: screen)
            screen = try await console.says("my daily loss")
            #expect(screen.contains("Add policy my daily loss?"))
            #expect(try await policies(desk, authority) == [])
            screen = try await press(console, "Confirm", on: screen)
            #expect(screen.contains("Done: add policy my daily loss"))
            #expect(
                try await policies(desk, authority) == [
                    #"my daily loss PORTFOLIO main true {"action":"BLOCK","max_percent":"3","#
                        + #""rule":"daily_loss_limit","then":"HALTED"}"#
                ])
            #expect(try await console.says("7 %").contains("I understand commands"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `one is changed by questions, what stays by a button, and not over another change`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            let added = try await console.says(
                #"/policy add heat {"rule":"max_heat","action":"WARN","max_amount":"500"}"#)
            #expect(added.contains("Policy added: heat"))
            func change() async throws -> String {
                var screen = try await console.says("/policy edit heat")
                screen = try await press(console, "✓ At most so much money", on: screen)
                #expect(screen.contains("As it is: 500 of the base currency"))
                screen = try await press(console, "As it is", on: screen)
                screen = try await press(console, "The usual: 100", on: screen)
                return try await press(console, "(?:✓ )?BLOCK", on: screen)
            }
            let shown = try await change()
            #expect(shown.contains("Change policy heat?"))
            #expect(try await press(console, "Confirm", on: shown).contains("Done: change"))
            let blocking =
                #"heat USER - true {"action":"BLOCK","max_amount":"500","rule":"max_heat"}"#
            #expect(try await policies(desk, authority) == [blocking])
            let second = try await change()
            _ = try await desk.world.services.risk.setActive(
                false, "heat", for: authority.caller)
            let late = try await press(console, "Confirm", on: second)
            #expect(late.contains("Not done: change policy heat"))
            #expect(late.contains("The policy has changed since"))
        }
    }

    @Test func `an answer that comes twice is taken once, and a button that was used asks anew`()
        async throws
    {
        try await Desk.run { desk in
            let (_, authority) = try await desk.member()
            let responder = Responder(
                services: desk.world.services, files: SentFiles { _ in [] },
                gauges: BotGauges(version: "1", world: desk.world.world), observe: { _ in })
            let ada = Person(telegramUserID: 1001, username: nil)
            func says(_ text: String, _ update: Int64) async throws -> Screen {
                try #require(
                    try await responder.answer(
                        IncomingMessage(
                            sender: ada, text: text, isPrivate: true,
                            update: IncomingUpdate(id: update)))
                ).screen
            }
            func presses(_ label: String, _ screen: Screen, _ update: Int64) async throws -> Screen
            {
                let button = try #require(screen.buttons.joined().first { $0.label == label })
                return try #require(
                    try await responder.answer(
                        IncomingPress(
                            sender: ada, data: button.action, update: IncomingUpdate(id: update))
                    ).screen)
            }
            let losses = try await presses(
                "What is held", try await says("/policy add", 1), 2)
            let first = try await presses("Leverage", losses, 3)
            #expect(first.title == "New policy: Leverage")
            let second = try await says("2", 4)
            let warn = "WARN: the order leaves, and you are told"
            #expect(try await says("2", 4) == second)
            let third = try await presses(warn, second, 5)
            #expect(try await presses(warn, second, 6) == third)
            #expect(try await presses(warn, second, 5) == third)
            let fourth = try await says("all", 7)
            let fifth = try await says("lever", 8)
            #expect(fifth.title == "Add policy lever?")
            #expect(try await says("lever", 8) == fifth)
            #expect(fourth.title == "New policy: Leverage")
            for update: Int64 in [9, 10] {
                #expect(
                    try await presses("Confirm", fifth, update).title == "Done: add policy lever")
            }
            #expect(
                try await policies(desk, authority) == [
                    #"lever USER - true {"action":"WARN","max_ratio":"2","rule":"max_leverage"}"#
                ])
        }
    }

    @Test func `a policy is switched off and on, by words and by buttons`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            _ = try await console.says(
                #"/policy add no shorts {"rule":"no_short","action":"BLOCK"} portfolio MAIN"#)
            let off = try await console.says("/policy off No Shorts")
            #expect(off.contains("Policy switched off: no shorts"))
            #expect(try await policies(desk, authority)[0].contains("PORTFOLIO main false"))
            #expect(
                try await press(console, "Put in force", on: off).contains("Policy in force"))
            #expect(try await policies(desk, authority)[0].contains("PORTFOLIO main true"))
        }
    }

    @Test(arguments: [
        (#"/policy add x {"rule":"max_leverage","action":"BLOCK"}"#, "max_ratio is missing"),
        (#"/policy add x {"rule":"nothing","action":"BLOCK"}"#, "Rule: expected one of"),
        (#"/policy add x {"rule":"no_short","action":"WARN","y":1}"#, "Y is not known"),
        (#"/policy add x {"rule":"no_short","action":"WARN"} portfolio nope"#, "Unknown portfolio"),
        (#"/policy add x {"rule":"no_short","action":"WARN"} strategy nope"#, "Unknown strategy"),
        (#"/policy add x {"rule":"no_short","action":"WARN"} mine"#, "not whom a policy can hold"),
        (#"/policy add {"rule":"no_short","action":"WARN"}"#, "The policy needs a name"),
        ("/policy add x {", "expected a JSON object"), ("/policy add x", "alone asks for it"),
        ("/policy edit x", "Unknown policy"), ("/policy on", "Which policy?"),
        ("/policy answer 5", "Nothing was asked"), ("/policy replay x", "Unknown policy"),
    ])
    func `what is no policy is refused by name, and nothing is stored`(
        line: String, answer: String
    ) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let said = try await console.says(line)
            #expect(said.lowercased().contains(answer.lowercased()), "\(said)")
            #expect(try await policies(desk, authority) == [])
        }
    }

    @Test func `every rule is offered in one group, and can be asked for to its end`() async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            var count = 0
            for group in ["One order", "What is held", "Losses", "What and when"] {
                let rules = try await press(
                    console, group, on: try await console.says("/policy add"))
                for rule in RiskRules.all.map({ $0.about }) {
                    guard rules.contains("] \(rule.title)") else { continue }
                    count += 1
                    let offered = try await press(
                        console, group, on: try await console.says("/policy add"))
                    var screen = try await press(console, rule.title, on: offered)
                    for _ in 0..<12 where !screen.contains("Add policy") {
                        screen = try await console.says(
                            "/policy answer \(Self.answer(to: screen))")
                    }
                    #expect(screen.contains("Add policy \(rule.title.lowercased())?"), "\(screen)")
                    _ = try await press(console, "Confirm", on: screen)
                }
            }
            #expect(count == RiskRules.all.count)
            #expect(try await policies(desk, authority).count == RiskRules.all.count)
        }
    }

    /// What somebody might say to a question.
    private static func answer(to screen: String) -> String {
        let answers = [
            ("How is the limit said?", "max_percent"), ("where the limit is exceeded?", "block"),
            ("For whom is it to hold?", "all"), ("How is it to be called?", "keep"),
            ("a time of day", screen.contains("Until this time") ? "16:00" : "09:30"),
            ("a list of symbols", "AAPL, MSFT"), ("a list of currencies", "USD"),
        ]
        return answers.first { screen.contains($0.0) }?.1
            ?? (screen.contains("] Leave it out") || screen.contains("] The usual") ? "skip" : "5")
    }
}
