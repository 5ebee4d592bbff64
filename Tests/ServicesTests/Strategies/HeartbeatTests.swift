import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

extension ServiceWorld {
    @discardableResult
    func beat(
        _ json: String = "{}", of strategy: String = "momo@1.0", as authority: Authority
    ) async throws -> StrategyRun {
        let heartbeat = try HeartbeatReader.heartbeat(from: Array(json.utf8)).get()
        let reference = try #require(StrategyReference(parsing: strategy))
        return try await services.strategyRuns.beat(heartbeat, of: reference, as: authority)
    }

    fileprivate func refusal(
        of json: String, of strategy: String = "momo@1.0", as authority: Authority
    ) async -> String {
        let error = await #expect(throws: ServiceError.self) {
            try await beat(json, of: strategy, as: authority)
        }
        return [error?.code, error?.field].compactMap(\.self).joined(separator: " ")
    }
}

/// Signs of life of strategies.
struct HeartbeatTests {
    @Test(arguments: TestBackend.allCases)
    func `a beat begins a run of a strategy, also of a new one, and carries it on`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let first = try await world.beat(
                #"{"run_id":"r-1","expect_within_seconds":60,"meta":{"host":"a"}}"#, as: trader)
            #expect((first.strategy, first.runID) == ("momo@1.0", "r-1"))
            #expect((first.pulse.status, first.pulse.beats) == (.running, 1))
            #expect(first.pulse.dueAt == world.world.now().adding(seconds: 60))
            let rows = try await world.rowCounts()
            await world.world.advance(seconds: 10)
            let second = try await world.beat(
                #"{"run_id":"r-1","status":"stopping"}"#, as: trader)
            #expect((second.uid, second.pulse.beats) == (first.uid, 2))
            #expect(second.pulse.dueAt == world.world.now().adding(seconds: 60))
            #expect(second.metaJSON.contains("host"))
            // A beat adds no row to anything.
            #expect(try await world.rowCounts() == rows)
            let other = try await world.beat(#"{"run_id":"r-2"}"#, of: "momo@2", as: trader)
            #expect(other.pulse.dueAt == nil)
            #expect(try await world.count(of: "strategies") == 2)
            let runs = try await world.services.strategyRuns.all(limit: 10, for: trader.caller)
            #expect(runs == [other, second])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a run ends once; one without a name is followed by another`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let unnamed = try await world.beat(as: trader)
            #expect(try await world.beat("", as: trader).uid == unnamed.uid)
            let ended = try await world.beat(#"{"status":"STOPPED"}"#, as: trader)
            #expect((ended.uid, ended.pulse.endedAt) == (unnamed.uid, world.world.now()))
            await world.world.advance(seconds: 5)
            #expect(try await world.beat(#"{"status":"STOPPED"}"#, as: trader) == ended)
            let next = try await world.beat(as: trader)
            #expect(next.uid != unnamed.uid)

            try await world.beat(#"{"run_id":"r"}"#, as: trader)
            try await world.beat(#"{"run_id":"r","status":"STOPPED"}"#, as: trader)
            #expect(await world.refusal(of: #"{"run_id":"r"}"#, as: trader) == "CONFLICT run_id")
            let again = try await world.beat(#"{"run_id":"r","status":"STOPPED"}"#, as: trader)
            #expect(again.pulse.beats == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `old runs are forgotten, those that keep their promise never`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let limit = Limits.runsPerStrategy
            for number in 0..<(limit + 20) {
                await world.world.advance(seconds: 1)
                // Some that stopped, some that are open without a promise, one that promised.
                let member =
                    number == 0
                    ? #","expect_within_seconds":6000"#
                    : number.isMultiple(of: 2) ? #","status":"STOPPED""# : ""
                try await world.beat("{\"run_id\":\"r-\(number)\"\(member)}", as: trader)
            }
            let runs = try await world.services.strategyRuns.all(limit: 500, for: trader.caller)
            #expect(runs.count == limit)
            #expect(runs.last?.runID == "r-0")
            #expect(runs.dropLast().last?.runID == "r-21")
            for number in 1..<limit {
                try await world.beat(
                    "{\"run_id\":\"p-\(number)\",\"expect_within_seconds\":6000}", as: trader)
            }
            let more = #"{"run_id":"more"}"#
            #expect(await world.refusal(of: more, as: trader) == "TOO_MANY_RUNS run_id")
            try await world.beat(more, of: "other", as: trader)
            try await world.beat(#"{"run_id":"p-1","status":"STOPPED"}"#, as: trader)
            try await world.beat(more, as: trader)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a token narrowed to a strategy beats for that one alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let run = try await world.beat(as: trader)
            let narrow = Authority(caller: trader.caller, strategyID: run.strategyID)
            #expect(try await world.beat(as: narrow).uid == run.uid)
            for strategy in ["momo@2", "unknown"] {
                #expect(
                    await world.refusal(of: "{}", of: strategy, as: narrow)
                        == "FORBIDDEN_STRATEGY strategy")
            }
            #expect(try await world.count(of: "strategies") == 1)
            // Another user's strategy of that name is another one.
            let other = try await world.member(1002)
            #expect(try await world.beat(as: other).uid != run.uid)
            #expect(
                try await world.services.strategyRuns.all(limit: 10, for: other.caller).count == 1)
        }
    }

    @Test func `what is no heartbeat is refused with its field`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let trader = try await world.member()
            for (json, refusal) in [
                ("[]", "INVALID_FIELD"), (#"{"run":"r"}"#, "UNKNOWN_FIELD run"),
                (#"{"run_id":""}"#, "INVALID_FIELD run_id"),
                (#"{"run_id":1}"#, "INVALID_FIELD run_id"),
                (#"{"status":"DEAD"}"#, "INVALID_FIELD status"),
                (#"{"status":"RUNNING","status":"RUNNING"}"#, "INVALID_FIELD status"),
                (#"{"expect_within_seconds":-1}"#, "INVALID_FIELD expect_within_seconds"),
                (#"{"expect_within_seconds":1.5}"#, "INVALID_FIELD expect_within_seconds"),
                (#"{"expect_within_seconds":604801}"#, "INVALID_FIELD expect_within_seconds"),
                (#"{"meta":[]}"#, "INVALID_FIELD meta"),
            ] {
                #expect(await world.refusal(of: json, as: trader) == refusal, "\(json)")
            }
            #expect(try await world.count(of: "strategy_runs") == 0)
            let kept = try await world.beat(#"{"expect_within_seconds":"30"}"#, as: trader)
            #expect(kept.pulse.expectWithinSeconds == 30)
            let ended = try await world.beat(#"{"expect_within_seconds":0}"#, as: trader)
            #expect(ended.pulse.dueAt == nil)
        }
    }
}
