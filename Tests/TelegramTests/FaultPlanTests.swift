import Telegram
import TestSupport
import Testing

/// What goes wrong by itself, as the client sees it.
struct FaultPlanTests {
    @Test func `a planned fault is drawn from the seed and read as what it is`() async throws {
        let bench = try await Bench()
        let expected: [(StandInFault, TelegramError?)] = [
            (.tooManyRequestsUntold, .retryAfter(seconds: 5)), (.otherJSON, .malformed),
            (.pageInsteadOfJSON, .malformed), (.delay(milliseconds: 5), nil),
            (
                .conflict,
                .conflict(description: "Conflict: terminated by other getUpdates request")
            ),
        ]
        for (fault, error) in expected {
            bench.telegram.plan(
                StandInFaultPlan(seed: 1, failures: ["getMe": 1], faults: [fault]))
            do {
                _ = try await bench.api.call(GetMe())
                #expect(error == nil, "\(fault)")
            } catch let thrown as TelegramError {
                #expect(thrown == error, "\(fault)")
            }
            // Other methods are not concerned.
            _ = try await bench.api.call(DeleteWebhook())
        }
        bench.telegram.plan(nil)
        _ = try await bench.api.call(GetMe())
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `a plan mixes updates, and loses none`() async throws {
        let bench = try await Bench()
        var plan = StandInFaultPlan(seed: 3, failures: [:])
        (plan.shuffles, plan.splits, plan.repeats, plan.doublePresses) = (0.7, 0.7, 0.7, 1)
        bench.telegram.plan(plan)
        let ada = bench.telegram.user(7)
        var offset: UpdateID?
        var seen: [UpdateID] = []
        for _ in 0..<20 {
            for _ in 0..<3 { ada.says("hi") }
            let updates = try await bench.api.call(
                GetUpdates(offset: offset, pollTimeoutSeconds: 0)
            ).updates
            seen += updates.map(\.id)
            offset = max(offset ?? 0, updates.map(\.id.next).max() ?? 0)
        }
        bench.telegram.plan(nil)
        let rest = try await bench.api.call(GetUpdates(offset: offset, pollTimeoutSeconds: 0))
        seen += rest.updates.map(\.id)
        #expect(Set(seen).count == 60)
        #expect(seen.count > 60 && seen != seen.sorted())
        await bench.close()
    }
}
