import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// A member who leaves: nothing of theirs stays, or nothing that says who they were.
struct ErasureTests {
    /// Stands in every text that the leaving member could give.
    private static let mark = "zqmark"
    private static let telegramID: Int64 = 7_700_123_456

    private struct Scene {
        let world: ServiceWorld
        let admin: Administrator
        let leaving: Authority
        let other: Authority
        let request: ErasureRequest
    }

    /// An admin, a member who leaves and one who stays, each with something of every kind that
    /// services write.
    private func prepare(_ world: ServiceWorld, _ erasure: Erasure) async throws -> Scene {
        let services = world.services
        let boss = try await world.member(9001, username: "boss", isAdmin: true)
        let admin = try #require(boss.caller.administrator)
        _ = try await services.users.register(
            telegramUserID: Self.telegramID, username: "\(Self.mark)name")
        _ = try await services.users.approve(Self.telegramID, by: admin)
        let leaving = try await world.member(Self.telegramID)
        let other = try await world.member(1002, username: "bob")
        for (authority, mark) in [(leaving, Self.mark), (other, "kept")] {
            let caller = authority.caller
            _ = try await services.portfolios.add(
                name: "\(mark) book", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: caller)
            try await world.post(
                fill("\(mark)1", "BUY", "2", at: "100", portfolio: "\(mark) book"),
                fill(
                    "\(mark)2", "SELL", "2", at: "101", time: "2026-02-20T10:00:00Z",
                    portfolio: "\(mark) book"),
                fill("\(mark)3", "BUY", "1", at: "5", symbol: "ETH", strategy: "\(mark)strat"),
                as: authority)
            _ = try await services.tokens.create(
                name: "\(mark) token", permissions: [.read], portfolio: nil, strategy: nil,
                for: caller)
            _ = try await services.actions.propose(
                kind: "trade", contentJSON: "{\"note\":\"\(mark)\"}", for: caller,
                update: IncomingUpdate(id: caller.userID.raw))
        }
        let asked = try await services.users.askToErase(leaving.caller, erasure)
        #expect(asked == 1)
        let notices = try await services.messages.unsent(limit: 1000)
        let requests = notices.compactMap { notice -> ErasureRequest? in
            guard case .erasureRequest(let request, _)? = Notice(notice) else { return nil }
            return request
        }
        let request = try #require(requests.first)
        #expect(request.username == "\(Self.mark)name" && request.erasure == erasure)
        return Scene(
            world: world, admin: admin, leaving: leaving, other: other, request: request)
    }

    /// Every value of every column of every table, as text, by where it stands.
    private func everything(_ world: ServiceWorld) async throws -> [(place: String, text: String)] {
        var found: [(String, String)] = []
        let tables = try await SchemaImage(of: world.database).tables
        #expect(tables.count > 25)
        for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
            for column in table.columns {
                let texts = try await world.texts(
                    """
                    SELECT CAST(\(column.name) AS TEXT) FROM \(name)
                    WHERE \(column.name) IS NOT NULL
                    """)
                found += texts.map { ("\(name).\(column.name)", $0) }
            }
        }
        return found
    }

    private func counts(
        _ world: ServiceWorld, of userID: UserID
    ) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in try await SchemaImage(of: world.database).tables.keys
        where !SchemaTests.shared.contains(name) {
            counts[name] = try await world.count(of: name, where: "user_id = \(userID.raw)")
        }
        return counts
    }

    @Test(arguments: TestBackend.allCases)
    func `nothing of an erased member is left in any column of any table`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let scene = try await prepare(world, .erase)
            let uid = scene.request.userUID
            let before = try await everything(world)
            #expect(before.contains { $0.text.contains(Self.mark) })
            let others = try await counts(world, of: scene.other.caller.userID)
            #expect(try await world.services.users.erase(scene.request, by: scene.admin))
            for (place, text) in try await everything(world) {
                #expect(!text.contains(Self.mark), "\(place): \(text)")
                #expect(!text.contains("\(Self.telegramID)"), "\(place): \(text)")
                #expect(!text.contains(uid), "\(place): \(text)")
            }
            let own = try await counts(world, of: scene.leaving.caller.userID)
            #expect(own.filter { $0.value > 0 } == [:])
            #expect(try await counts(world, of: scene.other.caller.userID) == others)
            #expect(try await world.services.users.user(telegramUserID: Self.telegramID) == nil)
            // That it happened is on record, by whom and how.
            #expect(
                try await world.count(
                    of: "audit_log",
                    where: "entity_type = 'USER' AND action = 'DELETE' AND user_id IS NOT NULL")
                    == 1)
            #expect(try await !world.services.users.erase(scene.request, by: scene.admin))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an anonymised member leaves the books and no name`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let scene = try await prepare(world, .anonymise)
            let id = scene.leaving.caller.userID
            let before = try await counts(world, of: id)
            let others = try await counts(world, of: scene.other.caller.userID)
            #expect(try await world.services.users.erase(scene.request, by: scene.admin))
            let after = try await counts(world, of: id)
            // Each table is of the books, and stays as it is, or about the person, and is emptied.
            let books: Set<String> = [
                "accounts", "portfolios", "strategies", "orders", "trades", "positions",
                "daily_pnl", "position_campaigns", "campaign_legs", "leg_trade_map",
                "position_lots", "lot_closures", "trade_corrections", "risk_policies",
                "risk_breaches", "audit_log", "strategy_runs", "order_submissions",
                "cash_entries", "equity_days", "trading_stops", "profit_days",
                "brackets", "bracket_orders",
            ]
            for (table, count) in after {
                #expect(count == (books.contains(table) ? before[table] : 0), "\(table)")
            }
            let named = [
                "accounts", "audit_log", "outbox", "pending_actions", "portfolios", "users",
            ]
            for (place, text) in try await everything(world) {
                #expect(!text.contains("\(Self.telegramID)"), "\(place): \(text)")
                guard named.contains(where: { place.hasPrefix("\($0).") }) else { continue }
                #expect(!text.contains(Self.mark), "\(place): \(text)")
            }
            #expect(try await counts(world, of: scene.other.caller.userID) == others)
            #expect(try await world.services.users.user(telegramUserID: Self.telegramID) == nil)
            let users = try await world.services.users.all(for: scene.admin)
            #expect(users.first { $0.id == id }?.state == .deactivated)
            let differences = Lock<[Difference]>([])
            try await Verification(world.services).run(repair: false, as: .owner) { progress in
                differences.withLock { $0 += progress.differences }
            }
            #expect(differences.withLock { $0 } == [])
            // The same person may come again, as somebody new.
            guard
                case .pending(let user, true) = try await world.services.users.register(
                    telegramUserID: Self.telegramID, username: "back")
            else {
                Issue.record("they should be a stranger")
                return
            }
            #expect(user.id != id)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the last admin can't leave, and an admin is asked once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            let boss = try await world.member(9001, username: "boss", isAdmin: true)
            let ada = try await world.member(1001)
            await #expect(throws: ServiceError.self) { try await users.checkMayLeave(boss.caller) }
            await #expect(throws: ServiceError.self) {
                try await users.askToErase(boss.caller, .erase)
            }
            for _ in 0..<3 {
                #expect(try await users.askToErase(ada.caller, .erase) == 1)
            }
            #expect(try await world.count(of: "outbox", where: "kind = 'erase'") == 1)
            #expect(try await world.count(of: "pending_actions") == 1)
            _ = try await world.member(9002, isAdmin: true)
            try await users.checkMayLeave(boss.caller)
            // Another way to leave is another question, and the new admin has not been asked.
            #expect(try await users.askToErase(ada.caller, .erase) == 2)
            #expect(try await users.askToErase(ada.caller, .anonymise) == 2)
            #expect(try await world.count(of: "outbox", where: "kind = 'erase'") == 4)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `two admins who erase each other leave one`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            let first = try await world.member(9001, isAdmin: true)
            let second = try await world.member(9002, isAdmin: true)
            _ = try await users.askToErase(first.caller, .erase)
            _ = try await users.askToErase(second.caller, .erase)
            let notices = try await world.services.messages.unsent(limit: 10)
            let requests = notices.compactMap { notice -> ErasureRequest? in
                guard case .erasureRequest(let request, _)? = Notice(notice) else { return nil }
                return request
            }
            try #require(requests.count == 2)
            await withTaskGroup(of: Void.self) { group in
                for (request, authority) in zip(requests, [second, first]) {
                    guard let admin = authority.caller.administrator else { continue }
                    group.addTask { _ = try? await users.erase(request, by: admin) }
                }
            }
            #expect(try await world.count(of: "users") == 1)
        }
    }
}
