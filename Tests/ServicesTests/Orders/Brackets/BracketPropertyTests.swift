import Ledger
import TestSupport
import Testing

/// Any interleaving of quotes, entries with exits, partial fills, cancels, closes, changes, fills
/// from elsewhere and restarts: no exit crosses zero, none is left without its position.
struct BracketPropertyTests {
    private func run(
        _ seed: UInt64, _ hearing: BracketStory.Hearing, on backend: TestBackend, steps: Int
    ) async throws -> [String: Int] {
        try await ServiceWorld.run(on: backend, seed: seed) { world in
            var story = try await BracketStory(
                BracketScene(world, honoursGroups: true), hearing, seed: seed)
            for step in 0..<steps {
                do {
                    try await story.go()
                } catch {
                    throw BracketStory.Wrong(
                        description: "Seed \(seed), step \(step): \(error). Again:"
                            + " BLOTTER_TEST_FIRST_SEED=\(seed) BLOTTER_TEST_SEEDS=1\n"
                            + story.log.suffix(60).joined(separator: "\n"))
                }
            }
            do {
                try await story.settle()
                try await story.checkSettled()
            } catch {
                throw BracketStory.Wrong(description: "Seed \(seed), at the end: \(error)")
            }
            try await world.expectVerified()
            return story.counts
        }
    }

    private func run(
        _ hearing: BracketStory.Hearing, on backend: TestBackend = .sqlite, seeds: Int
    ) async throws {
        var counts: [String: Int] = [:]
        for seed in Seeds.range(count: seeds) {
            counts.merge(try await run(seed, hearing, on: backend, steps: 60)) { $0 + $1 }
        }
        guard Seeds.range(count: seeds).count == seeds else { return }
        for name in ["exit", "canceled", "replaced", "triggered", "stopMoved", "restart", "close"] {
            #expect(counts[name, default: 0] >= seeds / 4, "\(name) is rare: \(counts)")
        }
    }

    @Test func `what is heard at once leaves no exit beyond its position`() async throws {
        try await run(.atOnce, seeds: 25)
    }

    @Test func `what is heard late lets no exit cross zero`() async throws {
        try await run(.late, seeds: 25)
    }

    @Test func `nor does it on PostgreSQL`() async throws {
        try await run(.late, on: .postgres, seeds: 4)
        try await run(.atOnce, on: .postgres, seeds: 4)
    }
}
