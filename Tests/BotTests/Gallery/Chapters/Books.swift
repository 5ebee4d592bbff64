import Ledger
import Records
import Services
import TestSupport
import Testing
import World

// Where things are kept: portfolios, accounts, strategies, rates, settings and files.
extension Chapter {
    static let books = Chapter("books") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/portfolios")
        try await stage.says(.ada, "/accounts")
        try await stage.says(.ada, "/account")
        try await stage.says(.ada, "/account add ib IBKR EUR")
        try await stage.says(.ada, "/account list")
        try await stage.says(.ada, "/account add ib IBKR")
        try await stage.says(.ada, "/account add ib NOWHERE")
        try await stage.says(.ada, "/account add ib IBKR dollars")
        try await stage.says(.ada, "/portfolio")
        try await stage.says(.ada, "/portfolio add swing account ib")
        try await stage.says(.ada, "/portfolio add day trades BINANCE USDT lifo default")
        try await stage.says(.ada, "/portfolio add swing IBKR")
        try await stage.says(.ada, "/portfolio add x account nowhere")
        try await stage.says(.ada, "/portfolio list")
        try await stage.says(.ada, "/portfolio rename day trades intraday")
        try await stage.says(.ada, "/portfolio rename nothing else")
        try await stage.says(.ada, "/portfolio default swing")
        try await stage.says(.ada, "/portfolio default nowhere")
        try await stage.says(.ada, "/portfolio lots swing lifo")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/portfolio lots swing")
        try await stage.says(.ada, "/portfolio archive intraday")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/portfolio archive intraday")
        await stage.title("One is archived")
        try await stage.says(.ada, "/portfolios")
        try await stage.says(.ada, "/portfolio restore intraday")
        await stage.title("Everybody's, for an admin; and for one who is none")
        try await stage.says(.boss, "/accounts all")
        try await stage.says(.ada, "/accounts all")
        await stage.title("Several pages")
        try await stage.backstage {
            for index in 0..<60 {
                try await stage.addPortfolio("a book whose name is long, number \(index)", "IBKR")
            }
        }
        try await stage.says(.ada, "/portfolios")
        try await stage.presses(.ada, "2 ›")
        try await stage.says(.ada, "/accounts")
    }

    static let cash = Chapter("cash") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/accounts")
        try await stage.says(.ada, "/deposit 5000 USD paper note for the contest")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/withdraw 105000")
        try await stage.presses(.ada, "Discard")
        await stage.title("More than there is")
        try await stage.says(.ada, "/withdraw 105000.01")
        try await stage.backstage {
            try await stage.says(.ada, "/account add ib IBKR EUR")
            try await stage.says(.ada, "/account add euro PAPER EUR")
            try await stage.world.post(
                fill("a", "BUY", "1", at: "60000", fee: "6", currency: "USD"),
                fill(
                    "b", "SELL", "10", at: "200", symbol: "AAPL", assetType: "EQUITY",
                    currency: "USD"), as: try await stage.authority(of: .ada))
        }
        await stage.title("With a long and a short position, neither with a mark")
        try await stage.says(.ada, "/accounts")
        await stage.title("In another currency: without a rate, and with one")
        try await stage.says(.ada, "/withdraw 10 eur euro")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/deposit 100 CHF euro")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/accounts")
        try await stage.says(.ada, "/withdraw 10 euro")
        try await stage.backstage { try await stage.says(.ada, "/fx EUR CHF 0.94") }
        try await stage.says(.ada, "/accounts")
        for line in [
            "/deposit", "/deposit much", "/deposit 1 ib", "/deposit 1 nowhere",
            "/deposit 1 USD nowhere", "/deposit 0", "/withdraw -1",
        ] {
            try await stage.says(.ada, line)
        }
    }

    static let strategies = Chapter("strategies") { stage in
        try await stage.enroll(.ada)
        await stage.title("None")
        try await stage.says(.ada, "/strategies")
        try await stage.says(.ada, "/strategy add momo@2.0")
        try await stage.says(.ada, "/strategy add momo@2.0")
        try await stage.says(.ada, "/strategy add a,b")
        try await stage.says(.ada, "/strategy add mean {\"window\":20}")
        try await stage.says(.ada, "/strategy params mean {\"window\":")
        try await stage.says(.ada, "/strategy params momo@2.0 {\"stop\":\"0.05\"}")
        try await stage.says(.ada, "/strategy params MOMO@2.0")
        let levels = (0..<20).map { "\"level \($0)\":\"\($0 * 5)\"" }.joined(separator: ",")
        await stage.title("Long params are folded away")
        try await stage.says(.ada, "/strategy params mean {\(levels)}")
        try await stage.says(.ada, "/strategy params nothing")
        try await stage.says(.ada, "/strategy deactivate mean")
        try await stage.says(.ada, "/strategy activate mean")
        let authority = try await stage.authority(of: .ada)
        let momo = try #require(StrategyReference(parsing: "momo@2.0"))
        for run in ["2026-02-20-a", "2026-02-20-b"] {
            _ = try await stage.services.strategyRuns.beat(
                Heartbeat(runID: ExactText(run), promise: .within(seconds: 60)), of: momo,
                as: authority)
            await stage.advance(minutes: 1)
        }
        await stage.title("With runs")
        try await stage.says(.ada, "/strategy list")
        try await stage.says(.ada, "/strategy")
    }

    static let rates = Chapter("fx") { stage in
        try await stage.enroll(.ada)
        await stage.title("None")
        try await stage.says(.ada, "/fx")
        try await stage.says(.ada, "/fx USD EUR")
        try await stage.says(.ada, "/fx usd eur 0.92 2026-02-01")
        try await stage.says(.ada, "/fx USD EUR 0.915")
        try await stage.says(.ada, "/fx GBP USD 1.26")
        try await stage.says(.ada, "/fx")
        try await stage.says(.ada, "/fx EUR USD")
        for line in [
            "/fx USD", "/fx USD dollars", "/fx USD EUR cheap", "/fx USD EUR -1", "/fx USD USD 1",
            "/fx USD EUR 0.9 yesterday", "/fx USD EUR 0.9 2030-01-01",
        ] {
            try await stage.says(.ada, line)
        }
    }

    static let settings = Chapter("settings") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/settings")
        for title in [
            "Currency", "Time zone", "Cost method", "Fills", "Orders", "Breaches", "Alerts",
            "Daily digest", "Weekly digest", "Quiet hours", "Sound",
        ] {
            try await stage.presses(.ada, title)
            try await stage.backstage { try await stage.presses(.ada, "‹ All settings") }
        }
        try await stage.presses(.ada, "Sound")
        try await stage.presses(.ada, "Silent")
        try await stage.says(.ada, "/settings zone europe/berlin")
        try await stage.says(.ada, "/settings quiet 22-7")
        try await stage.says(.ada, "/settings weekly fri")
        try await stage.says(.ada, "/settings zone Mars")
        try await stage.says(.ada, "/settings zones Berlin")
        await stage.title("Times in the zone that was chosen")
        try await stage.says(.ada, "/token new t1")
        try await stage.says(.ada, "/token")
    }

    static let exports = Chapter("export") { stage in
        try await stage.prepareBook()
        try await stage.says(.ada, "/export")
        try await stage.presses(.ada, "pnl")
        try await stage.says(.ada, "/export all")
        try await stage.says(.ada, "/export trades json swing ytd")
        try await stage.says(.ada, "/export everything")
        try await stage.says(.ada, "/export trades csv nowhere")
    }
}
