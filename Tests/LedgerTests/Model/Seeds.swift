import Foundation
import Testing

/// The seeds of the property tests. `BLOTTER_TEST_SEEDS` says how many, 1,000 where it is not
/// set; `BLOTTER_TEST_FIRST_SEED` with which to begin.
enum Seeds {
    private static let count = number("BLOTTER_TEST_SEEDS") ?? 1_000
    private static let first = number("BLOTTER_TEST_FIRST_SEED") ?? 1

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
    }

    /// Runs `body` with one seed after the other. The first that fails is recorded, with how to
    /// run it again, and ends the test.
    static func check(
        named name: String = #function, at location: SourceLocation = #_sourceLocation,
        _ body: (inout SplitMix64) throws -> Void
    ) {
        for seed in first..<(first + count) {
            var random = SplitMix64(seed: seed)
            do {
                try body(&random)
            } catch {
                Issue.record(
                    """
                    Seed \(seed): \(error). Again: \
                    BLOTTER_TEST_FIRST_SEED=\(seed) BLOTTER_TEST_SEEDS=1, test \(name)
                    """, sourceLocation: location)
                return
            }
        }
    }
}

/// What a property test found wrong.
struct Disagreement: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Throws what is wrong unless `holds`.
func require(_ holds: Bool, _ wrong: @autoclosure () -> String) throws {
    guard holds else { throw Disagreement(wrong()) }
}

extension Agreement {
    /// Throws what differs.
    func hold(_ context: @autoclosure () -> String) throws {
        try require(differences.isEmpty, "\(context()): \(differences.joined(separator: "; "))")
    }
}
