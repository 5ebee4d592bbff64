import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/trade`: what it reads, what it shows, what it refuses. The world stands at 2026-01-01.
@Suite struct TradeCommandTests {
    private static let apple = "type EQUITY currency USD"

    /// Every stored trade in one line.
    private func trades(_ desk: Desk) async throws -> [String] {
        try await desk.world.texts(
            """
            SELECT t.side || ' ' || t.quantity || ' ' || i.symbol || ' '
                || COALESCE(i.exchange, '-') || ' ' || i.currency || ' at ' || t.price || ' fee '
                || t.fee || ' ' || t.fee_currency || ' in ' || b.name || ' by '
                || COALESCE(s.name || '@' || s.version, '-') || ' ' || t.source
            FROM trades t
            JOIN instruments i ON i.id = t.instrument_id
            JOIN portfolios b ON b.id = t.portfolio_id
            LEFT JOIN strategies s ON s.id = t.strategy_id
            ORDER BY t.id
            """
        ).map { line in
            // PostgreSQL prints all 18 decimals.
            line.replacing(#/\d+\.\d{18}/#) { match in
                (try? Decimal(parsing: String(match.output)))?.description ?? "?"
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a trade is shown, and stored when it is confirmed`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            let shown = try await console.answers(
                "/trade buy 10 AAPL 182.50 fee 1.25 at 2025-12-31 14:30 strategy momo"
                    + " portfolio MAIN \(Self.apple) exchange nasdaq reason bought “the dip” ")
            let lines = shown.split(separator: "\n").map(String.init)
            #expect(lines.first == "BUY 10 AAPL at 182.5?")
            for line in [
                "Instrument: AAPL, EQUITY, USD, NASDAQ", "Side: BUY", "Quantity: 10",
                "Price: 182.5", "Notional: 1825 USD", "Fee: 1.25 USD",
                "Time: 2025-12-31 14:30 UTC", "Portfolio: main", "Strategy: momo@1.0",
                "Reason: bought “the dip”", "Position: 0 → 10",
                "The instrument is new: it is created.", "The strategy is new: it is created.",
                "Nothing is stored before you confirm, within 15 minutes.",
                "[1] Confirm  [2] Discard",
            ] {
                #expect(lines.contains(line), "\(line) in\n\(shown)")
            }
            let before = try await desk.world.rowCounts()
            #expect(before["trades"] == 0 && before["instruments"] == 0)
            #expect(before["strategies"] == 0)

            let done = try await console.answers("1")
            #expect(
                try await trades(desk) == [
                    "BUY 10 AAPL NASDAQ USD at 182.5 fee 1.25 USD in main by momo@1.0 manual"
                ])
            let trade = try #require(
                try await desk.world.services.trades.page(TradeQuery(), for: authority)
                    .trades.first)
            #expect(done.contains("Done: BUY 10 AAPL at 182.5"))
            #expect(done.contains("Trade: \(trade.uid)"))
            #expect(done.contains("Position: 10"))
            #expect(!done.contains("[1]"))
            #expect(trade.brokerTradeID.text.hasPrefix("manual-"))
            #expect(trade.execTime == Timestamp(canonical: "2025-12-31T14:30:00.000000Z"))

            let sold = try await console.answers("/trade SELL 4 aapl 190 strategy momo")
            #expect(sold.contains("Position: 10 → 6"))
            #expect(!sold.contains("is new"))
            let other = try await console.answers("/trade SELL 4 aapl 190")
            #expect(other.contains("Position: 0 → -4"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is discarded leaves no trace in the ledger`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, _) = try await desk.member()
            let before = try await desk.world.rowCounts()
            _ = try await console.answers("/trade buy 10 AAPL 182.50 \(Self.apple) strategy x")
            let done = try await console.answers("2")
            #expect(done.contains("Discarded: BUY 10 AAPL at 182.5"))
            #expect(done.contains("Nothing was stored."))
            var after = try await desk.world.rowCounts()
            after["pending_actions"] = 0
            #expect(after == before)
        }
    }

    /// What is typed behind "/trade", and the trade that it becomes when it is confirmed.
    private static let typed: [(String, String)] = [
        ("buy 1 AAPL 10", "BUY 1 AAPL NYSE USD at 10 fee 0 USD in main by -"),
        ("SELL 0.5 aapl 1e1", "SELL 0.5 AAPL NYSE USD at 10 fee 0 USD in main by -"),
        ("Buy 1 AAPL 0 FEE -0.1", "BUY 1 AAPL NYSE USD at 0 fee -0.1 USD in main by -"),
        ("buy 1 AAPL 10 fee 1 eur", "BUY 1 AAPL NYSE USD at 10 fee 1 EUR in main by -"),
        (
            "buy 1 AAPL 10 fee 1 strategy momo fee",
            "refused: “fee” stands there twice."
        ),
        (
            "buy 1 AAPL 10 strategy MOMO at 2025-12-31",
            "BUY 1 AAPL NYSE USD at 10 fee 0 USD in main by momo@1.0"
        ),
        (
            "buy 1 AAPL 10 strategy momo@2",
            "BUY 1 AAPL NYSE USD at 10 fee 0 USD in main by momo@2"
        ),
        (
            "buy 1 AAPL 10 portfolio second book fee 2 USD",
            "BUY 1 AAPL NYSE USD at 10 fee 2 USD in second book by -"
        ),
        (
            // A value may be called like a keyword.
            "buy 1 AAPL 10 strategy at portfolio main",
            "BUY 1 AAPL NYSE USD at 10 fee 0 USD in main by at@1.0"
        ),
        (
            "buy 1 AAPL 10 reason fee 5 at portfolio strategy",
            "BUY 1 AAPL NYSE USD at 10 fee 0 USD in main by -"
        ),
        (
            "buy 1 AAPL 10 exchange none type equity currency usd",
            "BUY 1 AAPL - USD at 10 fee 0 USD in main by -"
        ),
        ("buy 1 BTC 10 currency USDT", "BUY 1 BTC BINANCE USDT at 10 fee 0 USDT in main by -"),
        ("buy 1 BTC 10 currency usd", "BUY 1 BTC BINANCE USD at 10 fee 0 USD in main by -"),
        ("sell 2 CLF6 -37.63", "SELL 2 CLF6 NYMEX USD at -37.63 fee 0 USD in main by -"),
        (
            "buy 1 spy260320p00500000 10",
            "BUY 1 SPY   260320P00500000 CBOE USD at 10 fee 0 USD in main by -"
        ),
    ]

    private func prepare(_ desk: Desk, _ authority: Authority) async throws {
        try await desk.world.addPortfolio("second book", of: authority)
        try await desk.world.post(
            fill(
                "1", "BUY", "1", at: "1", symbol: "AAPL", exchange: "NYSE", assetType: "EQUITY",
                currency: "USD", strategy: "momo"),
            fill("2", "BUY", "1", at: "1", symbol: "BTC"),
            fill("3", "BUY", "1", at: "1", symbol: "BTC", currency: "USD"),
            fill(
                "4", "BUY", "1", at: "1", symbol: "CLF6", exchange: "NYMEX", assetType: "FUTURE",
                currency: "USD", extra: "\"multiplier\":1000"),
            fill(
                "5", "BUY", "1", at: "1", symbol: "SPY   260320P00500000", exchange: "CBOE",
                assetType: "OPTION", currency: "USD"), as: authority)
    }

    @Test(arguments: TestBackend.allCases)
    func `words may stand in any order and case`(_ backend: TestBackend) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            try await prepare(desk, authority)
            for (typed, expected) in Self.typed {
                let before = try await trades(desk)
                let shown = try await console.answers("/trade \(typed)")
                if expected.hasPrefix("refused: ") {
                    #expect(shown.contains(expected.dropFirst(9)), "\(typed)\n\(shown)")
                    continue
                }
                try #require(shown.contains("[1] Confirm"), "\(typed)\n\(shown)")
                _ = try await console.answers("1")
                let after = try await trades(desk)
                #expect(after.dropFirst(before.count) == ["\(expected) manual"], "\(typed)")
            }
        }
    }

    @Test(arguments: [
        ("2025-12-31", "2025-12-31T00:00:00.000000Z"),
        ("2025-12-31 14:30", "2025-12-31T14:30:00.000000Z"),
        ("2025-12-31 14:30:15", "2025-12-31T14:30:15.000000Z"),
        ("2025-12-31T14:30", "2025-12-31T14:30:00.000000Z"),
        ("2025-12-31t14:30z", "2025-12-31T14:30:00.000000Z"),
        ("2025-12-31T14:30Z", "2025-12-31T14:30:00.000000Z"),
        ("2025-12-31 14:30 UTC", "2025-12-31T14:30:00.000000Z"),
        ("2025-12-31 14:30+02:00", "2025-12-31T12:30:00.000000Z"),
        ("2025-12-31T14:30:15.123456-05:00", "2025-12-31T19:30:15.123456Z"),
        ("2026-01-01 00:00", "2026-01-01T00:00:00.000000Z"),
    ])
    func `a time is read in UTC, its seconds and zone may be left out`(
        _ typed: String, _ expected: String
    ) async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            _ = try await console.answers("/trade buy 1 AAPL 10 at \(typed) \(Self.apple)")
            _ = try await console.answers("1")
            #expect(try await desk.world.texts("SELECT exec_time FROM trades") == [expected])
        }
    }

    /// What is typed behind "/trade", and what the refusal says.
    private static let refused: [(String, String)] = [
        ("", "Say buy or sell, how much, of what, and at which price."),
        ("buy 10 AAPL", "Say buy or sell"), ("hold 10 AAPL 1", "“hold” is neither buy nor sell."),
        ("buy 1,000 AAPL 1", "“1,000” is no quantity"), ("buy ten AAPL 1", "is no quantity"),
        ("buy +1 AAPL 1", "“+1” is no quantity"), ("buy 0 AAPL 1", "greater than 0"),
        ("buy -1 AAPL 1", "greater than 0"), ("buy 1e-19 AAPL 1", "at most 18 decimals"),
        ("buy 1 AAPL 182,50", "without commas or blanks, such as 1182.50"),
        ("buy 1 AAPL $5", "“$5” is no price"), ("buy 1 AAPL 1e30", "The price does not fit"),
        ("buy 1 AAPL 10 for 5", "“for” is none of fee, at,"),
        ("buy 1 AAPL 10 fee", "Nothing stands behind “fee”."),
        ("buy 1 AAPL 10 fee 1 USD EUR", "A fee is a number and its currency."),
        ("buy 1 AAPL 10 fee 1 €", "“€” is no currency"),
        ("buy 1 AAPL 10 fee x", "“x” is no fee"), ("buy 1 AAPL 10 at 14:30", "is no time"),
        ("buy 1 AAPL 10 at 2025-13-01", "is no"), ("buy 1 AAPL 10 at yesterday", "is no time"),
        ("buy 1 AAPL 10 at 2025-02-30 10:00", "There is no “2025-02-30 10:00”."),
        ("buy 1 AAPL 10 at 2026-01-02", "is still to come"),
        ("buy 1 AAPL 10 type stock", "A type is one of crypto, equity"),
        ("buy 1 AAPL 10 multiplier 0", "The multiplier has to be greater than 0."),
        ("buy 1 AAPL 10 multiplier 5", "AAPL has the multiplier 1."),
        ("buy 1 AAPL 10 portfolio nowhere", "You have no portfolio named “nowhere”."),
        ("buy 1 AAPL 10 strategy a@b@c", "is no strategy"),
        ("buy 1 AAPL -1", "may be negative for futures only"),
        ("buy 100000000000000000000 AAPL 100", "does not fit"),
        ("buy 1 MSFT 10", "Nothing is known by “MSFT” yet."),
        ("buy 1 MSFT 10 type equity", "Nothing is known by “MSFT” yet."),
        ("buy 1 AAPL 10 exchange XETRA", "That is not the “AAPL” that is known."),
        ("buy 1 SPYC 10 type option currency USD", "named by its OCC symbol"),
        ("buy 1 BTC 10", "Several instruments have this symbol."),
        ("buy 1 A\u{0}B 10", "holds the character U+0000"),
        ("buy 1 \(String(repeating: "X", count: 65)) 10", "is no symbol"),
        ("buy 1 AAPL 10 reason \(String(repeating: "é", count: 251))", "longer than 500 bytes"),
        ("buy 1 MSFT 10 reason \(String(repeating: "x", count: 4000))", "Unknown instrument"),
    ]

    @Test(arguments: TestBackend.allCases)
    func `what is not understood is refused with the reason, and proposes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            try await prepare(desk, authority)
            let before = try await desk.world.rowCounts()
            for (typed, reason) in Self.refused {
                let shown = try await console.answers("/trade \(typed)")
                #expect(shown.contains(reason), "\(typed)\n\(shown)")
                #expect(!shown.contains("Confirm"), "\(typed)")
                #expect(!shown.contains("Something went wrong"), "\(typed)")
            }
            #expect(try await desk.world.rowCounts() == before)
            let wrong = try await console.answers("/trade buy 1,5 AAPL 10")
            #expect(wrong.contains("Example: /trade buy 10 AAPL 182.50"))
            let unknown = try await console.answers("/trade buy 1 MSFT 10 fee 1")
            #expect(unknown.contains("/trade buy 1 MSFT 10 type EQUITY currency USD fee 1"))
            let half = try await console.answers("/trade buy 1 MSFT 10 type etf reason dip")
            #expect(half.contains("/trade buy 1 MSFT 10 currency USD type etf reason dip"))
            let ambiguous = try await console.answers("/trade buy 1 BTC 10")
            #expect(ambiguous.contains("type CRYPTO currency USDT exchange BINANCE"))
            #expect(ambiguous.contains("type CRYPTO currency USD exchange BINANCE"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a new instrument has the multiplier that is said, a new option its contract`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, _) = try await desk.member()
            let future = try await console.answers(
                "/trade sell 2 ESH6 5000.25 type future currency usd exchange cme multiplier 50")
            #expect(future.contains("Instrument: ESH6, FUTURE, USD, CME, × 50"))
            #expect(future.contains("Notional: 500025 USD"))
            _ = try await console.answers("1")
            let option = try await console.answers(
                "/trade buy 1 aapl260320c00150000 2.5 type option currency USD")
            #expect(option.hasPrefix("BUY 1 AAPL 2026-03-20 150 C at 2.5?"))
            #expect(option.contains("Notional: 250 USD"))
            _ = try await console.answers("1")
            let listed = try await console.answers("/trades")
            #expect(listed.contains("AAPL 2026-03-20 150 C"))
            #expect(!listed.contains("260320C"))
            #expect(
                try await desk.world.texts("SELECT occ_symbol FROM option_contracts")
                    == ["AAPL  260320C00150000"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is no longer possible at Confirm is told and stays so`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            // Meanwhile the instrument is made with another multiplier.
            _ = try await console.answers("/trade buy 1 ESH6 10 type future currency USD")
            try await desk.world.post(
                fill(
                    "x", "BUY", "1", at: "1", symbol: "ESH6", exchange: nil, assetType: "FUTURE",
                    currency: "USD", extra: "\"multiplier\":50"), as: authority)
            let refused = try await console.answers("1")
            #expect(refused.contains("Not done: BUY 1 ESH6 at 10"))
            #expect(refused.contains("Multiplier: the instrument has 50."))
            #expect(refused.contains("Nothing was stored."))
            #expect(try await desk.world.count(of: "trades") == 1)
        }
    }
}

extension ConsoleBot {
    /// The reply with one blank behind each label.
    fileprivate func answers(_ line: String) async throws -> String {
        try await says(line).replacing(#/: +/#, with: ": ")
    }
}
