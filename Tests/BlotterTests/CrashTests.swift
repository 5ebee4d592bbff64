import Foundation
import Ledger
import TestSupport
import Testing
import Wire
import World

/// `kill -9` while several clients post: nothing that was answered is lost, nothing is there twice.
@Suite struct CrashTests {
    /// `BLOTTER_TEST_KILLS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["BLOTTER_TEST_KILLS"].flatMap { Int($0) } ?? 4
    private static let clients = 16
    private static let fillsPerRound = 400

    /// What the clients of one round know.
    fileprivate struct Account {
        var acknowledged: Set<String> = []
        var answers = 0
        /// Answers that no request should get.
        var oddities: [String] = []
    }

    @Test(arguments: TestBackend.allCases)
    func `killed again and again while fills are posted, it loses nothing and doubles nothing`(
        _ backend: TestBackend
    ) async throws {
        let seed = TestSeed.draw(for: "kill -9 on \(backend)")
        var random = SeededGenerator(seed: seed)
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            let token = try await blotter.makeToken(portfolio: "binance")
            let settings = ["BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "1000000"]
            try await ServedBlotter.run(on: blotter.databaseURL, settings: settings) { served in
                var all: [PostedFills.Made] = []
                for round in 1...Self.rounds {
                    let fills = try PostedFills(
                        "r\(round)", count: Self.fillsPerRound, using: &random
                    ).fills
                    let account = try await postUntilKilled(
                        fills, to: served, token: token,
                        afterAnswers: Int.random(in: 1...12, using: &random),
                        microseconds: Int.random(in: 0...20_000, using: &random),
                        seed: random.next())
                    #expect(account.oddities == [], "seed \(seed), round \(round)")
                    try await served.start()
                    try await expectKept(
                        account.acknowledged, of: fills, in: served, token: token,
                        "seed \(seed), round \(round)")
                    all += fills
                    try await expectOnce(all, in: served, token: token, "seed \(seed)")
                }
                #expect(try await served.terminate().status == 0)
                let holdings = Set(all.map(\.symbol)).count
                try await blotter.expectVerified(trades: all.count, holdings: holdings)
            }
        }
    }

    /// Several clients post batches, some of the same fills, until the service is killed under
    /// them.
    private func postUntilKilled(
        _ fills: [PostedFills.Made], to served: ServedBlotter, token: String,
        afterAnswers: Int, microseconds: Int, seed: UInt64
    ) async throws -> Account {
        let account = Lock(Account())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<Self.clients {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(client))
                    // Ends with the first request that the service does not survive.
                    while let reply = try? await Self.post(fills, to: served, token, &random) {
                        account.withLock { $0.add(reply.answer, to: reply.batch) }
                    }
                }
            }
            group.addTask {
                while account.withLock({ $0.answers }) < afterAnswers {
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await Task.sleep(for: .microseconds(microseconds))
                try await served.kill()
            }
            try await group.waitForAll()
        }
        return account.withLock { $0 }
    }

    private static func post(
        _ fills: [PostedFills.Made], to served: ServedBlotter, _ token: String,
        _ random: inout SeededGenerator
    ) async throws -> (answer: ServedReply, batch: [PostedFills.Made]) {
        let start = Int.random(in: 0..<fills.count, using: &random)
        let batch = Array(fills[start...].prefix(Int.random(in: 1...60, using: &random)))
        return (try await served.post(PostedFills.body(batch), token: token), batch)
    }

    /// Posts everything once more: what was acknowledged has to be a duplicate, and the rest is
    /// taken now at the latest.
    private func expectKept(
        _ acknowledged: Set<String>, of fills: [PostedFills.Made], in served: ServedBlotter,
        token: String, _ comment: Comment
    ) async throws {
        let reply = try await served.post(PostedFills.body(fills), token: token)
        try #require(reply.status == 200, "\(reply.text)")
        let results = try #require(reply.json["results"]?.array)
        try #require(results.count == fills.count)
        let statuses = zip(fills, results).map { ($0.id, $1["status"]?.string ?? "") }
        let lost = statuses.filter { acknowledged.contains($0.0) && $0.1 != "duplicate" }
        #expect(lost.map(\.0) == [], comment)
        #expect(Set(statuses.map(\.1)).isSubset(of: ["accepted", "duplicate"]), comment)
    }

    private func expectOnce(
        _ fills: [PostedFills.Made], in served: ServedBlotter, token: String, _ comment: Comment
    ) async throws {
        let trades = try await served.allTrades(token: token, limit: 1000)
        let ids = trades.compactMap { $0["broker_trade_id"]?.string }
        #expect(ids.count == fills.count, comment)
        #expect(Set(ids) == Set(fills.map(\.id)), comment)
        let reply = try await served.get("/v1/positions?include_closed=true", token: token)
        let quantities = try PostedFills.quantities(fills)
        let positions = try #require(reply.json["positions"]?.array)
        #expect(positions.count == quantities.count, comment)
        for position in positions {
            let quantity = quantities[position["symbol"]?.string ?? ""]
            #expect(position["quantity"]?.string == quantity?.description, comment)
        }
    }
}

extension CrashTests.Account {
    fileprivate mutating func add(_ reply: ServedReply, to batch: [PostedFills.Made]) {
        let results = reply.json["results"]?.array ?? []
        guard reply.status == 200, results.count == batch.count else {
            oddities.append("\(reply.status) \(reply.text.prefix(300))")
            return
        }
        answers += 1
        for (fill, result) in zip(batch, results) {
            switch result["status"]?.string {
            case "accepted", "duplicate": acknowledged.insert(fill.id)
            default: oddities.append("\(fill.id): \(result)")
            }
        }
    }
}
