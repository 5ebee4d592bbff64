import Storage
import Testing

/// Who comes first of those that wait for a connection.
struct LanesTests {
    @Test func `what is prompt goes before all bulk, each in its order`() {
        var lanes = Lanes<Int>()
        for number in [1, 2] { lanes.append(number, .bulk) }
        for number in [11, 12] { lanes.append(number, .prompt) }
        var taken: [Int] = []
        while let next = lanes.popFirst() { taken.append(next) }
        #expect(taken == [11, 12, 1, 2])
    }

    @Test func `bulk is not kept waiting for ever by what is prompt`() {
        var lanes = Lanes<String>()
        lanes.append("bulk", .bulk)
        var overtaken = 0
        lanes.append("prompt", .prompt)
        while let next = lanes.popFirst(), next == "prompt", overtaken < 1000 {
            overtaken += 1
            // There always is another one.
            lanes.append("prompt", .prompt)
        }
        #expect((2..<1000).contains(overtaken))
    }

    @Test func `bulk that may not come now stays, and is the next that may`() {
        var lanes = Lanes<String>()
        lanes.append("bulk", .bulk)
        for _ in 0..<100 {
            lanes.append("prompt", .prompt)
            #expect(lanes.popFirst(bulkMayCome: false) == "prompt")
        }
        #expect(lanes.popFirst(bulkMayCome: false) == nil)
        lanes.append("prompt", .prompt)
        #expect(lanes.popFirst() == "bulk")
    }
}
