import Foundation

/// Which seeds a property test runs.
public enum Seeds {
    /// As many as `BLOTTER_TEST_SEEDS` says, else `count`, from `BLOTTER_TEST_FIRST_SEED`, else 1.
    public static func range(count: Int) -> ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["BLOTTER_TEST_SEEDS"].flatMap { UInt64($0) } ?? UInt64(count)
        let first = environment["BLOTTER_TEST_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        return first...(first + max(count, 1) - 1)
    }
}
