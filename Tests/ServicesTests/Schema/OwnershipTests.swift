import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// No row of one user can point at another's, not even by SQL that goes past every service.
struct OwnershipTests {
    private static let time = "'2026-01-02T00:00:00.000000Z'"

    /// One row of user `n` in each owned table, all with the id `n`.
    private static func rows(of n: Int) -> [String] {
        let who = "\(n), '\(n)', \(n)"
        return [
            """
            INSERT INTO users (id, uid, telegram_user_id, created_at)
            VALUES (\(n), '\(n)', '\(n)', \(time))
            """,
            """
            INSERT INTO accounts (id, uid, user_id, broker_id, name, created_at)
            VALUES (\(who), 1, 'a', \(time))
            """,
            """
            INSERT INTO portfolios (id, uid, user_id, account_id, name, created_at)
            VALUES (\(who), \(n), 'p', \(time))
            """,
            """
            INSERT INTO strategies (id, uid, user_id, name, created_at)
            VALUES (\(who), 's', \(time))
            """,
            """
            INSERT INTO orders (id, uid, user_id, portfolio_id, instrument_id, strategy_id, side,
                type, status, quantity, placed_at, updated_at)
            VALUES (\(who), \(n), 1, \(n), 'BUY', 'MARKET', 'NEW', '1', \(time), \(time))
            """,
            """
            INSERT INTO trades (id, uid, user_id, portfolio_id, instrument_id, strategy_id,
                order_id, side, quantity, price, notional, fee_currency, exec_time,
                broker_trade_id, source, created_at)
            VALUES (\(who), \(n), 1, \(n), \(n), 'BUY', '1', '1', '1', 'USD', \(time), 't',
                'broker', \(time))
            """,
            """
            INSERT INTO positions (id, uid, user_id, portfolio_id, instrument_id, strategy_id,
                quantity, cost, updated_at, last_broker_trade_id)
            VALUES (\(who), \(n), 1, \(n), '1', '1', \(time), 't')
            """,
            """
            INSERT INTO daily_pnl (id, user_id, portfolio_id, instrument_id, strategy_id, day,
                currency, realized_pnl, fees, trades)
            VALUES (\(n), \(n), \(n), 1, \(n), '2026-01-02', 'USD', '0', '0', 1)
            """,
            """
            INSERT INTO position_campaigns (id, uid, user_id, portfolio_id, instrument_id,
                strategy_id, direction, status, opened_at, opening_broker_trade_id, opening_qty,
                qty_opened, qty_closed, max_qty, opened_cost, closed_notional, avg_open_price,
                realized_pnl, num_fills, legs_count, source, updated_at)
            VALUES (\(who), \(n), 1, \(n), 'long', 'open', \(time), 't', '1', '1', '0', '1', '1',
                '0', '1', '0', 1, 1, 'broker', \(time))
            """,
            """
            INSERT INTO campaign_legs (campaign_id, first_trade_id, uid, user_id, leg_number,
                leg_type, side, quantity, notional, avg_price, started_at, ended_at, fill_count,
                created_at)
            VALUES (\(n), \(n), '\(n)', \(n), 1, 'open', 'BUY', '1', '1', '1', \(time), \(time),
                1, \(time))
            """,
            """
            INSERT INTO leg_trade_map (campaign_id, trade_id, first_trade_id, user_id,
                allocated_qty)
            VALUES (\(n), \(n), \(n), \(n), '1')
            """,
            """
            INSERT INTO position_lots (campaign_id, trade_id, user_id, opened_at, broker_trade_id,
                quantity, cost, open_quantity, open_cost)
            VALUES (\(n), \(n), \(n), \(time), 't', '1', '1', '1', '1')
            """,
            """
            INSERT INTO lot_closures (campaign_id, trade_id, lot_trade_id, user_id, quantity, cost,
                proceeds, realized_pnl)
            VALUES (\(n), \(n), \(n), \(n), '1', '1', '1', '0')
            """,
            """
            INSERT INTO trade_corrections (id, uid, user_id, portfolio_id, correction_id, action,
                trade_id, replacement_trade_id, request_json, was_json, made_through, created_at)
            VALUES (\(who), \(n), 'c', 'correct', \(n), \(n), '{}', '{}', 'http', \(time))
            """,
            """
            INSERT INTO risk_policies (id, uid, user_id, scope_type, scope_id, portfolio_id, name,
                config_json, created_at)
            VALUES (\(who), 'PORTFOLIO', \(n), \(n), 'r', '{}', \(time))
            """,
            """
            INSERT INTO risk_breaches (id, uid, user_id, policy_id, portfolio_id, observed_json,
                action, created_at)
            VALUES (\(who), \(n), \(n), '{}', 'WARNED', \(time))
            """,
            """
            INSERT INTO alerts (id, uid, user_id, portfolio_id, name, type, config_json, created_at)
            VALUES (\(who), \(n), 'a', 'PRICE', '{}', \(time))
            """,
            """
            INSERT INTO schedules (id, uid, user_id, name, cron, created_at)
            VALUES (\(who), 'c', '* * * * *', \(time))
            """,
            """
            INSERT INTO screeners (id, uid, user_id, name, config_json, created_at)
            VALUES (\(who), 'c', '{}', \(time))
            """,
            """
            INSERT INTO audit_log (id, user_id, entity_type, action, details_json, created_at)
            VALUES (\(n), \(n), 'ORDER', 'CREATE', '{}', \(time))
            """,
            """
            INSERT INTO outbox (id, uid, user_id, chat_id, kind, payload_json, created_at)
            VALUES (\(who), 1, 'k', '{}', \(time))
            """,
            """
            INSERT INTO api_tokens (id, uid, user_id, name, token_hash, scopes, portfolio_id,
                strategy_id, created_at)
            VALUES (\(who), 't', 'h\(n)', 'read', \(n), \(n), \(time))
            """,
            """
            INSERT INTO pending_actions (id, uid, user_id, update_id, kind, content_json,
                created_at, expires_at)
            VALUES (\(who), 1, 'k', '{}', \(time), \(time))
            """,
            """
            INSERT INTO strategy_runs (id, uid, user_id, strategy_id, status, started_at,
                last_beat_at)
            VALUES (\(who), \(n), 'RUNNING', \(time), \(time))
            """,
            """
            INSERT INTO hooks (id, uid, user_id, portfolio_id, strategy_id, name, kind,
                secret_hash, created_at)
            VALUES (\(who), \(n), \(n), 'h', 'freqtrade', 's\(n)', \(time))
            """,
            """
            INSERT INTO hook_positions (hook_id, symbol, user_id, direction, alert_identity,
                alerted_at)
            VALUES (\(n), 'S', \(n), 'flat', 'i', \(time))
            """,
            "INSERT INTO user_settings (user_id) VALUES (\(n))",
            """
            INSERT INTO fill_news (portfolio_id, user_id, first_trade_id, since)
            VALUES (\(n), \(n), \(n), \(time))
            """,
            """
            INSERT INTO order_submissions (id, user_id, order_id, kind, due_at, created_at,
                updated_at)
            VALUES (\(n), \(n), \(n), 'PLACE', \(time), \(time), \(time))
            """,
            """
            INSERT INTO cash_entries (id, uid, user_id, account_id, kind, currency, amount,
                created_at)
            VALUES (\(who), \(n), 'DEPOSIT', 'USD', '1', \(time))
            """,
            """
            INSERT INTO equity_days (user_id, portfolio_id, day, currency, opening, highest,
                lowest, closing, deposits, updated_at)
            VALUES (\(n), \(n), '2026-01-02', 'USD', '1', '1', '1', '1', '1', \(time))
            """,
            """
            INSERT INTO trading_stops (id, uid, user_id, portfolio_id, set_by, state, reason,
                created_at)
            VALUES (\(who), \(n), 'USER', 'HALTED', 'r', \(time))
            """,
            """
            INSERT INTO profit_days (id, user_id, strategy_id, day, currency, opening, highest,
                lowest, closing, deposits, updated_at)
            VALUES (\(n), \(n), \(n), '2026-01-02', 'USD', '1', '1', '1', '1', '0', \(time))
            """,
            """
            INSERT INTO brackets (id, uid, user_id, portfolio_id, instrument_id, strategy_id,
                gateway, entry_order_id, exit_side, status, created_at, updated_at)
            VALUES (\(who), \(n), 1, \(n), 'G', \(n), 'SELL', 'PENDING', \(time), \(time))
            """,
            """
            INSERT INTO bracket_orders (order_id, user_id, bracket_id, role)
            VALUES (\(n), \(n), \(n), 'STOP')
            """,
        ]
    }

    private func prepare(_ world: ServiceWorld) async throws -> [String: SchemaImage.Table] {
        try await world.execute(
            """
            INSERT INTO instruments (id, uid, symbol, asset_type, currency, created_at)
            VALUES (1, 'i', 'I', 'EQUITY', 'USD', \(Self.time))
            """)
        for user in [1, 2] {
            for statement in Self.rows(of: user) { try await world.execute(statement) }
            try await world.execute(
                """
                INSERT INTO hook_deliveries (id, uid, user_id, hook_id, status, identity, body,
                    received_at)
                VALUES (\(user), 'd\(user)', \(user), \(user), 'QUARANTINED', 'i', $1, \(Self.time))
                """, [.blob([])])
        }
        let tables = try await SchemaImage(of: world.database).tables
            .filter { !SchemaTests.shared.contains($0.key) }
        for name in tables.keys {
            #expect(
                try await world.count(of: name, where: "user_id = 2") == 1,
                "this test has to put a row into \(name)")
        }
        return tables
    }

    /// Whether the schema refused the statement.
    private func isRefused(_ statement: String, in world: ServiceWorld) async throws -> Bool {
        do {
            try await world.execute(statement)
            return false
        } catch StorageError.constraint {
            return true
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a row can't be made to refer to another user's`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let tables = try await prepare(world)
            var count = 0
            for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
                for key in table.foreignKeys where key.columns.count == 2 {
                    let column = key.columns[1]
                    let statement = "UPDATE \(name) SET \(column) = 1 WHERE user_id = 2"
                    #expect(try await isRefused(statement, in: world), "\(statement)")
                    count += 1
                }
            }
            #expect(count > 25)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a row that refers to its user's can't be given to another`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let tables = try await prepare(world)
            for (name, table) in tables.sorted(by: { $0.key < $1.key })
            where table.foreignKeys.contains(where: { $0.columns.count == 2 }) {
                // Unless the names in it collide first, which refuses it as well.
                let statement = "UPDATE \(name) SET user_id = 1 WHERE user_id = 2"
                #expect(try await isRefused(statement, in: world), "\(statement)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a policy's scope can't be another user's`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            _ = try await prepare(world)
            for (kind, scope, portfolio, strategy) in [
                ("USER", "1", "NULL", "NULL"), ("PORTFOLIO", "1", "1", "NULL"),
                ("PORTFOLIO", "1", "2", "NULL"), ("STRATEGY", "1", "NULL", "1"),
                ("STRATEGY", "1", "NULL", "2"),
            ] {
                let statement = """
                    INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, portfolio_id,
                        strategy_id, name, config_json, created_at)
                    VALUES ('x', 2, '\(kind)', \(scope), \(portfolio), \(strategy), 'x', '{}',
                        \(Self.time))
                    """
                #expect(try await isRefused(statement, in: world), "\(kind)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `with a user goes all that is theirs, and nothing of others`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let tables = try await prepare(world)
            try await world.execute("DELETE FROM users WHERE id = 2")
            for name in tables.keys {
                #expect(try await world.count(of: name, where: "user_id = 2") == 0, "\(name)")
                #expect(try await world.count(of: name, where: "user_id = 1") == 1, "\(name)")
            }
            // What was done stays on record.
            #expect(try await world.count(of: "audit_log") == 2)
        }
    }
}
