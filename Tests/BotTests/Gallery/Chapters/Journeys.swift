import Ledger
import TestSupport
import Testing
import World

// Campaigns, and what stands behind a position.
extension Chapter {
    static let campaigns = Chapter("campaigns") { stage in
        try await stage.enroll(.ada)
        await stage.title("None")
        try await stage.says(.ada, "/campaigns")
        try await stage.says(.ada, "/campaigns open")
        try await stage.prepareJourney()
        try await stage.says(.ada, "/campaigns")
        try await stage.presses(.ada, "Open")
        try await stage.presses(.ada, "Closed")
        try await stage.presses(.ada, "All")
        try await stage.presses(.ada, "#1")
        await stage.title("With two portfolios")
        try await stage.addPortfolio("swing", "IBKR")
        try await stage.post([
            fill("s1", "BUY", "1", at: "10", symbol: "ETHUSDT", portfolio: "swing")
        ])
        try await stage.says(.ada, "/campaigns")
        try await stage.says(.ada, "/campaigns closed BTCUSDT main")
        try await stage.says(.ada, "/campaigns BTCUSDX")
        try await stage.backstage { try await stage.prepareMany(25) }
        await stage.title("Many: the newest, those behind, the last")
        try await stage.says(.ada, "/campaigns")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "⇤ Newest")
    }

    static let campaign = Chapter("campaign") { stage in
        try await stage.prepareJourney()
        await stage.title("One that is closed")
        try await stage.says(.ada, "/campaign #1")
        try await stage.presses(.ada, "Leg 4")
        try await stage.presses(.ada, "‹ Campaign #1")
        try await stage.presses(.ada, "Chart")
        try await stage.presses(.ada, "Why")
        await stage.title("The last in a symbol, which is open")
        try await stage.says(.ada, "/campaign btcusdt")
        try await stage.presses(.ada, "Trades")
        try await stage.says(.ada, "/campaign")
        try await stage.says(.ada, "/campaign #99")
        try await stage.says(.ada, "/campaign #1 leg 9")
        try await stage.says(.ada, "/campaign NOTHING")
        await stage.title("Many legs")
        try await stage.backstage {
            for day in 10..<19 {
                for hour in 10..<14 {
                    let isBuy = hour % 2 == 0
                    try await stage.post([
                        fill(
                            "l\(day)-\(hour)", isBuy ? "BUY" : "SELL", isBuy ? "3" : "1.5",
                            at: "\(hour).5", symbol: "ETHUSDT",
                            time: "2026-02-\(day)T\(hour):00:00Z")
                    ])
                }
            }
        }
        try await stage.says(.ada, "/campaign ETHUSDT")
    }

    static let why = Chapter("why") { stage in
        try await stage.prepareJourney()
        try await stage.post([
            fill("6", "BUY", "20", at: "12.5", fee: "0.1", time: "2026-02-05T10:00:00Z")
        ])
        try await stage.says(.ada, "/why BTCUSDT")
        try await stage.presses(.ada, "Campaign #5")
        try await stage.says(.ada, "/why")
        try await stage.says(.ada, "/why NOTHING")
        try await stage.addPortfolio("swing", "IBKR")
        await stage.title("A portfolio in which it is not")
        try await stage.says(.ada, "/why BTCUSDT swing")
        try await stage.post([
            fill("s1", "BUY", "1", at: "10", portfolio: "swing", strategy: "momo")
        ])
        await stage.title("There are several")
        try await stage.says(.ada, "/why BTCUSDT")
        try await stage.presses(.ada, "swing · momo@1.0")
        await stage.title("Many trades: the first, those behind, back")
        try await stage.post(
            (0..<40).map { index in
                fill(
                    "w\(index)", "BUY", "1", at: "\(100 + index)", symbol: "ETHUSDT",
                    time: "2026-02-10T10:\(index + 10):00Z")
            })
        try await stage.says(.ada, "/why ETHUSDT")
        try await stage.presses(.ada, "More ›")
        try await stage.presses(.ada, "More ›")
        try await stage.presses(.ada, "⇤ First")
    }
}
