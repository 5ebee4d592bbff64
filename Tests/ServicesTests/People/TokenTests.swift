import Hashing
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// API tokens.
struct TokenTests {
    private func make(
        _ name: String = "bot", permissions: Set<Authority.Permission> = [.read],
        portfolio: ExactText? = nil, for trader: Authority, in world: ServiceWorld
    ) async throws -> String {
        try await world.services.tokens.create(
            name: name, permissions: permissions, portfolio: portfolio, strategy: nil,
            for: trader.caller)
    }

    @Test(arguments: TestBackend.allCases)
    func `a token is made of letters and digits, and each is another`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            var tokens: Set<String> = []
            for number in 0..<20 {
                let token = try await make("bot \(number)", for: trader, in: world)
                #expect(try #/blt_[0-9A-Za-z]{49}/#.wholeMatch(in: token) != nil)
                tokens.insert(token)
            }
            #expect(tokens.count == 20)
            #expect(try await world.services.tokens.live(for: trader.caller).count == 20)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token stands nowhere in the database, only its hash does`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let token = try await make(for: trader, in: world)
            let secret = String(token.dropFirst(4))
            let hash = SHA256.hex(token)
            var places: [String] = []
            for (table, column) in try await columns(in: world) {
                let holds = { (text: String) in
                    try await world.count(
                        of: table, where: "CAST(\"\(column)\" AS TEXT) LIKE '%\(text)%'") > 0
                }
                #expect(try await !holds(secret), "\(table).\(column)")
                if try await holds(hash) { places.append("\(table).\(column)") }
            }
            #expect(places == ["api_tokens.token_hash"])
        }
    }

    /// Every column of every table.
    private func columns(in world: ServiceWorld) async throws -> [(table: String, column: String)] {
        let text =
            switch world.database.dialect {
            case .sqlite:
                """
                SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                WHERE t.type = 'table'
                """
            case .postgres:
                """
                SELECT table_name::text, column_name::text FROM information_schema.columns
                WHERE table_schema = 'public'
                """
            }
        let columns = try await world.database.read { tx in
            try tx.query(SQL(text)) { (try $0.text(0), try $0.text(1)) }
        }
        #expect(columns.count > 200)
        return columns
    }

    @Test(arguments: TestBackend.allCases)
    func `a token opens what it was made for`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member(isAdmin: true)
            try await world.addPortfolio("swing", of: trader)
            let momo = try #require(StrategyReference(parsing: "momo@2"))
            let token = try await world.services.tokens.create(
                name: "narrow", permissions: [.ingest, .read], portfolio: "swing", strategy: momo,
                for: trader.caller)
            let portfolios = try await world.services.portfolios.all(for: trader.caller)
            let strategy = try #require(
                try await world.services.strategies.all(for: trader.caller).first)
            #expect(strategy.reference == "momo@2")
            let user = try #require(try await world.services.users.user(telegramUserID: 1001))
            #expect(
                try await world.services.tokens.authenticate(token)
                    == Authority(
                        caller: trader.caller, userUID: user.uid, permissions: [.ingest, .read],
                        portfolioID: portfolios.first { $0.name == "swing" }?.id,
                        strategyID: strategy.id))
            let wide = try await make(permissions: [.trade], for: trader, in: world)
            #expect(
                try await world.services.tokens.authenticate(wide)
                    == Authority(
                        caller: trader.caller, userUID: user.uid, permissions: [.trade]))
            let records = try await world.services.tokens.live(for: trader.caller)
            #expect(records.map(\.name) == ["narrow", "bot"])
            #expect(records.map(\.scopes) == ["ingest,read", "trade"])
            #expect(records.map(\.portfolioName) == ["swing", nil])
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'TOKEN' AND action = 'CREATE'") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is no token, or none of ours, opens nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let token = try await make(for: trader, in: world)
            var wrong = ["", "blt_", "blt_" + String(repeating: "0", count: 49), token + "0"]
            wrong.append(String(token.dropLast()))
            wrong.append("BLT_" + token.dropFirst(4))
            wrong.append(token.dropLast() + "\u{E9}")
            // A typing error anywhere is noticed.
            for place in [4, 20, 46, 47, 52] {
                var letters = Array(token)
                letters[place] = letters[place] == "a" ? "b" : "a"
                wrong.append(String(letters))
            }
            for text in wrong {
                #expect(try await world.services.tokens.authenticate(text) == nil, "\(text)")
            }
            // A sound one of another installation.
            let foreign = try await ServiceWorld.run(on: .sqlite, seed: 2) { other in
                try await make(for: try await other.member(), in: other)
            }
            #expect(try await world.services.tokens.authenticate(foreign) == nil)
            #expect(try await world.services.tokens.authenticate(token) != nil)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a revoked token opens nothing, and its name is free again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let tokens = world.services.tokens
            var all: [String] = []
            for _ in 0..<3 {
                all.append(try await make(for: trader, in: world))
                let taken = await #expect(throws: ServiceError.self) {
                    try await make(for: trader, in: world)
                }
                #expect(taken?.code == "NAME_TAKEN")
                try await tokens.revoke(named: "bot", for: trader.caller)
                #expect(try await tokens.live(for: trader.caller).isEmpty)
                let gone = await #expect(throws: ServiceError.self) {
                    try await tokens.revoke(named: "bot", for: trader.caller)
                }
                #expect(gone?.code == "UNKNOWN_TOKEN")
            }
            for token in all { #expect(try await tokens.authenticate(token) == nil) }
            #expect(try await world.count(of: "api_tokens") == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token ends with its owner's membership and with its own time`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let token = try await make(for: trader, in: world)
            try await world.execute(
                "UPDATE api_tokens SET expires_at = '2026-01-01T00:00:01.000000Z'")
            #expect(try await world.services.tokens.authenticate(token) != nil)
            try await world.execute("UPDATE users SET is_active = $1", [.bool(false)])
            #expect(try await world.services.tokens.authenticate(token) == nil)
            try await world.execute("UPDATE users SET is_active = $1", [.bool(true)])
            await world.world.advance(seconds: 1)
            #expect(try await world.services.tokens.authenticate(token) == nil)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token can't be made for what is not the caller's, or without a name or use`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("secret", of: other)
            let before = try await world.rowCounts()
            let notMine = await #expect(throws: ServiceError.self) {
                try await make(portfolio: "secret", for: trader, in: world)
            }
            #expect(notMine?.kind == .notFound)
            let useless = await #expect(throws: ServiceError.self) {
                try await make(permissions: [], for: trader, in: world)
            }
            #expect(useless?.field == "scope")
            for name in ["", " a", "a ", "a\nb", "a\u{0}", String(repeating: "x", count: 65)] {
                let nameless = await #expect(throws: ServiceError.self) {
                    try await make(name, for: trader, in: world)
                }
                #expect(nameless?.field == "name", "\(name)")
            }
            #expect(try await world.rowCounts() == before)
            // Another user's token of the same name is another one.
            _ = try await make(for: trader, in: world)
            _ = try await make(for: other, in: world)
            let revoked = await #expect(throws: ServiceError.self) {
                try await world.services.tokens.revoke(named: "none", for: other.caller)
            }
            #expect(revoked?.kind == .notFound)
            try await world.services.tokens.revoke(named: "bot", for: other.caller)
            #expect(try await world.services.tokens.live(for: trader.caller).count == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a user has no more tokens than the limit`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            for number in 0..<Limits.tokensPerUser {
                _ = try await make("bot \(number)", for: trader, in: world)
            }
            let full = await #expect(throws: ServiceError.self) {
                try await make("one more", for: trader, in: world)
            }
            #expect(full?.kind == .limit)
            try await world.services.tokens.revoke(named: "bot 7", for: trader.caller)
            _ = try await make("one more", for: trader, in: world)
        }
    }
}

extension TokenTests {
    @Test(arguments: TestBackend.allCases)
    func `a token ends by itself, and its name is free then`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            func make(_ days: Int?) async throws -> String {
                try await world.services.tokens.create(
                    name: "short", permissions: [.read], portfolio: nil, strategy: nil,
                    lifetimeDays: days, for: trader.caller)
            }
            let token = try await make(2)
            await world.world.advance(seconds: 2 * 86_400 - 1)
            #expect(try await world.services.tokens.authenticate(token) != nil)
            await #expect(throws: ServiceError.self) { try await make(nil) }
            await world.world.advance(seconds: 1)
            #expect(try await world.services.tokens.authenticate(token) == nil)
            let next = try await make(nil)
            #expect(try await world.services.tokens.authenticate(next) != nil)
            #expect(try await world.services.tokens.authenticate(token) == nil)
            for days in [0, -1, 3651] {
                await #expect {
                    try await make(days)
                } throws: { ($0 as? ServiceError)?.field == "expires_in_days" }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the last use is known to the minute`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let token = try await world.services.tokens.create(
                name: "bot", permissions: [.read], portfolio: nil, strategy: nil,
                for: trader.caller)
            func lastUse() async throws -> Timestamp? {
                try await world.services.tokens.live(for: trader.caller).first?.lastUsedAt
            }
            #expect(try await lastUse() == nil)
            let first = world.world.now()
            for _ in 1...3 {
                _ = try await world.services.tokens.authenticate(token)
                #expect(try await lastUse() == first)
                await world.world.advance(seconds: 20)
            }
            await world.world.advance(seconds: 1)
            _ = try await world.services.tokens.authenticate(token)
            #expect(try await lastUse() == world.world.now())
        }
    }
}
