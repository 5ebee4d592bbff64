import Ledger
import Testing
import World

/// What happened, in order, gathered from several tasks.
private actor Journal {
    private(set) var lines: [String] = []
    func append(_ line: String) { lines.append(line) }
}

@Suite struct SeededWorldTests {
    private let start = Timestamp(microseconds: 1_767_225_600_000_000)

    @Test func `equal seeds give equal bytes, different seeds different ones`() {
        let first = SeededWorld(seed: 5)
        let second = SeededWorld(seed: 5)
        let bytes = first.randomBytes(37)
        #expect(bytes.count == 37)
        #expect(bytes == second.randomBytes(37))
        #expect(bytes != SeededWorld(seed: 6).randomBytes(37))
        #expect(first.randomBytes(0).isEmpty)
    }

    @Test func `SplitMix64 gives the values of its reference implementation`() {
        var generator = SeededGenerator(seed: 1_234_567)
        let values = (0..<5).map { _ in generator.next() }
        #expect(
            values == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973,
                9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ])
    }

    @Test func `time moves only when it is advanced`() async {
        let world = SeededWorld(seed: 1)
        #expect(world.now() == start)
        await world.advance(seconds: 1.5)
        #expect(world.now() == Timestamp(microseconds: start.microseconds + 1_500_000))
        #expect(world.uptimeSeconds() == 1.5)
        await world.advance(seconds: -10)
        #expect(world.uptimeSeconds() == 1.5)
    }

    @Test func `sleepers wake in the order of their deadlines and see their own time`() async {
        let world = SeededWorld(seed: 1)
        let journal = Journal()
        await withTaskGroup(of: Void.self) { group in
            for seconds in [3.0, 1.0, 2.0] {
                group.addTask {
                    try? await world.sleep(seconds: seconds)
                    await journal.append("\(seconds) at \(world.uptimeSeconds())")
                }
            }
            await world.waitForSleepers(3)
            await world.advance(seconds: 0.5)
            #expect(await journal.lines.isEmpty)
            #expect(world.sleeperCount == 3)
            for _ in 0..<3 {
                let woken = await world.advanceToNextSleeper()
                #expect(woken)
                while await journal.lines.count + world.sleeperCount < 3 { await Task.yield() }
            }
        }
        #expect(await journal.lines == ["1.0 at 1.0", "2.0 at 2.0", "3.0 at 3.0"])
        #expect(world.sleeperCount == 0)
        let woken = await world.advanceToNextSleeper()
        #expect(!woken)
    }

    @Test func `a loop that sleeps again is woken again within one advance`() async {
        let world = SeededWorld(seed: 1)
        let journal = Journal()
        let loop = Task {
            while true {
                try await world.sleep(seconds: 10)
                await journal.append("tick")
            }
        }
        await world.advance(seconds: 35, sleepers: 1)
        #expect(await journal.lines.count == 3)
        #expect(world.uptimeSeconds() == 35)
        loop.cancel()
        await #expect(throws: CancellationError.self) { try await loop.value }
        #expect(world.sleeperCount == 0)
    }

    @Test func `a cancelled sleeper throws and sleeps no more`() async {
        let world = SeededWorld(seed: 1)
        let sleeper = Task { try await world.sleep(seconds: 5) }
        await world.waitForSleepers()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(world.sleeperCount == 0)
    }

    @Test func `sleeping in a cancelled task throws at once`() async {
        let world = SeededWorld(seed: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await world.sleep(seconds: 5)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `thousands of sleepers cancelled and woken at once each end exactly once`() async {
        let world = SeededWorld(seed: 1)
        let journal = Journal()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<2000 {
                group.addTask {
                    let task = Task { try await world.sleep(seconds: Double(index % 7 + 1)) }
                    if index.isMultiple(of: 3) { task.cancel() }
                    let slept = (try? await task.value) != nil
                    await journal.append(slept ? "slept" : "cancelled")
                }
            }
            while await journal.lines.count < 2000 { _ = await world.advanceToNextSleeper() }
        }
        #expect(await journal.lines.count == 2000)
        #expect(await journal.lines.count { $0 == "slept" } >= 1333)
        #expect(world.sleeperCount == 0)
    }

    @Test(arguments: [0.0, -1, Double.nan, -Double.infinity])
    func `no sleep at all needs no advance`(seconds: Double) async throws {
        try await SeededWorld(seed: 1).sleep(seconds: seconds)
        try await LiveWorld().sleep(seconds: seconds)
    }

    @Test func `an endless sleep waits for its cancellation`() async {
        let world = SeededWorld(seed: 1)
        let sleeper = Task { try await world.sleep(seconds: .infinity) }
        await world.waitForSleepers()
        await world.advance(seconds: 1e9)
        #expect(world.sleeperCount == 1)
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
}
