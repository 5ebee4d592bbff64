import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The watch over strategies that promised to beat.
struct SilenceWatchTests {
    /// Runs `body` while the watch runs, which sleeps whenever it has done its round.
    private func watching(
        _ world: ServiceWorld, _ services: Services? = nil, _ body: () async throws -> Void
    ) async throws {
        let runs = (services ?? world.services).strategyRuns
        let watch = Task {
            await SilenceWatch(runs) {
                Issue.record("the watch failed: \($0)")
            }.run()
        }
        await world.world.waitForSleepers(1)
        do {
            try await body()
        } catch {
            watch.cancel()
            await watch.value
            throw error
        }
        watch.cancel()
        await watch.value
    }

    private func notices(_ world: ServiceWorld) async throws -> [String] {
        try await world.services.messages.unsent(limit: 100).compactMap { Notice($0) }
            .compactMap { notice in
                switch notice {
                case .silent(let run): "\(run.strategy) silent for \(run.seconds)"
                case .back(let run): "\(run.strategy) back after \(run.seconds)"
                default: nil
                }
            }
    }

    /// Waits in real time for what the watch does of its own accord.
    private func expect(
        _ expected: [String], _ world: ServiceWorld,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<400 {
            if try await notices(world) == expected { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await notices(world) == expected, sourceLocation: sourceLocation)
    }

    @Test(arguments: TestBackend.allCases)
    func `a silence is told once, its end with how long it was, and a stop ends the promise`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await watching(world) {
                let promise = #"{"expect_within_seconds":20}"#
                try await world.beat(promise, as: trader)
                try await world.beat(#"{"expect_within_seconds":50}"#, of: "mean", as: trader)
                // The watch sleeps longer than that; the new promise wakes it.
                try await Task.sleep(for: .milliseconds(100))
                await world.world.advance(seconds: 15, sleepers: 1)
                try await world.beat(promise, as: trader)
                await world.world.advance(seconds: 19, sleepers: 1)
                try await expect([], world)
                await world.world.advance(seconds: 1, sleepers: 1)
                try await expect(["momo@1.0 silent for 20"], world)
                await world.world.advance(seconds: 14, sleepers: 1)
                try await world.beat(#"{"status":"STOPPED"}"#, of: "mean", as: trader)
                await world.world.advance(seconds: 86, sleepers: 1)
                try await expect(["momo@1.0 silent for 20"], world)
                try await world.beat(promise, as: trader)
                let told = ["momo@1.0 silent for 20", "momo@1.0 back after 120"]
                try await expect(told, world)
                try await Task.sleep(for: .milliseconds(100))
                await world.world.advance(seconds: 20, sleepers: 1)
                try await expect(told + ["momo@1.0 silent for 20"], world)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a restart tells nothing twice, and gives every run its time to beat`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await watching(world) {
                try await world.beat(#"{"expect_within_seconds":20}"#, as: trader)
                try await world.beat(#"{"expect_within_seconds":40}"#, of: "mean", as: trader)
                try await Task.sleep(for: .milliseconds(100))
                await world.world.advance(seconds: 20, sleepers: 1)
                try await expect(["momo@1.0 silent for 20"], world)
            }
            // The service is away, and nobody can beat.
            await world.world.advance(seconds: 1000)
            let restarted = Services(
                database: world.database, world: world.world, limits: Limits())
            try await watching(world, restarted) {
                await world.world.advance(seconds: 39, sleepers: 1)
                try await expect(["momo@1.0 silent for 20"], world)
                await world.world.advance(seconds: 1, sleepers: 1)
                try await expect(["momo@1.0 silent for 20", "mean@1.0 silent for 1060"], world)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of a strategy that is out of use no silence is told`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await watching(world) {
                try await world.beat(#"{"expect_within_seconds":20}"#, as: trader)
                try await world.beat(#"{"expect_within_seconds":20}"#, of: "mean", as: trader)
                let mean = try #require(StrategyReference(parsing: "mean"))
                _ = try await world.services.strategies.setActive(
                    false, mean, for: trader.caller)
                try await Task.sleep(for: .milliseconds(100))
                await world.world.advance(seconds: 20, sleepers: 1)
                try await expect(["momo@1.0 silent for 20"], world)
            }
        }
    }

    @Test func `who is no member any more is told nothing`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let trader = try await world.member()
            try await watching(world) {
                try await world.beat(#"{"expect_within_seconds":20}"#, as: trader)
                try await Task.sleep(for: .milliseconds(100))
                try await world.execute("UPDATE users SET is_active = $1", [.bool(false)])
                await world.world.advance(seconds: 30, sleepers: 1)
                try await expect([], world)
                #expect(
                    try await world.count(of: "strategy_runs", where: "notified_at IS NOT NULL")
                        == 1)
            }
        }
    }
}
