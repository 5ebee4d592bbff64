import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing

/// Play money in chat: paid in and out with Confirm, shown by `/accounts`.
struct CashCommandTests {
    @Test(arguments: TestBackend.allCases)
    func `money is paid in when it is confirmed, once`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (ada, authority) = try await desk.member()
            let asked = try await ada.says("/deposit 500.50 note for the contest")
            #expect(asked.contains("Deposit 500.5 USD?") && asked.contains("for the contest"))
            #expect(asked.contains(" paper\n"))
            #expect(try await desk.world.count(of: "cash_entries") == 1)
            let done = try await ada.says("1")
            #expect(done.contains("Done: deposit 500.5 USD"))
            #expect(done.contains("+100500.50 USD"))
            let again = try await ada.says("/accounts")
            #expect(again.contains("100500.5") && again.contains("PAPER"))
            _ = try await ada.says("/withdraw 100500.5 usd PAPER")
            #expect(try await ada.says("1").contains("0.00 USD"))
            let money = try await desk.world.services.money.account(for: authority).money
            #expect(money.known?.cash == 0)
            #expect(
                try await desk.world.texts("SELECT note FROM cash_entries WHERE note <> ''")
                    == ["for the contest"])
        }
    }

    @Test(arguments: [
        ("/deposit", "Say how much."), ("/deposit 1,000", "is no amount"),
        ("/deposit 5 nowhere", "You have no account named “nowhere”"),
        ("/deposit 5 USD nowhere", "You have no account named “nowhere”"),
        ("/deposit 5 ib", "what the broker says"), ("/deposit 0", "greater than 0"),
        ("/withdraw 100001", "100000 USD are free in paper"),
    ])
    func `what can't be paid is answered with what was expected`(
        line: String, answer: String
    ) async throws {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member()
            _ = try await ada.says("/account add ib IBKR")
            let said = try await ada.says(line)
            #expect(said.contains(answer), "\(said)")
            #expect(!said.contains("Confirm"))
        }
    }

    @Test func `an account is named in any case, by several words, and with its currency`()
        async throws
    {
        try await Desk.run { desk in
            let (ada, _) = try await desk.member()
            _ = try await ada.says("/account add my note book PAPER EUR")
            for line in [
                "/deposit 5 My Note Book", "/deposit 5 EUR my note book",
                "/deposit 5 eur my note book",
            ] {
                let said = try await ada.says(line)
                #expect(said.contains("Deposit 5 EUR?"), "\(line): \(said)")
                #expect(said.contains(" my note book\n"), "\(line): \(said)")
                _ = try await ada.says("2")
            }
        }
    }

    @Test func `what is due when it is confirmed is what was shown`() async throws {
        try await Desk.run { desk in
            let (ada, authority) = try await desk.member()
            _ = try await ada.says("/withdraw 100000")
            _ = try await desk.world.services.money.pay(
                CashRequest(.withdraw, 1), for: authority.caller)
            let refused = try await ada.says("1")
            #expect(refused.contains("99999 USD are free in paper"))
            let money = try await desk.world.services.money.account(for: authority).money
            #expect(money.known?.cash == 99_999)
        }
    }
}
