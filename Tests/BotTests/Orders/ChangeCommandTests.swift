import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/cancel`, `/replace`, `/close`, `/order`: each shows what it would do, and does it once.
@Suite struct ChangeCommandTests {
    private static func place(
        _ desk: Desk, _ authority: Authority, _ symbol: ExactText = "AAPL",
        _ pricing: OrderPricing = .limit(180), portfolio: ExactText? = nil
    ) async throws -> OrderListing {
        try await desk.world.services.orders.place(
            PlaceOrder(
                symbol: symbol, side: .buy, size: .quantity(10), pricing: pricing,
                assetType: .equity, currency: .usd, portfolio: portfolio), as: authority
        ).order
    }

    private static func submissions(_ desk: Desk, _ kind: String) async throws -> Int {
        try await desk.world.count(of: "order_submissions", where: "kind = '\(kind)'")
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is canceled by its short name, after Confirm`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            let order = try await Self.place(desk, authority)
            let name = String(order.uid.suffix(6))
            for typed in [name, "#\(name.uppercased())", order.uid] {
                let shown = try await console.hears("/cancel \(typed)")
                #expect(
                    shown.hasPrefix("Cancel BUY 10 AAPL LIMIT limit 180 · \(name)?"), "\(shown)")
                #expect(try await Self.submissions(desk, "CANCEL") == 0)
            }
            let done = try await console.hears("1")
            #expect(done.contains("Done: cancel BUY 10 AAPL"), "\(done)")
            #expect(try await Self.submissions(desk, "CANCEL") == 1)
        }
    }

    @Test func `a list's Cancel button asks first, and is told what has changed since`()
        async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let order = try await Self.place(desk, authority)
            let list = try await console.hears("/orders")
            #expect(list.contains("[2] Cancel"), "\(list)")
            #expect(try await console.hears("2").contains("[1] Confirm"))
            #expect(try await Self.submissions(desk, "CANCEL") == 0)
            try await desk.world.execute(
                "UPDATE orders SET version = version + 1 WHERE uid = $1", [.text(order.uid)])
            let refused = try await console.hears("1")
            #expect(refused.contains("Not done: cancel"), "\(refused)")
            #expect(refused.contains("The order has changed since: it is version 2 by now"))
            #expect(try await Self.submissions(desk, "CANCEL") == 0)
        }
    }

    @Test func `those in a symbol, a portfolio, or all are canceled together`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            _ = try await desk.world.services.portfolios.add(
                name: "second book", brokerCode: "PAPER", currency: .usd, isDefault: false,
                for: authority.caller)
            for (symbol, portfolio) in [
                ("AAPL", nil), ("AAPL", "second book"), ("MSFT", "second book"),
            ] as [(ExactText, ExactText?)] {
                _ = try await Self.place(desk, authority, symbol, portfolio: portfolio)
            }
            for (typed, title) in [
                ("aapl", "Cancel 2 orders?"), ("AAPL main", "Cancel BUY 10 AAPL"),
                ("all second book", "Cancel 2 orders?"), ("all", "Cancel 3 orders?"),
            ] {
                let shown = try await console.hears("/cancel \(typed)")
                #expect(shown.hasPrefix(title), "\(typed): \(shown)")
            }
            let done = try await console.hears("1")
            #expect(done.contains("Asked for: 3"), "\(done)")
            #expect(try await Self.submissions(desk, "CANCEL") == 3)
            for (typed, words) in [
                ("nope", "no working order or symbol of one named “nope”"),
                ("all nowhere", "no working order"), ("MSFT main", "No order works there"),
            ] {
                let shown = try await console.hears("/cancel \(typed)")
                #expect(shown.contains(words), "\(typed): \(shown)")
            }
        }
    }

    @Test func `a name that several orders end in is asked for more of it`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let first = try await Self.place(desk, authority)
            let second = try await Self.place(desk, authority)
            for (order, end) in [(first, "0a2b7afe"), (second, "1a2b7afe")] {
                try await desk.world.execute(
                    "UPDATE orders SET uid = $1 WHERE uid = $2",
                    [.text(order.uid.dropLast(8) + end), .text(order.uid)])
            }
            let shown = try await console.hears("/cancel 2b7afe")
            #expect(shown.hasPrefix("Which order?"), "\(shown)")
            #expect(shown.contains("0a2b7afe") && shown.contains("1a2b7afe"))
            #expect(try await console.hears("/cancel 1a2b7afe").contains("[1] Confirm"))
            #expect(try await console.hears("/cancel afe").contains("no working order"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `other terms are shown as old and new, and asked for once`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            let name = try await Self.place(desk, authority).uid.suffix(6)
            let shown = try await console.hears("/replace \(name) GTC qty 12 at 181.50")
            for fact in ["Quantity: 10 → 12", "Limit: 180 → 181.5", "Works: DAY → GTC"] {
                #expect(shown.contains(fact), "\(shown)")
            }
            #expect(try await Self.submissions(desk, "REPLACE") == 0)
            #expect(try await console.hears("1").contains("Done: change BUY 10 AAPL"))
            #expect(try await Self.submissions(desk, "REPLACE") == 1)
            for (typed, words) in [
                ("", "Say what is to change"), ("price 5", "“price” is none of qty"),
                ("limit", "Nothing stands behind “limit”."), ("qty 0", "greater than 0"),
                ("stop 5", "A LIMIT order has no stop to change."), ("trail 5", "no trail"),
                ("limit 1 at 2", "stands there twice"), ("qty 1,000", "without commas"),
            ] {
                let refused = try await console.hears("/replace \(name) \(typed)")
                #expect(refused.contains(words), "\(typed): \(refused)")
            }
            #expect(try await console.hears("/replace 123456 limit 5").contains("Unknown order"))
        }
    }

    private static func hold(_ desk: Desk, _ authority: Authority) async throws {
        try await desk.world.post(
            fill("1", "BUY", "10", at: "100", time: "2025-12-01T00:00:00Z"),
            fill("2", "SELL", "3", at: "90", symbol: "ETH", time: "2025-12-01T00:00:00Z"),
            fill(
                "3", "BUY", "1", at: "90", symbol: "ETH", time: "2025-12-01T00:00:00Z",
                strategy: "momo"), as: authority)
    }

    @Test(arguments: TestBackend.allCases)
    func `positions are closed, each by an order that can only reduce`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            try await Self.hold(desk, authority)
            let one = try await console.hears("/close btcusdt")
            #expect(one.hasPrefix("Close by SELL 10 BTCUSDT at the market, GTC?"), "\(one)")
            #expect(one.contains("Position: 10 → 0") && one.contains("Reduce only"))
            let all = try await console.hears("/close all main")
            #expect(all.hasPrefix("Close 3 positions?"), "\(all)")
            for line in ["SELL 10 BTCUSDT", "BUY 3 ETH", "SELL 1 ETH", "-3 → 0"] {
                #expect(all.contains(line), "\(line) in\n\(all)")
            }
            #expect(try await OrderCommandTests.orders(desk) == [])
            let done = try await console.hears("1")
            #expect(done.contains("Asked for: 3"), "\(done)")
            #expect(
                try await OrderCommandTests.orders(desk).sorted() == [
                    "BUY 3 ETH MARKET limit - stop - trail - - GTC in main by -",
                    "SELL 1 ETH MARKET limit - stop - trail - - GTC in main by momo@1.0",
                    "SELL 10 BTCUSDT MARKET limit - stop - trail - - GTC in main by -",
                ])
            #expect(
                try await desk.world.count(
                    of: "orders", where: "close_reason = 'MANUAL_CLOSE' AND is_reduce_only") == 3)
        }
    }

    @Test func `what is not held can't be closed, and without a name there is a choice`()
        async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.hears("/close").contains("No position is open."))
            #expect(try await console.hears("/close all").contains("No position is open there."))
            try await Self.hold(desk, authority)
            #expect(try await console.hears("/close nope").contains("Unknown open position"))
            let choice = try await console.hears("/close")
            #expect(choice.contains("[1] BTCUSDT  [2] ETH"), "\(choice)")
            #expect(try await console.hears("2").hasPrefix("Close 2 positions?"))
        }
    }

    @Test func `an order's own screen tells its terms and how it went`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let order = try await Self.place(
                desk, authority, "AAPL", .stopLimit(stop: 5, limit: 6))
            try await desk.world.execute(
                "UPDATE orders SET status = 'REJECTED', reason = 'the market is closed'")
            let shown = try await console.hears("/order \(order.uid.suffix(6))")
            for fact in [
                "BUY 10 AAPL STOP_LIMIT stop 5 limit 6", "Order: \(order.uid)",
                "Status: REJECTED by the broker", "Why: the market is closed", "Filled: 0 of 10",
                "Limit: 6", "Stop: 5", "Works: DAY: until the market closes", "Through: PAPER",
                "No fills yet.",
            ] {
                #expect(shown.contains(fact), "\(fact) in\n\(shown)")
            }
            #expect(!shown.contains("Cancel"))
            let (other, _) = try await desk.member(1002)
            #expect(try await other.hears("/order \(order.uid)").hasPrefix("Unknown order"))
        }
    }

    @Test func `what a trade would do is told by each method`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("1", "BUY", "10", at: "100", time: "2025-12-01T00:00:00Z"),
                fill("2", "BUY", "10", at: "110", time: "2025-12-02T00:00:00Z"), as: authority)
            let before = try await desk.world.rowCounts()
            let shown = try await console.hears("/whatif sell 10 BTCUSDT 120")
            for words in [
                "If you sold 10 BTCUSDT at 120", "Position: 20 → 10", "Average: 105 → 105",
                "AVERAGE", "+150.00 USDT", "FIFO", "+200.00 USDT", "LIFO", "+100.00 USDT",
                "Its P&L:", "Nothing is sent.",
            ] {
                #expect(shown.contains(words), "\(words) in\n\(shown)")
            }
            for (typed, words) in [
                ("", "Say buy or sell"), ("hold 1 BTCUSDT 5", "neither buy nor sell"),
                ("sell 1 BTCUSDT", "No price of BTCUSDT is known"),
                ("sell 1 BTCUSDT 5 gtc", "waits for nothing"),
                ("sell 1 BTCUSDT 5 limit 6", "stands there twice"),
            ] {
                let refused = try await console.hears("/whatif \(typed)")
                #expect(refused.contains(words), "\(typed): \(refused)")
            }
            #expect(try await desk.world.rowCounts() == before)
        }
    }
}
