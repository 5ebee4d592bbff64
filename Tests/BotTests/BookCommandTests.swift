import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing

/// `/account`, `/portfolio` and `/strategy`, and the forms of commands.
@Suite struct BookCommandTests {
    @Test(arguments: TestBackend.allCases)
    func `accounts and portfolios are added, renamed and chosen`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, authority) = try await desk.member()
            let portfolios = desk.world.services.portfolios
            #expect(try await ada.tells("/account add My IB ibkr eur").contains("Account added"))
            #expect(try await ada.tells("/account").contains("My IB"))
            #expect(try await ada.tells("/account list").contains("EUR"))
            #expect(try await ada.tells("/portfolio add swing account my ib").contains("My IB"))
            let added = try await ada.tells("/portfolio add Deep Value tradier usd LIFO default")
            #expect(added.contains("Deep Value") && added.contains("LIFO"))
            #expect(added.contains("Default: yes"))
            #expect(try await ada.tells("/portfolio add quick PAPER").contains("Default: no"))
            let renamed = try await ada.tells("/portfolio rename deep value Value 2")
            #expect(renamed.contains("Portfolio: Value 2"))
            #expect(try await ada.tells("/portfolio default SWING").contains("Default: yes"))
            let names = try await portfolios.all(for: authority.caller)
            #expect(names.map(\.name) == ["Value 2", "main", "quick", "swing"])
            #expect(names.filter(\.isDefault).map(\.name) == ["swing"])
            #expect(try await ada.tells("/portfolio").contains("Value 2"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `archiving asks first, and is undone by a word`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, authority) = try await desk.member()
            _ = try await ada.tells("/portfolio add swing IBKR")
            try await desk.world.post(
                fill("a", "BUY", "1", at: "1", portfolio: "swing"), as: authority)
            let open = try await ada.tells("/portfolio archive swing")
            #expect(open.contains("1 position is open in swing: close them first."))
            try await desk.world.post(
                fill(
                    "b", "SELL", "1", at: "3", time: "2026-02-19T15:00:00Z", portfolio: "swing"),
                as: authority)
            #expect(try await ada.tells("/portfolio archive Swing").contains("Archive swing?"))
            #expect(try await ada.tells("/portfolios").contains("Archived:") == false)
            _ = try await ada.tells("/portfolio archive Swing")
            #expect(try await ada.tells("1").contains("Done: archive swing"))
            let list = try await ada.tells("/portfolios")
            #expect(list.contains("Archived: swing."))
            #expect(try await ada.tells("/portfolio archive swing").contains("Archived already"))
            #expect(try await ada.tells("/portfolio add swing IBKR").contains("which is archived"))
            // Its history is there for who knows its name; it is offered to nobody.
            #expect(try await ada.tells("/positions swing").contains("Positions in swing"))
            #expect(try await !ada.tells("/positions nowhere").contains("swing"))
            #expect(try await ada.tells("/pnl 2026-01-01..2026-12-31").contains("+2"))
            #expect(try await ada.tells("/portfolio archive main").contains("default portfolio"))
            #expect(try await ada.tells("/portfolio restore SWING").contains("restored"))
            #expect(try await !ada.tells("/portfolios").contains("Archived:"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `other lots are chosen with Confirm, and all is made anew by them`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, authority) = try await desk.member()
            try await desk.world.post(
                fill("a", "BUY", "1", at: "10"),
                fill("b", "BUY", "1", at: "20", time: "2026-02-19T15:00:00Z"),
                fill("c", "SELL", "1", at: "30", time: "2026-02-19T16:00:00Z"), as: authority)
            let asked = try await ada.tells("/portfolio lots MAIN lifo")
            #expect(asked.contains("Keep main by LIFO?"))
            #expect(try await ada.tells("/portfolios").contains("FIFO"))
            _ = try await ada.tells("/portfolio lots main LIFO")
            let done = try await ada.tells("1")
            #expect(done.contains("Done: keep main by LIFO") && done.contains("rebuilt: 1"))
            let book = try await desk.world.services.portfolios.all(for: authority.caller)
            #expect(book.map(\.rules.lotMethod) == [.lifo])
            #expect(book.map(\.isRebuildDue) == [false])
            try await desk.world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `strategies are added, put out of use, and told their params`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, _) = try await desk.member()
            let added = try await ada.tells("/strategy add momo@2.0 {\"stop\": \"0.05\"}")
            #expect(added.contains("momo@2.0") && added.contains("0.05"))
            #expect(try await ada.tells("/strategy add momo@2.0").contains("There is a strategy"))
            #expect(try await ada.tells("/strategy params MOMO@2.0").contains("0.05"))
            _ = try await ada.tells("/strategy params momo@2.0 {\"stop\":\"0.1\"}")
            #expect(try await ada.tells("/strategy params momo@2.0").contains("0.1"))
            let wrong = try await ada.tells("/strategy params momo@2.0 stop=1")
            #expect(wrong.contains("JSON object such as") && wrong.contains("Usage:"))
            let off = try await ada.tells("/strategy deactivate momo@2.0")
            #expect(off.contains("In use: no") && off.contains("told to nobody"))
            #expect(try await ada.tells("/strategy activate momo@2.0").contains("In use: yes"))
            #expect(try await ada.tells("/strategy activate momo").contains("no strategy named"))
            #expect(try await ada.tells("/strategy").contains("momo"))
        }
    }

    @Test(arguments: [
        ("/portfolio nonsense", "none of add, rename, default, lots, archive, restore, list"),
        ("/portfolio add", "It needs a name, and a broker behind it."),
        ("/portfolio add IBKR", "It needs a name, and a broker behind it."),
        ("/portfolio add swing", "There is no broker in “swing”."),
        ("/portfolio add swing IBKR €", "no currency"),
        ("/portfolio add swing IBKR USD sometimes", "none of fifo, lifo, default"),
        ("/portfolio add swing account nowhere", "You have no account named “nowhere”."),
        ("/portfolio add main IBKR", "a portfolio named main already"),
        ("/portfolio rename", "its new one"), ("/portfolio rename main", "its new one"),
        ("/portfolio rename nowhere x", "You have no portfolio named"),
        ("/portfolio default", "Which portfolio?"),
        ("/portfolio default nowhere", "You have no portfolio named “nowhere”."),
        ("/portfolio lots main", "then fifo or lifo"), ("/portfolio lots fifo", "Which portfolio?"),
        ("/portfolio archive", "Which portfolio?"), ("/portfolio restore x", "Unknown portfolio"),
        ("/account nonsense", "neither add nor list"), ("/account add x", "no broker"),
        ("/account add paper PAPER", "an account named paper already"),
        ("/account add x PAPER USD more", "is no currency"),
        ("/accounts nonsense", "is not “all”"), ("/strategy nonsense", "none of add, list"),
        ("/strategy add", "needs a name"), ("/strategy add a@b@c", "is no strategy"),
        ("/strategy add x [1]", "JSON object"), ("/strategy params", "Which strategy?"),
        ("/strategy params nowhere {}", "You have no strategy named"),
        ("/token nonsense", "neither new nor revoke"), ("/token revoke", "Which token?"),
    ])
    func `what can't be done is told with what could be, and changes nothing`(
        line: String, expected: String
    ) async throws {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member()
            let rows = try await desk.world.rowCounts()
            let reply = try await ada.tells(line)
            #expect(reply.contains(expected), "\(reply)")
            #expect(try await desk.world.rowCounts() == rows)
        }
    }

    @Test func `a form that was misused is told with its own usage`() async throws {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member()
            let reply = try await ada.tells("/portfolio default")
            #expect(reply.contains("Usage: /portfolio default NAME"))
            #expect(reply.contains("Example: /portfolio default swing"))
            let manual = try await ada.tells("/help portfolio")
            #expect(manual.contains("/portfolio archive NAME"))
            #expect(manual.contains("/portfolio restore NAME"))
        }
    }

    @Test func `another's books are not found`() async throws {
        try await Desk.run { desk in
            let (ada, adas) = try await desk.member(1001)
            let (bob, _) = try await desk.member(1002)
            _ = try await ada.tells("/account add adasaccount IBKR")
            _ = try await ada.tells("/portfolio add adasbook account adasaccount")
            _ = try await ada.tells("/strategy add adasway {\"a\":\"secretparam\"}")
            let rows = try await desk.world.rowCounts()
            for line in [
                "/portfolio rename adasbook x", "/portfolio default adasbook",
                "/portfolio archive adasbook", "/portfolio restore adasbook",
                "/portfolio add x account adasaccount", "/strategy params adasway",
                "/strategy params adasway {}", "/strategy activate adasway",
                "/strategy deactivate adasway",
            ] {
                #expect(try await bob.tells(line).contains("You have no "), "\(line)")
            }
            for line in ["/portfolio", "/account", "/accounts", "/strategy", "/portfolios"] {
                #expect(try await !bob.tells(line).contains("adas"), "\(line)")
            }
            #expect(try await desk.world.rowCounts() == rows)
            let mine = try await desk.world.services.portfolios.all(for: adas.caller)
            #expect(mine.map(\.name) == ["adasbook", "main"])
        }
    }

    @Test func `a button never does what only a message may`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await bot.world.addPortfolio("swing", of: authority)
            try await bot.running {
                ada.says("/portfolio")
                let list = try await ada.hears("Portfolios")
                let owner = String(1001, radix: 36)
                let rows = try await bot.world.rowCounts()
                for words in [
                    "portfolio:\(owner)::add x IBKR", "portfolio:\(owner)::default swing",
                    "portfolio:\(owner)::archive swing", "portfolio:\(owner)::nonsense",
                    "account:\(owner)::add x IBKR", "strategy:\(owner)::add x",
                    "token:\(owner)::new x", "hooks:\(owner)::new x freqtrade",
                    "quarantine:\(owner)::discard all",
                ] {
                    let answer = try await ada.presses(data: words, on: list).answer()
                    #expect(answer.text == nil, "\(words)")
                }
                try await settled(bot)
                var after = try await bot.world.rowCounts()
                after["inbox"] = rows["inbox"]
                #expect(after == rows)
                let names = try await bot.services.portfolios.all(for: authority.caller)
                    .filter(\.isDefault).map(\.name)
                #expect(names == ["main"])
            }
        }
    }

    @Test func `a command that is delivered again acts once`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            for (line, title) in [
                ("/portfolio add swing IBKR", "Portfolio added"),
                ("/portfolio rename swing second", "Portfolio renamed"),
                ("/account add ib IBKR", "Account added"), ("/strategy add momo", "Strategy added"),
            ] {
                let said = try await bot.running {
                    let said = ada.says(line)
                    _ = try await ada.hears(title)
                    try await settled(bot)
                    return said
                }
                let rows = try await bot.world.rowCounts()
                try await deliverAgain(said.updateID, bot)
                let heard = ada.messages.count
                try await bot.running { try await settled(bot) }
                // It was answered the first time.
                #expect(ada.messages.count == heard)
                #expect(try await bot.world.rowCounts() == rows, "\(line)")
            }
            let names = try await bot.services.portfolios.all(for: authority.caller).map(\.name)
            #expect(names == ["main", "second"])
        }
    }
}
