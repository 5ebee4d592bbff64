import Foundation

/// The seed of a test's random choices: `BLOTTER_TEST_SEED` where that is set, to repeat a run.
enum TestSeed {
    static func draw(for test: String) -> UInt64 {
        let given = ProcessInfo.processInfo.environment["BLOTTER_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1...UInt64.max)
        print("\(test): BLOTTER_TEST_SEED=\(seed)")
        return seed
    }
}
