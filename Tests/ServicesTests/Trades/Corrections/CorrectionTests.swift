import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// Trades that were not as reported: the ledger ends as if they had never been.
struct CorrectionTests {
    @Test(arguments: TestBackend.allCases, CorrectionScenario.all)
    func `the ledger ends as if only the last word had come`(
        _ backend: TestBackend, _ scenario: CorrectionScenario
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("straight", of: trader)
            #expect(
                try await world.ingest(scenario.fills, as: trader).accepted
                    == scenario.fills.count)
            for (number, correction) in scenario.corrections.enumerated() {
                let report = try await world.correct(
                    correction, id: "c-\(number)", as: trader)
                #expect(!report.isDuplicate)
                try await world.expectVerified()
            }
            #expect(
                try await world.ingest(
                    scenario.finals, portfolio: "straight", as: trader
                ).accepted == scenario.finals.count)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(image == (try await LedgerImage(of: "straight", as: trader, in: world)))
            #expect(image.lines.isEmpty == scenario.finals.isEmpty)
            // And goes on from there as if nothing had happened.
            let next = fill("z", "SELL", "1", at: "1", time: "2026-03-01T00:00:00Z")
            for portfolio in ["main", "straight"] as [ExactText] {
                let report = try await world.ingest([next], portfolio: portfolio, as: trader)
                #expect(report.accepted == 1)
            }
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == (try await LedgerImage(of: "straight", as: trader, in: world)))
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a correction is answered with both trades, and kept with what was, why and who`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "100", fee: "1", extra: #""meta":{"note":"x"}"#),
                as: trader)
            let first = try await world.uid(of: "a")
            let corrected = try await world.correct(
                .correct("a", price: "99.50", time: "2026-02-19T15:32:00.5+01:00", reason: "IBKR"),
                as: trader)
            let second = try await world.uid(of: "a", revision: 1)
            #expect(corrected.correctionID == "c-1")
            #expect(corrected.action == .correct)
            #expect(corrected.tradeUID == first)
            #expect(corrected.replacementUID == second)
            let busted = try await world.correct(.bust("a"), id: "c-2", as: trader)
            #expect((busted.action, busted.tradeUID) == (.bust, second))
            #expect(busted.replacementUID == nil)

            func json(_ column: String, _ table: String) async throws -> [JSONValue] {
                try await world.texts(
                    "SELECT \(column) FROM \(table) ORDER BY id"
                ).map { try JSONValue(parsing: $0) }
            }
            func sorted(_ value: JSONValue) -> String { value.canonical }
            #expect(
                try await json("was_json", "trade_corrections").map(sorted)
                    == [
                        [
                            "quantity": "2", "price": "100", "fee": "1",
                            "fee_currency": "USDT", "exec_time": "2026-02-19T14:32:00.000000Z",
                        ],
                        [
                            "quantity": "2", "price": "99.5", "fee": "1",
                            "fee_currency": "USDT", "exec_time": "2026-02-19T14:32:00.500000Z",
                        ],
                    ].map { (value: JSONValue) in sorted(value) })
            #expect(
                try await json("request_json", "trade_corrections").map(sorted)
                    == [
                        [
                            "broker_trade_id": "a", "action": "correct", "quantity": nil,
                            "price": "99.5", "fee": nil, "fee_currency": nil,
                            "exec_time": "2026-02-19T14:32:00.500000Z", "reason": "IBKR",
                        ],
                        [
                            "broker_trade_id": "a", "action": "bust", "quantity": nil, "price": nil,
                            "fee": nil, "fee_currency": nil, "exec_time": nil, "reason": nil,
                        ],
                    ].map { (value: JSONValue) in sorted(value) })
            #expect(
                try await world.texts(
                    """
                    SELECT correction_id || ' ' || made_through || ' ' || COALESCE(reason, '-')
                        || ' ' || (SELECT telegram_user_id FROM users u WHERE u.id = user_id)
                    FROM trade_corrections ORDER BY id
                    """) == ["c-1 http IBKR 1001", "c-2 http - 1001"])
            let audit = try await json(
                "details_json",
                "audit_log WHERE entity_type = 'TRADE' AND action = 'UPDATE'")
            #expect(
                audit.map(sorted)
                    == [
                        [
                            "action": "correct", "broker_trade_id": "a", "correction_id": "c-1",
                            "replacement_uid": .string(ExactText(second)), "through": "http",
                            "reason": "IBKR",
                        ],
                        [
                            "action": "bust", "broker_trade_id": "a", "correction_id": "c-2",
                            "replacement_uid": nil, "through": "http", "reason": nil,
                        ],
                    ].map { (value: JSONValue) in sorted(value) })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a replacement keeps all that the correction does not name`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill(
                    "a", "SELL", "2", at: "100", fee: "1", feeCurrency: "BNB", order: "o-1",
                    strategy: "momo",
                    extra: #""client_order_id":"mine","meta":{"note":"x"}"#), as: trader)
            try await world.execute(
                """
                UPDATE trades SET commission = '0.75', net_amount = '-199', delta = '0.5',
                    reason = 'breakout', source = 'import'
                """)
            try await world.correct(.correct("a", quantity: "3"), as: trader)
            let columns = """
                strategy_id || ' ' || instrument_id || ' ' || side || ' ' || fee_currency || ' '
                    || broker_order_id || ' ' || client_order_id || ' ' || source || ' '
                    || CAST(meta_json AS TEXT) || ' ' || reason
                """
            let kept = try await world.texts("SELECT \(columns) FROM trades ORDER BY revision")
            #expect(kept.count == 2 && Set(kept).count == 1)
            let page = try await world.services.trades.page(TradeQuery(), for: trader)
            #expect(
                page.trades.map(\.commission) == [
                    try Decimal(parsing: "0.75"), try Decimal(parsing: "0.75"),
                ])
            #expect(page.trades.map(\.netAmount) == [-199, -199])
            #expect(
                page.trades.map(\.delta) == [
                    try Decimal(parsing: "0.5"), try Decimal(parsing: "0.5"),
                ])
            #expect(page.trades.map(\.quantity) == [3, 2])
            #expect(page.trades.map(\.price) == [100, 100])
            #expect(page.trades.map(\.fee) == [1, 1])
            #expect(Set(page.trades.map(\.execTime)).count == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the list tells what is in force and what stands for the others`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "100", time: "2026-02-19T10:00:00Z"),
                fill("b", "SELL", "1", at: "110", time: "2026-02-19T11:00:00Z"),
                fill("c", "SELL", "1", at: "120", time: "2026-02-19T12:00:00Z"), as: trader)
            try await world.correct(.correct("a", price: "90"), id: "1", as: trader)
            try await world.correct(.bust("b"), id: "2", as: trader)
            try await world.correct(.bust("c"), id: "3", as: trader)
            try await world.correct(.correct("c", price: "121"), id: "4", as: trader)
            let bust = try await world.texts(
                "SELECT uid FROM trade_corrections WHERE correction_id = '2'")
            let trades = try await world.services.trades.page(TradeQuery(), for: trader).trades
            #expect(trades.map(\.brokerTradeID) == ["c", "c", "b", "a", "a"])
            #expect(
                trades.map(\.supersession) == [
                    nil, .corrected(tradeUID: try await world.uid(of: "c", revision: 1)),
                    .busted(correctionUID: bust[0]), nil,
                    .corrected(tradeUID: try await world.uid(of: "a", revision: 1)),
                ])
            #expect(
                trades.map(\.action) == [.sellToClose, nil, nil, .buyToOpen, nil])
            #expect(trades.map(\.realizedPnL) == [31, 0, 0, 0, 0])
            let pages = try await world.services.trades.page(TradeQuery(limit: 2), for: trader)
            let rest = try await world.services.trades.page(
                TradeQuery(cursor: pages.next), for: trader)
            #expect(pages.trades + rest.trades == trades)
            let pnl = try await world.texts("SELECT CAST(SUM(trades) AS TEXT) FROM daily_pnl")
            #expect(pnl == ["2"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was corrected may be reported again as it was and as it is`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let first = fill("a", "BUY", "2", at: "100")
            try await world.post(first, fill("b", "SELL", "1", at: "110"), as: trader)
            try await world.correct(.correct("a", quantity: "3"), id: "1", as: trader)
            try await world.correct(.correct("a", price: "101"), id: "2", as: trader)
            try await world.correct(.bust("b"), id: "3", as: trader)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            let counts = try await world.rowCounts()
            let report = try await world.ingest(
                [
                    first, fill("a", "BUY", "3", at: "100"), fill("a", "BUY", "3", at: "101"),
                    fill("a", "BUY", "2", at: "101"), fill("b", "SELL", "1", at: "110"),
                    fill("b", "SELL", "1", at: "111"),
                ], as: trader)
            #expect(
                report.words == [
                    "duplicate", "duplicate", "duplicate", "CONFLICT quantity", "duplicate",
                    "CONFLICT price",
                ])
            let uids = report.outcomes.prefix(3).map { outcome in
                if case .duplicate(let uid) = outcome { uid } else { "" }
            }
            var expected: [String] = []
            for revision in 0...2 {
                expected.append(try await world.uid(of: "a", revision: revision))
            }
            #expect(uids == expected)
            #expect(try await world.rowCounts() == counts)
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `where a rebuild is due a correction makes the holding anew`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("straight", of: trader)
            let fills = [
                fill("a", "BUY", "2", at: "100", time: "2026-02-19T10:00:00Z"),
                fill("b", "SELL", "3", at: "110", time: "2026-02-19T11:00:00Z"),
                fill("c", "BUY", "1", at: "120", time: "2026-02-19T12:00:00Z"),
            ]
            _ = try await world.ingest(fills, as: trader)
            // As a database is right after the migration that brought campaigns.
            for table in [
                "lot_closures", "position_lots", "leg_trade_map", "campaign_legs",
                "position_campaigns",
            ] {
                try await world.execute("DELETE FROM \(table)")
            }
            try await world.execute(
                "UPDATE portfolios SET is_rebuild_due = $1", [.bool(true)])
            try await world.correct(.correct("b", quantity: "2"), id: "1", as: trader)
            try await world.correct(.bust("c"), id: "2", as: trader)
            _ = try await world.ingest(
                [fills[0], fill("b", "SELL", "2", at: "110", time: "2026-02-19T11:00:00Z")],
                portfolio: "straight", as: trader)
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == (try await LedgerImage(of: "straight", as: trader, in: world)))
            try await world.expectVerified()
        }
    }
}
