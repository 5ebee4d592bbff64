import Ledger
import Testing

/// What was observed, as people read it.
@Suite struct RiskMeasureTests {
    @Test(arguments: [
        ("13.165937740169396179", "5", RiskUnit.percent, "13.17"),
        ("0.000594233557557462", "3", .percent, "0"),
        // Rounding may neither hide nor make up that a limit is exceeded.
        ("5.004", "5", .percent, "5.004"), ("4.999", "5", .percent, "5"),
        ("5", "5", .percent, "5"), ("1100.505", "1000", .money, "1100.5"),
        ("1.239", "1.23", .ratio, "1.24"), ("1.2301", "1.23", .ratio, "1.2301"),
        ("0.00012345", "1", .quantity, "0.00012345"), ("3", "2", .count, "3"),
    ])
    func `it is short, and on the same side of the limit`(
        _ observed: String, _ limit: String, _ unit: RiskUnit, _ shown: String
    ) throws {
        let (observed, limit) = (try Decimal(parsing: observed), try Decimal(parsing: limit))
        let text = unit.shown(observed, of: limit)
        #expect(text.description == shown)
        #expect((text > limit) == (observed > limit))
    }
}
