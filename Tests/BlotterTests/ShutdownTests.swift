import TestSupport
import Testing
import Wire
import World

/// The end that an operator asks for.
@Suite struct ShutdownTests {
    @Test(arguments: TestBackend.allCases)
    func `asked to end while fills are posted, it answers what it took and ends well`(
        _ backend: TestBackend
    ) async throws {
        let seed = TestSeed.draw(for: "SIGTERM on \(backend)")
        var random = SeededGenerator(seed: seed)
        let fills = try PostedFills("s", count: 5000, using: &random).fills
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            let token = try await blotter.makeToken()
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                let acknowledged = try await post(fills, to: served, token)
                let ending = try await served.terminate()
                #expect(ending.status == 0, "\(ending.complaints)")
                try await served.start()
                let stored = try await served.allTrades(token: token, limit: 1000)
                    .compactMap { $0["broker_trade_id"]?.string }
                #expect(Set(stored).count == stored.count, "seed \(seed)")
                #expect(acknowledged.subtracting(stored) == [], "seed \(seed)")
                try await blotter.expectVerified(
                    trades: stored.count,
                    holdings: Set(fills.filter { Set(stored).contains($0.id) }.map(\.symbol)).count
                )
            }
        }
    }

    /// Posts in batches until the service takes no more, after it was asked to end in the middle.
    private func post(
        _ fills: [PostedFills.Made], to served: ServedBlotter, _ token: String
    ) async throws -> Set<String> {
        let acknowledged = Lock<Set<String>>([])
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<3 {
                group.addTask {
                    for start in stride(from: client * 20, to: fills.count, by: 60) {
                        let batch = fills[start..<min(start + 20, fills.count)]
                        let reply = try? await served.post(PostedFills.body(batch), token: token)
                        guard let reply, reply.status == 200 else { return }
                        acknowledged.withLock { $0.formUnion(batch.map(\.id)) }
                        if start > 1000 { served.askToEnd() }
                    }
                }
            }
        }
        return acknowledged.withLock { $0 }
    }

    @Test func `a client that does not go on cannot keep it from ending`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let token = try await blotter.makeToken()
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                try await served.withHalfSentFills(token: token) {
                    let ending = try await served.terminate(withinSeconds: 30)
                    #expect(ending.status == 0, "\(ending.complaints)")
                }
            }
        }
    }
}
