import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// `/sl`, `/tp`, and the exits of `/buy`: what they read, show, store and refuse.
@Suite struct ExitCommandTests {
    private static func run(
        on backend: TestBackend = .sqlite, strategy: String? = nil,
        _ body: (Desk, ConsoleBot) async throws -> Void
    ) async throws {
        try await Desk.run(on: backend) { desk in
            let (console, authority) = try await desk.member()
            _ = try await desk.world.post(
                fill("t-1", "BUY", "10", at: "100", symbol: "COIN", exchange: nil, currency: "USD"),
                as: authority)
            if let strategy {
                _ = try await desk.world.post(
                    fill(
                        "t-2", "BUY", "5", at: "100", symbol: "COIN", exchange: nil,
                        currency: "USD", strategy: strategy), as: authority)
            }
            _ = try await desk.world.services.quotes.post([
                .success(
                    try QuoteReport(
                        symbol: "COIN", exchange: nil,
                        quote: Quote(
                            bid: nil, ask: nil, last: 100, time: desk.world.world.now())))
            ])
            try await body(desk, console)
        }
    }

    private static func brackets(_ desk: Desk) async throws -> Int {
        try await desk.world.count(of: "brackets")
    }

    private static func exits(_ desk: Desk) async throws -> [String] {
        try await desk.world.texts("SELECT type FROM orders WHERE is_reduce_only ORDER BY id")
    }

    @Test(arguments: TestBackend.allCases)
    func `a stop loss is shown with its risk, and set once when it is confirmed`(
        _ backend: TestBackend
    ) async throws {
        try await Self.run(on: backend) { desk, console in
            let shown = try await console.hears("/sl 90 coin")
            let lines = shown.split(separator: "\n").map(String.init)
            for line in [
                "Set the stop loss of COIN in main to 90?", "Position: 10", "Stop loss: 90",
                "Risk to the stop: 100 USD from the mark, before fees", "[1] Confirm  [2] Discard",
            ] {
                #expect(lines.contains(line), "\(line) in\n\(shown)")
            }
            #expect(try await Self.brackets(desk) == 0)
            let done = try await console.hears("1")
            #expect(done.contains("Done: set the stop loss of COIN in main to 90"), "\(done)")
            #expect(try await Self.exits(desk) == ["STOP"])
            // The position's screen shows it, and leads to what takes it off.
            let position = try await console.hears("/positions coin")
            #expect(position.contains("Stop loss: 90"), "\(position)")
            #expect(position.contains("Take profit"), "\(position)")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a take profit joins the stop, and each is taken off by itself`(
        _ backend: TestBackend
    ) async throws {
        try await Self.run(on: backend) { desk, console in
            for line in ["/sl trail 2% coin", "/tp 120"] {
                _ = try await console.hears(line)
                _ = try await console.hears("1")
            }
            #expect(try await Self.exits(desk) == ["TRAILING", "LIMIT"])
            #expect(try await Self.brackets(desk) == 1)
            let shown = try await console.hears("/tp off")
            #expect(shown.contains("Take off the take profit of COIN in main?"), "\(shown)")
            #expect(shown.contains("Take profit before: 120"), "\(shown)")
            _ = try await console.hears("1")
            let working = try await desk.world.count(
                of: "orders", where: "is_reduce_only AND status = 'PENDING'")
            #expect(working == 1)
        }
    }

    @Test(arguments: [
        ("/sl", "Say at which price, or off."), ("/sl trail", "Nothing stands behind “trail”."),
        ("/sl 100 coin", "below 100"), ("/tp 100 coin", "above 100"),
        ("/sl off coin", "nothing to take off"), ("/sl x coin", "is no stop loss"),
        ("/tp trail 2% coin", "is no take profit"), ("/sl 90 nope", "nope"),
        ("/buy 1 COIN sl 100", "below 100"), ("/buy 1 COIN sl 90 sl 91", "stands there twice"),
        ("/buy 1 COIN tp", "Nothing stands behind"), ("/whatif buy 1 COIN 5 sl 4", "waits for"),
    ])
    func `what can't be is refused with what was expected`(
        line: String, reason: String
    ) async throws {
        try await Self.run { desk, console in
            let said = try await console.hears(line)
            #expect(said.contains(reason), "\(said)")
            #expect(try await desk.world.count(of: "pending_actions") == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an entry shows both exits and the risk, and brings its bracket`(
        _ backend: TestBackend
    ) async throws {
        try await Self.run(on: backend) { desk, console in
            let shown = try await console.hears("/buy 10 COIN limit 99 sl trail 2% tp 120 gtc")
            let lines = shown.split(separator: "\n").map(String.init)
            for line in [
                "Stop loss: trailing by 2%", "Take profit: 120",
                "Risk to the stop: 19.8 USD before fees",
            ] {
                #expect(lines.contains(line), "\(line) in\n\(shown)")
            }
            _ = try await console.hears("1")
            #expect(
                try await desk.world.texts(
                    "SELECT status || ' ' || exit_side FROM brackets") == ["PENDING SELL"])
        }
    }

    @Test func `of several positions one is chosen by its button`() async throws {
        try await Self.run(strategy: "momo") { desk, console in
            let choice = try await console.hears("/sl 90 coin")
            #expect(choice.contains("COIN · main · momo@1.0"), "\(choice)")
            let shown = try await console.hears("2")
            #expect(shown.contains("Set the stop loss of COIN in main of momo@1.0 to 90?"))
            _ = try await console.hears("1")
            #expect(
                try await desk.world.texts("SELECT quantity FROM orders WHERE is_reduce_only")
                    .compactMap { try? Decimal(parsing: $0) } == [5])
        }
    }
}
