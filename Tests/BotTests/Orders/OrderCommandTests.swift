import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/buy` and `/sell`: what they read, what they show, what they place and what they refuse.
@Suite struct OrderCommandTests {
    private static let apple = "type EQUITY currency USD"

    /// Every order in one line.
    static func orders(_ desk: Desk) async throws -> [String] {
        try await desk.world.texts(
            """
            SELECT o.side || ' ' || o.quantity || ' ' || i.symbol || ' ' || o.type || ' limit '
                || COALESCE(CAST(o.price AS TEXT), '-') || ' stop '
                || COALESCE(CAST(o.stop_price AS TEXT), '-') || ' trail '
                || COALESCE(CAST(o.trail_amount AS TEXT), '-') || ' '
                || COALESCE(CAST(o.trail_percent AS TEXT), '-') || ' ' || o.time_in_force || ' in '
                || b.name || ' by ' || COALESCE(s.name || '@' || s.version, '-')
            FROM orders o
            JOIN instruments i ON i.id = o.instrument_id
            JOIN portfolios b ON b.id = o.portfolio_id
            LEFT JOIN strategies s ON s.id = o.strategy_id
            ORDER BY o.id
            """
        ).map { line in
            // PostgreSQL prints all 18 decimals.
            line.replacing(#/\d+\.\d{18}/#) { match in
                (try? Decimal(parsing: String(match.output)))?.description ?? "?"
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order is shown, and placed once when it is confirmed`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            let shown = try await console.hears(
                "/buy 10 AAPL gtc limit 182.50 \(Self.apple) strategy momo main")
            let lines = shown.split(separator: "\n").map(String.init)
            #expect(lines.first == "BUY 10 AAPL limit 182.5, GTC?")
            for line in [
                "Instrument: AAPL, EQUITY, USD", "Side: BUY", "Quantity: 10", "Price: limit 182.5",
                "Works: GTC: until it is canceled", "Portfolio: main", "Strategy: momo@1.0",
                "Notional: 1825 USD at 182.5", "Position: 0 → 10", "Campaign: opens one",
                "The instrument is new: it is created.", "The strategy is new: it is created.",
                "There is no quote yet: it waits for one.", "[1] Confirm  [2] Discard",
            ] {
                #expect(lines.contains(line), "\(line) in\n\(shown)")
            }
            #expect(try await Self.orders(desk) == [])
            let done = try await console.hears("1")
            #expect(
                try await Self.orders(desk) == [
                    "BUY 10 AAPL LIMIT limit 182.5 stop - trail - - GTC in main by momo@1.0"
                ])
            let order = try #require(
                try await desk.world.services.orders.list(for: authority).first)
            let name = order.uid.suffix(6)
            #expect(order.clientOrderID?.text.hasPrefix("chat-") == true)
            for line in [
                "Done: BUY 10 AAPL limit 182.5, GTC", "Status: PENDING: on its way to the broker",
                "Order: \(order.uid)", "To cancel it: /cancel \(name)",
            ] {
                #expect(done.contains(line), "\(line) in\n\(done)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a Confirm that is pressed again, or came of a crash, is one order`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, _) = try await desk.member()
            _ = try await console.says("/buy 10 AAPL limit 1 \(Self.apple)")
            let done = try await console.says("1")
            let token = try #require(
                try await desk.world.texts("SELECT uid FROM pending_actions").first)
            // As if the process had ended before the result was kept.
            try await desk.world.execute("UPDATE pending_actions SET result_json = NULL")
            let responder = Responder(
                services: desk.world.services, files: SentFiles { _ in [] },
                gauges: BotGauges(version: "1", world: desk.world.world), observe: { _ in })
            for _ in 0..<2 {
                let reply = try await responder.answer(
                    IncomingPress(
                        sender: Person(telegramUserID: 1001, username: nil),
                        data: "confirm:\(token)"))
                let screen = try #require(reply.screen)
                #expect(done.hasSuffix(try TerminalRenderer().render(screen)))
            }
            #expect(try await Self.orders(desk).count == 1)
        }
    }

    @Test func `what is discarded places nothing`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            _ = try await console.says("/buy 10 AAPL \(Self.apple)")
            #expect(try await console.says("2").contains("Nothing was stored."))
            #expect(try await Self.orders(desk) == [])
            #expect(try await desk.world.count(of: "instruments") == 0)
        }
    }

    /// What is typed, and the order that it becomes when it is confirmed: 10 BTCUSDT at 100, and a
    /// quote of 200, are there, and AAPL of NASDAQ is known.
    private static let typed: [(String, String)] = [
        ("/buy 1 BTCUSDT", "BUY 1 BTCUSDT MARKET limit - stop - trail - - GTC in main by -"),
        ("/BUY 1e-3 btcusdt", "BUY 0.001 BTCUSDT MARKET limit - stop - trail - - GTC in main by -"),
        ("/buy 1 AAPL", "BUY 1 AAPL MARKET limit - stop - trail - - DAY in main by -"),
        ("/buy 1 AAPL at 5", "BUY 1 AAPL LIMIT limit 5 stop - trail - - DAY in main by -"),
        ("/sell 1 BTCUSDT stop 5", "SELL 1 BTCUSDT STOP limit - stop 5 trail - - GTC in main by -"),
        (
            "/sell 1 BTCUSDT DAY limit 4 stop 5",
            "SELL 1 BTCUSDT STOP_LIMIT limit 4 stop 5 trail - - DAY in main by -"
        ),
        (
            "/sell 1 BTCUSDT trail 2",
            "SELL 1 BTCUSDT TRAILING limit - stop - trail 2 - GTC in main by -"
        ),
        (
            "/sell 1 BTCUSDT trail 2.5%",
            "SELL 1 BTCUSDT TRAILING limit - stop - trail - 2.5 GTC in main by -"
        ),
        (
            "/buy $500 BTCUSDT ioc",
            "BUY 2.5 BTCUSDT MARKET limit - stop - trail - - IOC in main by -"
        ),
        (
            "/buy $500 BTCUSDT limit 100",
            "BUY 5 BTCUSDT LIMIT limit 100 stop - trail - - GTC in main by -"
        ),
        ("/sell 50% BTCUSDT", "SELL 5 BTCUSDT MARKET limit - stop - trail - - GTC in main by -"),
        ("/sell 10% BTCUSDT", "SELL 1 BTCUSDT MARKET limit - stop - trail - - GTC in main by -"),
        (
            "/buy 1 BTCUSDT MAIN fok limit 5",
            "BUY 1 BTCUSDT LIMIT limit 5 stop - trail - - FOK in main by -"
        ),
        (
            "/buy 1 BTCUSDT strategy MOMO limit 5",
            "BUY 1 BTCUSDT LIMIT limit 5 stop - trail - - GTC in main by momo@1.0"
        ),
        (
            "/buy 1 BTCUSDT strategy momo@2 second book",
            "BUY 1 BTCUSDT MARKET limit - stop - trail - - GTC in second book by momo@2"
        ),
        (
            "/buy 1 BTCUSDT second book strategy day",
            "BUY 1 BTCUSDT MARKET limit - stop - trail - - GTC in second book by day@1.0"
        ),
        (
            "/buy 1 BTCUSDT portfolio second book day",
            "BUY 1 BTCUSDT MARKET limit - stop - trail - - DAY in second book by -"
        ),
    ]

    private static func prepare(_ desk: Desk, _ authority: Authority) async throws {
        try await desk.world.post(
            fill("1", "BUY", "10", at: "100", time: "2025-12-01T00:00:00Z"),
            fill(
                "2", "BUY", "1", at: "1", symbol: "AAPL", exchange: "NASDAQ",
                assetType: "EQUITY", currency: "USD", time: "2025-12-01T00:00:00Z",
                strategy: "momo"), as: authority)
        try await desk.world.quote("BTCUSDT", 200, as: authority)
        _ = try await desk.world.services.portfolios.add(
            name: "second book", brokerCode: "PAPER", currency: .usd, isDefault: false,
            for: authority.caller)
    }

    @Test(arguments: typed)
    func `what is typed becomes an order`(line: String, order: String) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await Self.prepare(desk, authority)
            let shown = try await console.hears(line)
            #expect(shown.contains("[1] Confirm"), "\(shown)")
            _ = try await console.says("1")
            #expect(try await Self.orders(desk) == [order])
        }
    }

    /// What is typed, and what the refusal says.
    private static let refused: [(String, String)] = [
        ("/buy", "Say how much"), ("/buy 1", "Say how much"),
        ("/buy 1,000 BTCUSDT", "without commas or blanks"),
        ("/buy 0 BTCUSDT", "The quantity has to be greater than 0."),
        ("/buy $0 BTCUSDT", "The amount has to be greater than 0."),
        ("/buy $ BTCUSDT", "is no amount"), ("/sell % BTCUSDT", "is no percentage"),
        ("/sell 0% BTCUSDT", "The percentage has to be greater than 0."),
        ("/buy ten BTCUSDT", "“ten” is no quantity"),
        ("/buy 1 NOPE", "Nothing is known by “NOPE” yet."),
        ("/buy 1 BTCUSDT 180", "Say limit 180 or stop 180."),
        ("/buy 1 BTCUSDT limit", "Nothing stands behind “limit”."),
        ("/buy 1 BTCUSDT limit 1 at 2", "“limit” stands there twice."),
        ("/buy 1 BTCUSDT day gtc", "“gtc” stands there twice."),
        ("/buy 1 BTCUSDT limit cheap", "“cheap” is no limit"),
        ("/buy 1 BTCUSDT trail 1 limit 1", "leave limit and stop out"),
        ("/buy 1 BTCUSDT trail 100%", "less than 100 %"),
        ("/buy 1 BTCUSDT nowhere", "You have no portfolio named “nowhere”."),
        ("/buy 1 BTCUSDT main limit 1 second", "“second” is none of limit"),
        ("/buy 1 BTCUSDT stop 300 ioc", "IOC asks for a fill at once"),
        ("/buy $1 AAPL", "no price of AAPL is known"),
        ("/sell 50% AAPL", "no equity of the portfolio is known to take a part of"),
        ("/buy 10% BTCUSDT", "no equity of the portfolio is known to take a part of"),
        ("/buy 1 BTCUSDT strategy a@b@c", "is no strategy"),
    ]

    @Test(arguments: refused)
    func `what can't be an order is refused with a reason`(
        line: String, reason: String
    ) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await Self.prepare(desk, authority)
            let shown = try await console.hears(line)
            #expect(shown.contains(reason), "\(shown)")
            #expect(!shown.contains("[1] Confirm"))
            #expect(try await desk.world.count(of: "pending_actions") == 0)
        }
    }

    @Test func `what it would do to the position is told`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await Self.prepare(desk, authority)
            await desk.world.world.advance(seconds: 125)
            for (line, facts) in [
                (
                    "/sell 4 BTCUSDT",
                    [
                        "Position: 10 → 6", "Campaign: reduces the open one",
                        "Would realize: ▲ +400.00 USDT before fees", "Notional: 800 USDT at 200",
                        "Quote: last 200, 2m 5s old",
                    ]
                ),
                ("/sell 100% BTCUSDT", ["Position: 10 → 0", "Campaign: closes the open one"]),
                (
                    "/sell 15 BTCUSDT limit 90",
                    [
                        "Position: 10 → -5", "on the other side",
                        "Would realize: ▼ -100.00 USDT before fees",
                    ]
                ),
                ("/buy 1 BTCUSDT", ["Position: 10 → 11", "Campaign: adds to the open one"]),
            ] {
                let shown = try await console.hears(line)
                for fact in facts { #expect(shown.contains(fact), "\(fact) in\n\(shown)") }
                #expect(!shown.contains("no quote"))
            }
        }
    }

    @Test func `a broker to whom nothing can be sent is told before anything is asked`()
        async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await Self.prepare(desk, authority)
            try await desk.world.addPortfolio("away", of: authority)
            let shown = try await console.hears("/buy 1 BTCUSDT away")
            #expect(shown.contains("no order can be sent from here"), "\(shown)")
        }
    }
}

extension ConsoleBot {
    /// With one blank behind each label.
    func hears(_ line: String) async throws -> String {
        try await says(line).replacing(#/: +/#, with: ": ")
    }
}
