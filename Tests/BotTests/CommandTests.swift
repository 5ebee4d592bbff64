import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What each command answers to a member.
@Suite struct CommandTests {
    @Test func `positions show quantity, cost, mark and gain with currency and sign`()
        async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/positions").contains("No open positions."))
            try await desk.world.post(
                fill("t1", "BUY", "0.5", at: "65000.1", fee: "0.65"),
                fill(
                    "t2", "SELL", "2", at: "5210.25", symbol: "ES", exchange: "CME",
                    assetType: "FUTURE", currency: "USD", strategy: "momo@1.0",
                    extra: "\"multiplier\":\"50\""), as: authority)
            try await desk.world.quote("BTCUSDT", try Decimal(parsing: "65100.1"), as: authority)

            let shown = try await console.says("/positions")
            #expect(shown.contains("BTCUSDT"))
            #expect(shown.contains("65000.1"))
            #expect(shown.contains("▲ +50.00 USDT"))
            #expect(shown.contains("-2"))
            #expect(shown.contains("momo@1.0"))
            #expect(shown.contains("1 without a quote"))
            #expect(shown.contains("+0.65 USDT"))
            let named = try await console.says("/positions main")
            #expect(named.hasPrefix("Positions in main\n"))
            #expect(
                named.split(separator: "\n").dropFirst(2)
                    == shown.split(separator: "\n").dropFirst(2))
        }
    }

    @Test func `a total that no decimal can hold is told as such`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            let huge = "100000000000000000000"
            for (id, symbol) in [("a", "A"), ("b", "B"), ("c", "C")] {
                try await desk.world.post(
                    fill("\(id)1", "BUY", "1", at: "0", symbol: symbol),
                    fill(
                        "\(id)2", "SELL", "0.9", at: huge, symbol: symbol,
                        time: "2026-02-19T14:33:00Z"), as: authority)
            }
            let shown = try await console.says("/positions")
            #expect(shown.contains("too large to add up (USDT)"))
        }
    }

    @Test func `orders are the open ones unless another status is asked for`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/orders").contains("No open orders."))
            try await store(.new, "o1", price: "64000", desk, authority)
            try await store(.filled, "o2", price: "63000.5", desk, authority)

            let open = try await console.says("/orders")
            #expect(open.contains("Orders: open"))
            #expect(open.contains("64000"))
            #expect(!open.contains("63000.5"))
            let filled = try await console.says("/orders Filled")
            #expect(filled.contains("63000.5"))
            #expect(!filled.contains("64000"))
            #expect(try await console.says("/orders partially filled").contains("No orders"))
            let all = try await console.says("/orders all")
            #expect(all.contains("64000") && all.contains("63000.5"))

            let wrong = try await console.says("/orders nope")
            #expect(wrong.contains("named “nope”"))
            #expect(wrong.contains("partially_filled"))
            #expect(wrong.contains("/orders filled BTCUSDT"))
        }
    }

    private func store(
        _ status: OrderStatus, _ id: ExactText, price: String, _ desk: Desk,
        _ authority: Authority
    ) async throws {
        try await desk.world.post(fill("f-\(id)", "BUY", "1", at: "1"), as: authority)
        let caller = authority.caller
        let portfolio = try #require(
            try await desk.world.services.portfolios.all(for: caller).first)
        let position = try #require(
            try await desk.world.services.positions.snapshot(for: authority).first)
        let limit = try Decimal(parsing: price)
        try await desk.world.services.work.write { tx, draw in
            try Orders.insert(
                uid: draw.uid(),
                holding: HoldingKey(
                    portfolioID: portfolio.id, instrumentID: position.listing.instrument.id,
                    strategyID: nil), side: .buy, type: "LIMIT", status: status, quantity: 1,
                price: limit, brokerOrderID: id, clientOrderID: nil, now: draw.now, for: caller,
                in: tx)
        }
    }

    @Test func `P&L is of today unless a period is named, and may be of one portfolio`()
        async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            _ = try await desk.world.services.portfolios.add(
                name: "My Book", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: authority.caller)
            try await desk.world.post(
                fill("t1", "BUY", "1", at: "100", fee: "0.5", time: "2025-12-30T10:00:00Z"),
                fill("t2", "SELL", "1", at: "142.505", time: "2025-12-31T10:00:00Z"),
                as: authority)
            // The seeded world begins on 2026-01-01.
            #expect(try await console.says("/pnl").contains("No trades in this period."))
            let week = try await console.says("/pnl week")
            #expect(week.contains("2025-12-29 to 2026-01-01"))
            #expect(week.contains("▲ +42.005 USDT"))
            #expect(week.contains("+42.505 USDT"))
            #expect(week.contains("BTCUSDT"))
            #expect(try await console.says("/pnl 2025-12-30..2025-12-30").contains("▼ -0.50 USDT"))
            #expect(try await console.says("/pnl all my book").contains("P&L in My Book: all"))
            #expect(try await console.says("/pnl my book").contains("P&L in My Book: day"))

            let wrong = try await console.says("/pnl fortnight")
            #expect(wrong.contains("You have no portfolio named “fortnight”, and it is no period."))
            #expect(wrong.contains("Portfolios: My Book, main"))
            #expect(wrong.contains("/pnl last month fifo main"))
            let fifo = try await console.says("/pnl week fifo")
            #expect(fifo.contains("P&L: week, FIFO"))
            #expect(fifo.contains("Realized against the oldest lots first."))
            #expect(try await console.says("/pnl LIFO all my book").contains("My Book: all, LIFO"))
            let range = try await console.says("/pnl 2026-02-30..2026-03-01")
            #expect(range.contains("it is no period"))
        }
    }

    @Test func `P&L turns to another period or view at a press`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("t1", "BUY", "1", at: "100", time: "2025-12-30T10:00:00Z"),
                fill("t2", "SELL", "1", at: "90", time: "2025-12-31T10:00:00Z"), as: authority)
            let day = try await console.says("/pnl day main")
            let week = try await console.says(try number(of: "week", in: day))
            #expect(week.contains("P&L in main: week"))
            let byDay = try await console.says(try number(of: "By day", in: week))
            #expect(byDay.contains("2025-12-31"))
            #expect(!byDay.contains("BTCUSDT"))
            let all = try await console.says(try number(of: "all", in: byDay))
            #expect(all.contains("P&L in main: all"))
            #expect(all.contains("Day "))
        }
    }

    /// The number of the button with this label, as the terminal lists it.
    private func number(of label: String, in shown: String) throws -> String {
        let start = try #require(shown.firstRange(of: "] \(label)")?.lowerBound)
        return String(shown[..<start].reversed().prefix { $0 != "[" }.reversed())
    }

    @Test func `risk lists policies, and breaches at a press`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/risk").contains("No risk policies."))
            let caller = authority.caller
            try await desk.world.services.work.write { tx, draw in
                try tx.execute(
                    SQL(
                        """
                        INSERT INTO risk_policies (uid, user_id, name, scope_type, scope_id,
                            config_json, created_at)
                        VALUES ($1, $2, $3, 'USER', $2, $4, $5)
                        """,
                        [
                            .text(draw.uid()), .id(caller.userID), .text("Max <loss>"),
                            .text("{\"max_daily_loss\":\"500\"}"), .time(draw.now),
                        ]))
                try tx.execute(
                    SQL(
                        """
                        INSERT INTO risk_breaches (uid, user_id, policy_id, action, observed_json,
                            created_at)
                        SELECT $1, $2, id, 'BLOCKED', '{"loss":"501"}', $3 FROM risk_policies
                        """, [.text(draw.uid()), .id(caller.userID), .time(draw.now)]))
            }
            let policies = try await console.says("/risk main")
            #expect(policies.contains("Max <loss>"))
            #expect(policies.contains("max_daily_loss"))
            #expect(policies.contains("Breaches (1)"))
            let breaches = try await console.says("1")
            #expect(breaches.contains("BLOCKED"))
            #expect(breaches.contains("501"))
        }
    }

    @Test func `portfolios, accounts and strategies are listed`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/strategies").contains("No strategies"))
            try await desk.world.post(
                fill("t1", "BUY", "1", at: "1", strategy: "momo@2.1"), as: authority)
            let portfolios = try await console.says("/portfolios")
            #expect(portfolios.contains("main") && portfolios.contains("✓"))
            #expect(try await console.says("/accounts").contains("PAPER"))
            let strategies = try await console.says("/strategies")
            #expect(strategies.contains("momo") && strategies.contains("2.1"))
        }
    }

    @Test func `trades are newest first, and a symbol is found in any case`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/trades").contains("No trades yet."))
            try await desk.world.post(
                fill("t1", "BUY", "1", at: "100", fee: "-0.1", time: "2026-01-01T10:00:00Z"),
                fill("t2", "SELL", "1", at: "90", time: "2026-01-01T11:00:00Z"),
                fill("t3", "BUY", "3", at: "7", symbol: "ETHUSDT", time: "2026-01-01T12:00:00Z"),
                as: authority)
            let all = try await console.says("/trades")
            let newest = try #require(all.firstRange(of: "2026-01-01 12:00 UTC")?.lowerBound)
            let oldest = try #require(all.firstRange(of: "2026-01-01 10:00 UTC")?.lowerBound)
            #expect(newest < oldest)
            #expect(all.contains("▼ -10.00 USDT"))
            #expect(all.contains("-0.10 USDT"))
            let one = try await console.says("/trades ethusdt")
            #expect(one.contains("Trades in ETHUSDT"))
            #expect(!one.contains("11:00"))
            let unknown = try await console.says("/trades ETHUSD")
            #expect(unknown.contains("no traded symbol, portfolio or strategy named “ETHUSD”"))
            #expect(unknown.contains("BTCUSDT, ETHUSDT"))
        }
    }

    @Test func `a wrong argument is answered with usage and example`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let (admin, _) = try await desk.member(9001, isAdmin: true)
            for line in ["/positions nowhere", "/risk nowhere", "/token frobnicate", "/token new"] {
                let shown = try await console.says(line)
                #expect(shown.contains("Usage:"), "\(line)")
                #expect(shown.contains("Example:"), "\(line)")
            }
            for line in ["/approve", "/approve @nobody", "/reject 12"] {
                let shown = try await admin.says(line)
                #expect(shown.contains("Usage:"), "\(line)")
                #expect(shown.contains("Example:"), "\(line)")
            }
            let unknown = try await console.says("/positions mian")
            #expect(
                unknown.contains("You have no traded symbol, portfolio or strategy named “mian”."))
            #expect(unknown.contains("Did you mean: main"))
        }
    }

    @Test(arguments: [
        ("/postions", "/positions"), ("/pln", "/pnl"), ("/tradse", "/trades"),
        ("/stat", "/start"), ("/PORTFOLIOSS", "/portfolios"),
    ])
    func `an unknown command is answered with the nearest ones`(typed: String, meant: String)
        async throws
    {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let shown = try await console.says(typed)
            #expect(shown.contains("Unknown command"))
            #expect(shown.contains(meant))
        }
    }

    @Test func `an unknown command never names what its sender may not use`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let (admin, _) = try await desk.member(9001, isAdmin: true)
            #expect(!(try await console.says("/aprove").contains("/approve")))
            #expect(try await admin.says("/aprove").contains("/approve"))
        }
    }

    @Test func `commands for admins are refused to members`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            _ = try await desk.console(1002).says("/start")
            for line in ["/users", "/approve 1002", "/reject 1002"] {
                #expect(try await console.says(line).contains("is for admins."), "\(line)")
            }
            let user = try await desk.world.services.users.user(telegramUserID: 1002)
            #expect(user?.state == .pending)
        }
    }

    @Test func `help shows what its reader may use, and each command's manual`() async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let (admin, _) = try await desk.member(9001, isAdmin: true)
            let members = try await wholeHelp(console)
            let admins = try await wholeHelp(admin)
            for command in Commands.all {
                let line = "/\(command.name) "
                #expect(members.contains(line) == (command.access <= .approved), "\(line)")
                #expect(admins.contains(line), "\(line)")
                let manual = try await admin.says("/help /\(command.name)")
                #expect(manual.contains(command.example))
            }
            #expect(try await console.says("/help approve").contains("Unknown command"))
        }
    }

    /// All pages of it.
    private func wholeHelp(_ console: ConsoleBot) async throws -> String {
        var page = try await console.says("/help")
        var all = page
        var number = 1
        while page.contains("\(number + 1) ›") {
            page = try await console.says(number == 1 ? "2" : "3")
            all += page
            number += 1
        }
        return all
    }

    @Test func `users are listed with state, those who wait first`() async throws {
        try await Desk.run { desk in
            let (admin, _) = try await desk.member(9001, username: "boss", isAdmin: true)
            _ = try await desk.console(1002, username: "zoe").says("/start")
            let users = try await admin.says("/users")
            let zoe = try #require(users.firstRange(of: "@zoe")?.lowerBound)
            let boss = try #require(users.firstRange(of: "@boss")?.lowerBound)
            #expect(zoe < boss)
            #expect(users.contains("pending"))
            #expect(users.contains("/approve TELEGRAM_ID"))
            #expect(try await admin.says("/approve ZOE").contains("Approved: @zoe"))
            #expect(try await admin.says("/approve 1002").contains("was already approved"))
            #expect(try await admin.says("/reject @zoe").contains("member already"))
        }
    }
}
