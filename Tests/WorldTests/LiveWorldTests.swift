import Ledger
import Testing
import World

@Suite struct LiveWorldTests {
    private let world = LiveWorld()

    @Test func `the clock says a time of this century, and does not go backwards in rest`() {
        let first = world.now()
        let second = world.now()
        #expect(first.microseconds > 1_700_000_000_000_000)
        #expect(first.microseconds < 4_102_444_800_000_000)
        #expect(second >= first)
    }

    @Test func `the uptime never decreases`() {
        var last = world.uptimeSeconds()
        for _ in 0..<1000 {
            let next = world.uptimeSeconds()
            #expect(next >= last)
            last = next
        }
    }

    @Test func `a sleep lasts at least its seconds`() async throws {
        let before = world.uptimeSeconds()
        try await world.sleep(seconds: 0.01)
        #expect(world.uptimeSeconds() - before >= 0.01)
    }

    @Test func `a cancelled sleep throws`() async {
        let world = world
        let sleeper = Task { try await world.sleep(seconds: .infinity) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }

    @Test func `random bytes come in the asked number and differ`() {
        #expect(world.randomBytes(0).isEmpty)
        #expect(world.randomBytes(33).count == 33)
        #expect(world.randomBytes(16) != world.randomBytes(16))
    }
}
