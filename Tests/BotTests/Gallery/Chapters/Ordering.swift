import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

// Orders that are placed from chat, and what becomes of them there.
extension Chapter {
    static let ordering = Chapter("ordering") { stage in
        try await stage.prepareBook()
        try await stage.says(.ada, "/buy 10 AAPL limit 180 gtc type equity currency usd")
        try await stage.presses(.ada, "Confirm")
        await stage.title("Money's worth, at the market: there is no quote to reckon by")
        try await stage.says(.ada, "/buy $500 BTCUSDT")
        try await stage.prepareQuotes()
        await stage.title("Now there is one")
        try await stage.says(.ada, "/buy $500 BTCUSDT")
        await stage.title("A part of the position")
        try await stage.says(.ada, "/sell 50% btcusdt stop 66000 limit 65900")
        try await stage.presses(.ada, "Discard")
        await stage.title("All of it and more")
        try await stage.says(.ada, "/sell 1 BTCUSDT trail 2% fok")
        try await stage.says(.ada, "/sell 1 BTCUSDT trail 2% day strategy momo main")
        await stage.title("With a stop loss and a take profit")
        try await stage.says(.ada, "/buy 1 BTCUSDT limit 66000 sl 64000 tp 70000")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/buy 1 BTCUSDT sl trail 2%")
        await stage.title("With a broker to whom nothing can be sent")
        try await stage.says(.ada, "/buy 10 AAPL exchange nasdaq portfolio swing")
        for line in [
            "/buy", "/sell 10", "/buy 1,000 AAPL", "/buy 0 AAPL", "/buy ten AAPL", "/buy $ AAPL",
            "/sell 0% BTCUSDT", "/sell 50% ES", "/buy 10 NOPE", "/buy 10 AAPL",
            "/buy 1 BTCUSDT 60000", "/buy 1 BTCUSDT limit", "/buy 1 BTCUSDT limit 1 at 2",
            "/buy 1 BTCUSDT stop 5 trail 1", "/buy 1 BTCUSDT trail 100%", "/buy 1 BTCUSDT gtc day",
            "/buy 1 BTCUSDT limit 66000 sl 66000", "/buy 1 BTCUSDT tp 1 sl", "/sell 1 BTCUSDT sl 1",
            "/buy 1 BTCUSDT stop 70000 ioc", "/buy 1 BTCUSDT limt 5", "/buy 1 BTCUSDT swing main",
        ] {
            try await stage.says(.ada, line)
        }
        await stage.title("What a trade would do")
        try await stage.says(.ada, "/whatif sell 0.1 BTCUSDT 70000")
        try await stage.says(.ada, "/whatif sell 50% BTCUSDT")
        try await stage.says(.ada, "/whatif buy 2 ES 5300 strategy momo")
        try await stage.says(.ada, "/whatif sell 20 AAPL 190 exchange nasdaq swing")
        for line in [
            "/whatif", "/whatif hold 1 BTCUSDT 5", "/whatif buy 1 AAPL type equity currency usd",
            "/whatif buy 1 BTCUSDT stop 5", "/whatif buy 1 BTCUSDT 5 limit 6",
        ] {
            try await stage.says(.ada, line)
        }
    }

    static let exits = Chapter("exits") { stage in
        try await stage.prepareBook()
        try await stage.prepareQuotes()
        await stage.title("A stop loss, and what it risks")
        try await stage.says(.ada, "/sl 60000 btcusdt main")
        try await stage.presses(.ada, "Confirm")
        await stage.title("A take profit beside it")
        try await stage.says(.ada, "/tp 80000 btcusdt main")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/positions btcusdt main")
        try await stage.presses(.ada, "Stop loss")
        try await stage.presses(.ada, "Take it off")
        try await stage.presses(.ada, "Confirm")
        await stage.title("Which position?")
        try await stage.says(.ada, "/sl trail 2%")
        for line in [
            "/sl", "/tp", "/sl off btcusdt main", "/sl 1,000 btcusdt", "/sl trail",
            "/tp 2% btcusdt",
            "/sl trail 100% btcusdt main", "/sl 99999999 btcusdt main", "/tp 1 btcusdt main",
            "/sl 5 nope",
        ] {
            try await stage.says(.ada, line)
        }
    }

    static let changing = Chapter("changing") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/cancel")
        try await stage.says(.ada, "/close")
        try await stage.says(.ada, "/order")
        try await stage.says(.ada, "/order 123456")
        try await stage.says(.ada, "/replace")
        let first = try await stage.place(10, "AAPL", .limit(180))
        let name = String(first.uid.suffix(6))
        await stage.title("One that works")
        try await stage.says(.ada, "/orders")
        try await stage.presses(.ada, "AAPL · \(name)")
        try await stage.presses(.ada, "Cancel")
        await stage.title("Other terms")
        try await stage.says(.ada, "/replace \(name) qty 12 limit 181.5 gtc")
        try await stage.presses(.ada, "Confirm")
        for line in [
            "/replace \(name)", "/replace \(name) price 5", "/replace \(name) limit",
            "/replace \(name) stop 5", "/replace \(name) limit 1 at 2", "/replace 123456 limit 5",
        ] {
            try await stage.says(.ada, line)
        }
        _ = try await stage.place(5, "AAPL", .stopLimit(stop: 200, limit: 201))
        _ = try await stage.place(3, "MSFT", .trailing(.percent(2), stop: nil), .sell)
        await stage.title("Several to choose from")
        try await stage.says(.ada, "/cancel")
        await stage.title("Those in a symbol, one of which has ended meanwhile")
        try await stage.says(.ada, "/cancel aapl")
        _ = try await stage.world.execute(
            "UPDATE orders SET status = 'FILLED' WHERE uid = $1", [.text(first.uid)])
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/cancel all main")
        try await stage.says(.ada, "/cancel all nowhere")
        await stage.title("It has ended, and how")
        try await stage.says(.ada, "/order \(name)")
        try await stage.post([
            fill("t1", "BUY", "2", at: "60000", time: "2026-02-19T10:00:00Z"),
            fill(
                "t2", "SELL", "5", at: "180", symbol: "AAPL", exchange: nil, assetType: "EQUITY",
                currency: "USD", time: "2026-02-19T11:00:00Z", strategy: "momo@1.0"),
        ])
        await stage.title("Which position?")
        try await stage.says(.ada, "/close")
        try await stage.presses(.ada, "AAPL")
        try await stage.presses(.ada, "Confirm")
        await stage.title("All of them")
        try await stage.says(.ada, "/close all")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/close nope")
    }
}
