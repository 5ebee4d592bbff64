import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Small requests that come at the same time are stored together, and none is the worse for it.
struct SharedIngestTests {
    private func request(
        _ fills: [String], portfolio: ExactText? = nil, strategy: String? = nil
    ) -> IngestRequest {
        IngestRequest(
            fills: fills.map { FillReader.fill(fromJSONLine: Array($0.utf8)[...]) },
            portfolio: portfolio,
            strategy: strategy.flatMap(StrategyReference.init(parsing:)).map { .named($0) }
                ?? .leftOut,
            source: .broker)
    }

    private func outcome(
        _ request: IngestRequest, _ world: ServiceWorld, _ authority: Authority
    ) async -> String {
        do {
            let report = try await world.services.trades.ingest(request, as: authority)
            return report.outcomes.map { outcome in
                switch outcome {
                case .accepted: "accepted"
                case .duplicate: "duplicate"
                case .rejected(let refusal): refusal.code.rawValue
                }
            }.joined(separator: " ")
        } catch let error as ServiceError {
            return "refused: \(error.code)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each of many at once gets its own answer`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let authority = try await world.member()
            let expected = await withTaskGroup(of: (String, String).self) { group in
                func add(_ request: IngestRequest, _ expected: String) {
                    group.addTask { (await outcome(request, world, authority), expected) }
                }
                for number in 0..<60 {
                    let fine = fill("t\(number)", "BUY", "1", at: "100")
                    switch number % 6 {
                    case 0: add(request([fine]), "accepted")
                    case 1: add(request([fine], strategy: "s\(number)"), "accepted")
                    case 2: add(request([fine], portfolio: "lost"), "refused: UNKNOWN_PORTFOLIO")
                    case 3:
                        add(
                            request([fine, "{}", fill("t\(number)", "BUY", "2", at: "100")]),
                            "accepted INVALID_FIELD CONFLICT")
                    case 4: add(request([]), "")
                    default:
                        // Says it itself, beside what holds for the others.
                        let own = fill("t\(number)", "SELL", "1", at: "100", portfolio: "main")
                        add(request([own], portfolio: "main", strategy: "x"), "accepted")
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (found, wanted) in expected { #expect(found == wanted) }
            #expect(try await world.count(of: "trades") == 40)
            #expect(try await world.count(of: "strategies") == 11)
            try await world.expectVerified()
        }
    }

    @Test func `of many that post the same fill one is the first, the others are duplicates`()
        async throws
    {
        try await ServiceWorld.run(on: .sqlite) { world in
            let authority = try await world.member()
            let same = request([fill("t", "BUY", "1", at: "1")])
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<200 { group.addTask { await outcome(same, world, authority) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "accepted" } == 1)
            #expect(outcomes.count { $0 == "duplicate" } == 199)
        }
    }

    @Test func `two members' requests never share a unit of work's rights`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let (ada, bob) = (try await world.member(1001), try await world.member(1002))
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let request = request([fill("t\(number)", "BUY", "1", at: "1")])
                        let found = await outcome(request, world, number % 2 == 0 ? ada : bob)
                        #expect(found == "accepted")
                    }
                }
            }
            for authority in [ada, bob] {
                let page = try await world.services.trades.page(TradeQuery(), for: authority)
                #expect(page.trades.count == 20)
            }
        }
    }

    @Test func `a request without a fill that can be read is refused as a whole too`() async throws
    {
        try await ServiceWorld.run(on: .sqlite) { world in
            let authority = try await world.member()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let fine = request([fill("t\(number)", "BUY", "1", at: "1")])
                        #expect(await outcome(fine, world, authority) == "accepted")
                    }
                    group.addTask {
                        let lost = request(number % 2 == 0 ? [] : ["{}"], portfolio: "lost")
                        let found = await outcome(lost, world, authority)
                        #expect(found == "refused: UNKNOWN_PORTFOLIO")
                    }
                }
            }
        }
    }

    @Test func `what one of them breaks is not broken for the others`() async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let world = try await ServiceWorld.make(over: SpoiledDatabase(base: database))
            let authority = try await world.member()
            let ids = ["bad"] + (0..<40).map { "t\($0)" }
            let found = await withTaskGroup(of: (String, String).self) { group in
                for id in ids {
                    group.addTask {
                        let own = request([fill(id, "BUY", "1", at: "1")])
                        return (id, await outcome(own, world, authority))
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (id, outcome) in found { #expect((outcome == "accepted") == (id != "bad")) }
            #expect(try await world.count(of: "trades") == 40)
        }
    }
}

/// One that can't store the trade "bad", nor anything with it.
private struct SpoiledDatabase: Database {
    let base: any Database

    var dialect: Dialect { base.dialect }

    func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await base.write(urgency) { tx in
            let result = try body(tx)
            let spoiled = try tx.query(
                SQL("SELECT name FROM sqlite_schema WHERE name = 'trades'")
            ) { _ in true }
            guard !spoiled.isEmpty else { return result }
            let bad = try tx.first(
                SQL("SELECT COUNT(*) FROM trades WHERE broker_trade_id = 'bad'")
            ) { try $0.integer(0) }
            if bad != 0 { throw StorageError.decoding(column: 0, expected: "anything else") }
            return result
        }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await base.read(body)
    }

    func close() async { await base.close() }
}
