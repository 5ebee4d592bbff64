import Bot
import Ledger
import Services
import TestSupport
import Testing

/// Nobody sees or touches what is another's.
@Suite struct IsolationTests {
    @Test func `another user's portfolios, symbols and tokens do not exist for me`() async throws {
        try await Desk.run { desk in
            let (ada, adas) = try await desk.member(1001)
            let (bob, bobs) = try await desk.member(1002)
            _ = try await desk.world.services.portfolios.add(
                name: "secret", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: adas.caller)
            try await desk.world.post(
                fill("a1", "BUY", "7", at: "123.25", symbol: "ADACOIN", portfolio: "secret"),
                fill("a2", "BUY", "7", at: "123.25", symbol: "ADACOIN"), as: adas)
            try await desk.world.post(fill("b1", "BUY", "1", at: "5", symbol: "BOBCOIN"), as: bobs)
            _ = try await ada.says("/token new adas")

            for command in ["positions", "risk", "pnl all"] {
                let shown = try await bob.says("/\(command) secret")
                #expect(!shown.contains("ADACOIN") && !shown.contains("123.25"), "\(command)")
                #expect(shown.contains("main"), "\(command)")
            }
            #expect(
                try await bob.says("/positions secret").contains(
                    "You have no traded symbol, portfolio"))
            #expect(try await bob.says("/positions main").contains("BOBCOIN"))
            for line in ["/positions", "/pnl all", "/trades", "/portfolios", "/token", "/orders"] {
                let shown = try await bob.says(line)
                #expect(!shown.contains("ADACOIN"), "\(line)")
                #expect(!shown.contains("secret") && !shown.contains("adas"), "\(line)")
            }
            #expect(try await bob.says("/trades ADACOIN").contains("BOBCOIN"))
            #expect(try await bob.says("/token revoke adas").contains("You have no token"))
            #expect(try await bob.says("/token new b read secret").contains("Unknown portfolio"))
            #expect(try await ada.says("/token").contains("adas"))
        }
    }

    @Test func `one's buttons are one's own, and show nothing of mine to others`() async throws {
        try await BotWorld.run { bot in
            let (ada, adas) = try await bot.member(1001)
            let (bob, bobs) = try await bot.member(1002)
            let group = bot.telegram.group(-1_000_500)
            for number in 0..<80 {
                let symbol = "ADA\(number)\(String(repeating: "X", count: 55))"
                try await bot.world.post(
                    fill("a\(number)", "BUY", "1", at: "2", symbol: symbol), as: adas)
            }
            try await bot.world.post(fill("b", "BUY", "1", at: "2", symbol: "BOBS"), as: bobs)
            try await bot.running {
                ada.says("/positions@\(bot.telegram.options.botUsername)", in: group)
                let shown = try await ada.hears(in: group)
                let foreign = try bob.presses("2 ›", on: shown)
                let answer = try await foreign.answer()
                #expect(answer.isAlert)
                #expect(answer.text?.contains("for whoever asked") == true)
                let own = try ada.presses("2 ›", on: shown)
                #expect(try await own.answer().text == nil)
                let next = try await ada.hears(in: group)
                #expect(next.id == shown.id)
                #expect(next.text != shown.text)
                #expect(next.button("‹ 1") != nil)

                // Forged in bob's own name, the button shows bob's positions.
                let data = try #require(shown.button("2 ›")?.callbackData)
                let parts = data.split(separator: ":", omittingEmptySubsequences: false)
                let forged = "\(parts[0]):\(String(1002, radix: 36)):\(parts[2]):\(parts[3])"
                bob.presses(data: forged, on: shown)
                let bobsView = try await bob.hears(in: group)
                #expect(bobsView.text.contains("BOBS"))
                #expect(!bobsView.text.contains("ADA1"))
                try await settled(bot)
            }
        }
    }
}
