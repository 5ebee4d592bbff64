import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Recomputing everything derived from trades, and mending what differs.
struct VerificationTests {
    private func differences(
        in world: ServiceWorld, repair: Bool = false
    ) async throws -> (holdings: Int, trades: Int, lines: [String]) {
        let found = Lock<[Verification.Progress]>([])
        try await Verification(world.services).run(repair: repair, as: .owner) { progress in
            found.withLock { $0.append(progress) }
        }
        let passes = found.withLock { $0 }
        return (
            passes.map(\.holdings).reduce(0, +), passes.map(\.trades).reduce(0, +),
            passes.flatMap(\.differences).map(\.description)
        )
    }

    /// Two holdings of a trader, and one of somebody else that has to stay as it is.
    private func prepare(_ world: ServiceWorld) async throws -> Authority {
        let trader = try await world.member()
        let other = try await world.member(1002)
        try await world.post(
            fill("a", "BUY", "2", at: "10", fee: "0.5", time: "2026-02-19T10:00:00Z"),
            fill(
                "b", "SELL", "1", at: "13", fee: "0.1", feeCurrency: "BNB",
                time: "2026-02-20T10:00:00Z"),
            fill("c", "BUY", "4", at: "3", symbol: "ETH", strategy: "momo"), as: trader)
        try await world.post(fill("a", "BUY", "7", at: "1"), as: other)
        return trader
    }

    @Test(arguments: TestBackend.allCases)
    func `a sound ledger has no differences, and repairing it writes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            _ = try await prepare(world)
            let rows = try await world.rowCounts()
            let found = try await differences(in: world, repair: true)
            #expect((found.holdings, found.trades) == (3, 4))
            #expect(found.lines == [])
            #expect(try await world.rowCounts() == rows)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each corrupted figure is found, mended and audited`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            let audited = "entity_type = 'POSITION' AND action = 'SYNC'"
            for (number, corruption) in Corruption.all.enumerated() {
                #expect(
                    try await world.execute(corruption.statement) == 1, "\(corruption.statement)")
                let found = try await differences(in: world)
                #expect(found.lines == corruption.lines, "\(corruption.statement)")
                // Looking alone changes nothing.
                #expect(try await world.count(of: "audit_log", where: audited) == number)
                #expect(try await differences(in: world, repair: true).lines == corruption.lines)
                #expect(try await differences(in: world).lines == [])
                #expect(try await world.count(of: "audit_log", where: audited) == number + 1)
                #expect(
                    try await LedgerImage(of: "main", as: trader, in: world) == image,
                    "\(corruption.statement)")
            }
            #expect(
                try await world.count(
                    of: "audit_log", where: "\(audited) AND user_id = \(trader.caller.userID)")
                    == Corruption.all.count)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a position and days of no trades are found and removed`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            try await world.addPortfolio("second", of: trader)
            let image = try await LedgerImage(of: "second", as: trader, in: world)
            try await world.execute(
                """
                INSERT INTO daily_pnl (user_id, portfolio_id, instrument_id, day, currency,
                    realized_pnl, fees, trades)
                SELECT p.user_id, b.id, p.instrument_id, '2026-02-01', 'USDT', '1', '0', 0
                FROM positions p JOIN portfolios b ON b.name = 'second'
                WHERE p.quantity = '1'
                """)
            try await world.execute(
                """
                INSERT INTO positions (uid, user_id, portfolio_id, instrument_id, quantity, cost,
                    updated_at, last_broker_trade_id)
                SELECT 'ghost', p.user_id, b.id, p.instrument_id, '1', '2', p.updated_at, 'x'
                FROM positions p JOIN portfolios b ON b.name = 'second'
                WHERE p.quantity = '1'
                """)
            let lines = try await differences(in: world, repair: true).lines
            #expect(lines.count == 12)
            #expect(lines.allSatisfy { $0.hasPrefix("second BTCUSDT: ") })
            #expect(
                lines.contains("second BTCUSDT: positions.quantity is 1, the trades say absent"))
            #expect(
                lines.contains(
                    "second BTCUSDT: daily_pnl 2026-02-01 USDT realized_pnl is 1, the trades say absent"
                ))
            #expect(try await differences(in: world).lines == [])
            #expect(try await LedgerImage(of: "second", as: trader, in: world) == image)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a lost position is found and written again`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            try await world.execute("DELETE FROM positions WHERE quantity = '4'")
            let lines = try await differences(in: world, repair: true).lines
            #expect(lines.count == 8)
            #expect(lines.contains("main ETH: positions.quantity is absent, the trades say 4"))
            #expect(try await differences(in: world).lines == [])
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `rows that no trade accounts for are found and removed`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            for (table, statement, line) in [
                (
                    "campaign_legs",
                    """
                    INSERT INTO campaign_legs (campaign_id, first_trade_id, uid, user_id,
                        leg_number, leg_type, side, quantity, notional, avg_price, started_at,
                        ended_at, fill_count, created_at)
                    SELECT campaign_id, 3, 'ghost', user_id, 9, leg_type, side, quantity, notional,
                        avg_price, started_at, ended_at, fill_count, created_at
                    FROM campaign_legs WHERE first_trade_id = 2
                    """, "is 4, the trades say 3"
                ),
                (
                    "lot_closures",
                    """
                    INSERT INTO lot_closures (campaign_id, trade_id, lot_trade_id, user_id,
                        quantity, cost, proceeds, realized_pnl)
                    SELECT campaign_id, 3, lot_trade_id, user_id, quantity, cost, proceeds,
                        realized_pnl
                    FROM lot_closures
                    """, "is 2, the trades say 1"
                ),
            ] {
                try await world.execute(statement)
                let lines = try await differences(in: world, repair: true).lines
                #expect(lines == ["main *: the number of rows in \(table) \(line)"])
                #expect(try await differences(in: world).lines == [])
                #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a repaired ledger takes further fills, late ones too`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await prepare(world)
            try await world.execute("UPDATE positions SET cost = '99', quantity = '5'")
            _ = try await differences(in: world, repair: true)
            try await world.post(
                fill("d", "SELL", "1", at: "20", time: "2026-02-21T10:00:00Z"),
                fill("e", "BUY", "1", at: "1", time: "2026-02-18T10:00:00Z"), as: trader)
            try await world.expectVerified()
        }
    }
}

/// A wrong figure, and the lines that have to tell of it.
private struct Corruption {
    let statement: String
    let lines: [String]

    private static func position(_ column: String, _ value: String, _ line: String) -> Corruption {
        Corruption(
            statement: "UPDATE positions SET \(column) = \(value) WHERE cost = '10'",
            lines: ["main BTCUSDT: positions.\(line)"])
    }

    private static let firstDay =
        "WHERE day = '2026-02-19' AND currency = 'USDT' AND realized_pnl = '0' AND fees = '0.5'"

    static let all: [Corruption] = [
        position("quantity", "'1.5'", "quantity is 1.5, the trades say 1"),
        Corruption(
            statement: "UPDATE positions SET cost = '10.000000000000000001' WHERE cost = '10'",
            lines: [
                "main BTCUSDT: positions.cost is 10.000000000000000001, the trades say 10"
            ]),
        position("avg_price", "'11'", "avg_price is 11, the trades say 10"),
        position("realized_pnl", "'-3'", "realized_pnl is -3, the trades say 3"),
        position(
            "fees_json", "'{\"USDT\":\"0.5\"}'",
            "fees_json is 0.5 USDT, the trades say 0.1 BNB, 0.5 USDT"),
        position(
            "opened_at", "NULL",
            "opened_at is none, the trades say 2026-02-19T10:00:00.000000Z"),
        position(
            "opened_at", "'2026-02-20T10:00:00.000000Z'",
            "opened_at is 2026-02-20T10:00:00.000000Z, the trades say 2026-02-19T10:00:00.000000Z"),
        position(
            "updated_at", "'2026-02-19T10:00:00.000000Z'",
            "updated_at is 2026-02-19T10:00:00.000000Z, the trades say 2026-02-20T10:00:00.000000Z"),
        position(
            "last_broker_trade_id", "'z'", "last_broker_trade_id is z, the trades say b"),
        Corruption(
            statement: "UPDATE daily_pnl SET realized_pnl = '0.01' \(firstDay)",
            lines: [
                "main BTCUSDT: daily_pnl 2026-02-19 USDT realized_pnl is 0.01, the trades say 0"
            ]),
        Corruption(
            statement: "UPDATE daily_pnl SET fees = '0.6' \(firstDay)",
            lines: ["main BTCUSDT: daily_pnl 2026-02-19 USDT fees is 0.6, the trades say 0.5"]),
        Corruption(
            statement: "UPDATE daily_pnl SET trades = 2 \(firstDay)",
            lines: ["main BTCUSDT: daily_pnl 2026-02-19 USDT trades is 2, the trades say 1"]),
        Corruption(
            statement: "DELETE FROM daily_pnl WHERE currency = 'BNB'",
            lines: [
                "main BTCUSDT: daily_pnl 2026-02-20 BNB realized_pnl is absent, the trades say 0",
                "main BTCUSDT: daily_pnl 2026-02-20 BNB realized_pnl_lots is absent, the trades say 0",
                "main BTCUSDT: daily_pnl 2026-02-20 BNB fees is absent, the trades say 0.1",
                "main BTCUSDT: daily_pnl 2026-02-20 BNB trades is absent, the trades say 0",
            ]),
        Corruption(
            statement: """
                INSERT INTO daily_pnl (user_id, portfolio_id, instrument_id, day, currency,
                    realized_pnl, fees, trades)
                SELECT user_id, portfolio_id, instrument_id, '2026-02-28', currency, '1', '2', 3
                FROM daily_pnl \(firstDay)
                """,
            lines: [
                "main BTCUSDT: daily_pnl 2026-02-28 USDT realized_pnl is 1, the trades say absent",
                "main BTCUSDT: daily_pnl 2026-02-28 USDT realized_pnl_lots is 0,"
                    + " the trades say absent",
                "main BTCUSDT: daily_pnl 2026-02-28 USDT fees is 2, the trades say absent",
                "main BTCUSDT: daily_pnl 2026-02-28 USDT trades is 3, the trades say absent",
            ]),
        Corruption(
            statement: "UPDATE trades SET realized_pnl = '2.5' WHERE broker_trade_id = 'b'",
            lines: ["main BTCUSDT: trades b realized_pnl is 2.5, the trades say 3"]),
        Corruption(
            statement: "UPDATE trades SET action = 'BTC' WHERE broker_trade_id = 'b'",
            lines: ["main BTCUSDT: trades b action is BTC, the trades say STC"]),
        Corruption(
            statement: "UPDATE daily_pnl SET realized_pnl_lots = '7' \(firstDay)",
            lines: [
                "main BTCUSDT: daily_pnl 2026-02-19 USDT realized_pnl_lots is 7, the trades say 0"
            ]),
        row("position_lots", "quantity = '3'", 1, "of trade 1 quantity is 3, the trades say 2"),
        row(
            "position_lots", "open_quantity = '0.5'", 1,
            "open of trade 1 open_quantity is 0.5, the trades say 1"),
        row(
            "position_lots", "open_quantity = '0'", 1,
            "open of trade 1 is absent, the trades say a row"),
        row(
            "lot_closures", "realized_pnl = '4'", 2,
            "of lot 1 by trade 2 realized_pnl is 4, the trades say 3"),
        Corruption(
            statement: "DELETE FROM lot_closures WHERE trade_id = 2",
            lines: [
                "main BTCUSDT: lot_closures of lot 1 by trade 2 is absent, the trades say a row"
            ]
        ),
        row(
            "leg_trade_map", "allocated_qty = '2'", 2,
            "trade 2 of campaign 1 allocated_qty is 2, the trades say 1"),
        Corruption(
            statement: "DELETE FROM leg_trade_map WHERE trade_id = 2",
            lines: [
                "main BTCUSDT: leg_trade_map trade 2 of campaign 1 is absent, the trades say a row"
            ]),
        Corruption(
            statement: "UPDATE campaign_legs SET leg_type = 'add' WHERE first_trade_id = 2",
            lines: [
                "main BTCUSDT: campaign_legs 2 of campaign 1 leg_type is add, the trades say reduce"
            ]),
        Corruption(
            statement: "UPDATE campaign_legs SET avg_price = '12' WHERE first_trade_id = 2",
            lines: [
                "main BTCUSDT: campaign_legs 2 of campaign 1 avg_price is 12, the trades say 13"
            ]),
        campaign("max_qty = '5'", "max_qty is 5, the trades say 2"),
        campaign("avg_close_price = NULL", "avg_close_price is none, the trades say 13"),
        campaign("status = 'closed'", "status is closed, the trades say open"),
    ]

    private static func row(
        _ table: String, _ change: String, _ trade: Int, _ line: String
    ) -> Corruption {
        Corruption(
            statement: "UPDATE \(table) SET \(change) WHERE trade_id = \(trade)",
            lines: ["main BTCUSDT: \(table) \(line)"])
    }

    private static func campaign(_ change: String, _ line: String) -> Corruption {
        Corruption(
            statement: "UPDATE position_campaigns SET \(change) WHERE id = 1",
            lines: ["main BTCUSDT: position_campaigns 1 \(line)"])
    }
}
