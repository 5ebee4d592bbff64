import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Runs every write twice: the first time it is rolled back, as after a collision.
private struct TwiceDatabase: Database {
    private struct Again: Error {}

    let database: any Database
    var dialect: Dialect { database.dialect }

    func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await database.write { tx in
                _ = try body(tx)
                throw Again()
            }
        } catch is Again {
            return try await database.write(body)
        }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await database.read(body)
    }

    func close() async { await database.close() }
}

struct UnitOfWorkTests {
    private func draw(_ count: Int, in work: UnitOfWork) async throws -> [String] {
        try await work.write { _, draw in (0..<count).map { _ in draw.uid() } }
    }

    @Test(arguments: TestBackend.allCases)
    func `ids are sound UUIDs of version 7`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            await world.world.advance(seconds: 1_234_567.891)
            let form = #/([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
            for uid in try await draw(1000, in: world.services.work) {
                let match = try #require(try form.wholeMatch(in: uid), "\(uid)")
                let milliseconds = try #require(Int64(match.1 + match.2, radix: 16))
                #expect(milliseconds == world.world.now().microseconds / 1000)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `ids of one unit of work sort as they were drawn, and no two are alike`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let work = world.services.work
            let first = try await draw(5000, in: work)
            #expect(first == first.sorted())
            // The same millisecond, another unit of work.
            let second = try await draw(5000, in: work)
            #expect(Set(first + second).count == 10_000)
            await world.world.advance(seconds: 0.001)
            let third = try await draw(2, in: work)
            #expect(try #require(third.first) > max(first[4999], second[4999]))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a body that is run again draws the same instant and ids`(
        _ backend: TestBackend
    ) async throws {
        try await backend.withDatabase { database in
            let world = SeededWorld(seed: 7)
            let work = UnitOfWork(database: TwiceDatabase(database: database), world: world)
            let runs = Lock<[[String]]>([])
            try await work.write { _, draw in
                let drawn = [draw.now.description, draw.uid(), draw.uid()]
                runs.withLock { $0.append(drawn) }
            }
            let drawn = runs.withLock { $0 }
            #expect(drawn.count == 2)
            #expect(drawn[0] == drawn[1])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a service whose every write is run twice stores everything once`(
        _ backend: TestBackend
    ) async throws {
        func run(_ world: ServiceWorld) async throws -> [String] {
            let users = world.services.users
            try await users.ensureAdmins([1])
            _ = try await users.register(
                telegramUserID: 2, username: "ann", update: IncomingUpdate(id: 1))
            _ = try await users.approve(2, by: .owner, update: IncomingUpdate(id: 2))
            let trader = try await world.member(2)
            try await world.addPortfolio("swing", of: trader)
            let token = try await world.services.tokens.create(
                name: "bot", permissions: [.ingest], portfolio: nil, strategy: nil,
                for: trader.caller)
            #expect(try await world.services.tokens.authenticate(token) != nil)
            try await world.post(
                fill("c", "BUY", "1", at: "3", symbol: "C", strategy: "momo"),
                fill("a", "BUY", "1", at: "3", symbol: "A"),
                fill("b", "BUY", "1", at: "3", symbol: "B"), as: trader)
            try await world.addOrder("order", symbol: "A", quantity: 2, brokerID: "o", of: trader)
            try await world.post(
                fill(
                    "d", "SELL", "1", at: "5", symbol: "A", time: "2026-02-01T00:00:00Z",
                    order: "o"),
                as: trader)
            try await world.expectVerified()
            let counts = try await world.rowCounts().map { "\($0.key) \($0.value)" }.sorted()
            let uids = try await world.texts(
                "SELECT uid FROM trades UNION SELECT uid FROM instruments ORDER BY 1")
            let image = try await LedgerImage(of: "main", as: trader, in: world).lines
            let filled = try await world.services.orders.list(for: trader)
                .map { "\($0.filledQuantity)" }
            return counts + uids + image + filled
        }
        let once = try await backend.withDatabase { try await run(try await .make(over: $0)) }
        let twice = try await backend.withDatabase {
            try await run(try await .make(over: TwiceDatabase(database: $0)))
        }
        #expect(once == twice)
    }

    @Test(arguments: TestBackend.allCases)
    func `the same requests under the same seed store the same ids in the same order`(
        _ backend: TestBackend
    ) async throws {
        func run() async throws -> [String] {
            try await ServiceWorld.run(on: backend, seed: 42) { world in
                let trader = try await world.member()
                let fills = (0..<60).map {
                    fill(
                        "t-\($0)", "BUY", "1", at: "3", fee: "1",
                        feeCurrency: $0.isMultiple(of: 3) ? "BNB" : "USDT", symbol: "S\($0 % 20)",
                        strategy: "way \($0 % 7)")
                }
                _ = try await world.ingest(fills, as: trader)
                var ids: [String] = []
                for table in ["strategies", "instruments", "trades", "positions"] {
                    ids += try await world.texts(
                        "SELECT uid || CAST(id AS TEXT) FROM \(table) ORDER BY id")
                }
                let days = try await world.texts(
                    "SELECT currency || CAST(instrument_id AS TEXT) FROM daily_pnl ORDER BY id")
                return ids + days
            }
        }
        let first = try await run()
        #expect(first.count > 200)
        #expect(try await run() == first)
    }
}
