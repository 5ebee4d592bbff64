import Ledger
import Testing
import World

@Suite struct IdentifierTests {
    @Test func `an id has the form, version and variant of RFC 9562`() throws {
        let world = SeededWorld(seed: 1)
        for _ in 0..<1000 {
            let id = world.uuidV7()
            let form = try Regex(
                "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
            #expect(id.wholeMatch(of: form) != nil, "\(id)")
        }
    }

    @Test func `an id begins with the milliseconds of its time`() {
        // The example of RFC 9562, appendix A.6: 2022-02-22 14:22:22.000 -05:00.
        let time = Timestamp(microseconds: 0x017F_22E2_79B0 * 1000)
        let id = SeededWorld(seed: 7, start: time).uuidV7()
        #expect(id.hasPrefix("017f22e2-79b0-7000-"))
    }

    @Test func `ids of different microseconds sort by time`() async {
        let world = SeededWorld(seed: 2)
        var previous = world.uuidV7()
        for _ in 0..<200 {
            await world.advance(seconds: 0.000_001)
            let next = world.uuidV7()
            #expect(Array(previous.utf8).lexicographicallyPrecedes(Array(next.utf8)))
            previous = next
        }
    }

    @Test func `a clock before 1970 still gives a valid id`() {
        let id = SeededWorld(seed: 3, start: Timestamp(microseconds: -5)).uuidV7()
        #expect(id.hasPrefix("00000000-0000-7000-"))
    }

    @Test func `live ids are all different, also when drawn by many tasks at once`() async {
        let world = LiveWorld()
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2000).map { _ in world.uuidV7() } }
            }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 16_000)
    }

    @Test func `uniform numbers fill the range from 0 to below 1`() {
        let world = SeededWorld(seed: 4)
        let numbers = (0..<10_000).map { _ in world.uniform() }
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        for tenth in 0..<10 {
            let count = numbers.count { Int($0 * 10) == tenth }
            #expect((800...1200).contains(count), "tenth \(tenth) came \(count) times")
        }
    }
}
