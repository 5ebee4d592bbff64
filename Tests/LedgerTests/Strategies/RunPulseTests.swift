import Ledger
import Testing

@Suite struct RunPulseTests {
    private let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private func at(_ second: Int64) -> Timestamp { start.adding(seconds: second) }

    @Test func `a promise is due so long after each beat`() {
        var run = RunPulse(status: .running, promise: .within(seconds: 60), now: start)
        #expect((run.dueAt, run.beats) == (at(60), 1))
        run.beat(.running, .asBefore, now: at(30))
        #expect((run.dueAt, run.beats, run.lastBeatAt) == (at(90), 2, at(30)))
        #expect(!run.isOverdue(at: at(89)))
        #expect(run.isOverdue(at: at(90)))
        run.beat(.stopping, .within(seconds: 10), now: at(40))
        #expect((run.dueAt, run.status) == (at(50), .stopping))
        run.beat(.running, .none, now: at(41))
        #expect(run.dueAt == nil)
        #expect(!run.isOverdue(at: at(1_000_000)))
    }

    @Test func `a silence is noted once, and the next beat tells how long it was`() {
        var run = RunPulse(status: .running, promise: .within(seconds: 60), now: start)
        #expect(run.beat(.running, .asBefore, now: at(10)) == nil)
        run.fallSilent(now: at(70))
        #expect((run.silentSince, run.notifiedAt) == (at(10), at(70)))
        #expect(!run.isOverdue(at: at(500)))
        #expect(run.beat(.running, .asBefore, now: at(310)) == 300)
        #expect((run.silentSince, run.notifiedAt, run.dueAt) == (nil, nil, at(370)))
    }

    @Test func `a stopped run promises nothing and stays as it is`() {
        var run = RunPulse(status: .running, promise: .within(seconds: 60), now: start)
        run.beat(.stopped, .within(seconds: 5), now: at(10))
        #expect((run.endedAt, run.dueAt, run.status) == (at(10), nil, .stopped))
        let before = run
        run.beat(.running, .within(seconds: 5), now: at(20))
        #expect(run == before)
    }

    @Test func `a clock that went back takes no beat back`() {
        var run = RunPulse(status: .running, promise: .within(seconds: 60), now: at(100))
        run.beat(.running, .asBefore, now: at(50))
        #expect((run.lastBeatAt, run.dueAt) == (at(100), at(160)))
    }
}
