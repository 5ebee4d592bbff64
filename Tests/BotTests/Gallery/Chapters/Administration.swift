import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

// What an admin sees of the whole, and what goes wrong for everybody.
extension Chapter {
    static let administration = Chapter("administration") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.says(.boss, "/brokers")
        try await stage.says(.boss, "/status")
        try await stage.presses(.boss, "Refresh")
        await stage.title("Nothing of this kind is on record")
        try await stage.says(.boss, "/audit order")
        try await stage.prepareBook()
        try await stage.says(.zoe, "/start")
        await stage.advance(minutes: 90)
        await stage.title("Later, with more to tell")
        try await stage.says(.boss, "/status")
        try await stage.says(.boss, "/audit")
        try await stage.says(.boss, "/audit @ada trade")
        try await stage.says(.boss, "/audit nonsense")
        try await stage.backstage {
            for index in 0..<50 { try await stage.addPortfolio("book \(index)", "BINANCE") }
        }
        await stage.title("The newest of many")
        try await stage.says(.boss, "/audit 1001 portfolio")
        try await stage.presses(.boss, "Older ›")
        try await stage.presses(.boss, "Older ›")
        try await stage.presses(.boss, "⇤ Newest")
        try await stage.says(.boss, "/broadcast")
        try await stage.says(
            .boss, "/broadcast The ledger is down at 20:00 UTC.\nIt is back at 21:00.")
        try await stage.presses(.boss, "Confirm")
        await stage.title("What each member is told")
        try await stage.lastNotice(.broadcast, to: .ada)
        try await stage.says(.boss, "/broadcast \(String(repeating: "too long ", count: 300))")
        await stage.title("A member tries")
        try await stage.says(.ada, "/broadcast hello")
    }

    /// Every command and form with what it can't mean.
    static let misuse = Chapter("misuse") { stage in
        try await stage.prepareBook()
        let commands = Commands.all.filter { $0.name != Chapter.helpName }
        for command in commands {
            await stage.title("/\(command.name) with words that mean nothing")
            try await stage.says(.boss, "/\(command.name) nonsense it is")
        }
        for form in commands.flatMap(\.forms) {
            let words = form.split(separator: " ").prefix(2).joined(separator: " ")
            await stage.title("\(words) with nothing behind it")
            try await stage.says(.boss, words)
            await stage.title("\(words) with words that mean nothing")
            try await stage.says(.boss, "\(words) nonsense it is")
        }
        for command in commands where command.access == .admin {
            await stage.title("/\(command.name) of a member")
            try await stage.says(.ada, command.example)
        }
        for command in commands where command.isPrivateOnly {
            await stage.title("/\(command.name) in a group")
            try await stage.says(.boss, command.example, inGroup: true)
        }
    }

    private static let helpName = "help"

    static let mishaps = Chapter("mishaps") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.enroll(.ada)
        await stage.title("Words that are no command")
        try await stage.says(.ada, "what did I make today?")
        await stage.title("A command that there is not, with one alike")
        try await stage.says(.ada, "/postions")
        await stage.title("A command that there is not")
        try await stage.says(.ada, "/qqqqqqqqqq")
        await stage.title("An admin's command, mistyped by a member")
        try await stage.says(.ada, "/aprove")
        await stage.title("A button of another version")
        let foreign = try Button("Old", action: "what:was:this")
        try await stage.presses(.ada, foreign, "an old button")
        await stage.title("A button of somebody else's list")
        try await stage.says(.ada, "/pnl")
        try await stage.presses(.boss, "By day", of: .ada)
        await stage.title("A stranger presses it")
        try await stage.presses(.zoe, "By day", of: .ada)
        await stage.title("The same update once more")
        try await stage.says(.ada, "/portfolio add swing IBKR", update: 7)
        try await stage.says(.ada, "/portfolio add swing IBKR", update: 7)
        await stage.title("The database is away")
        stage.database.fail(with: .unavailable(detail: "refused"))
        try await stage.says(.ada, "/positions")
        try await stage.presses(.ada, try Button("week", action: "pnl:rt:1:week"), "[week]")
        await stage.title("The database went away while it was at it")
        stage.database.fail(with: .commitOutcomeUnknown(detail: "gone"))
        try await stage.says(.ada, "/positions")
        await stage.title("An error that nobody expected")
        stage.database.fail(with: .decoding(column: 0, expected: "a number"))
        try await stage.says(.ada, "/positions")
        try await stage.presses(.ada, try Button("week", action: "pnl:rt:1:week"), "[week]")
        stage.database.fail(with: nil)
        await stage.show("more commands in a minute than are answered", .tooFast(waitSeconds: 42))
        await stage.show(
            "a file that was asked for can't be sent", .fileNotSent("the list is empty"))
    }

    /// What no command shows by itself: hostile text wherever text can stand, and many scripts.
    static let samples = Chapter("samples") { stage in
        for (name, screen) in try SampleScreens.all() {
            await stage.show("a sample: \(name)", screen)
        }
    }
}
