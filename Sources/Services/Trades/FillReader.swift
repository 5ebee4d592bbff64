public import Ledger
import Wire

/// A batch of fills as it was posted.
public struct FillBatch: Sendable {
    /// For the fills that name none.
    public let portfolio: ExactText?
    /// For the fills that leave it out.
    public let strategy: StrategyChoice
    /// One entry per FILL, in the order in which they stand.
    public let fills: [Result<FillReport, FillRefusal>]

    public init(
        portfolio: ExactText?, strategy: StrategyChoice,
        fills: [Result<FillReport, FillRefusal>]
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.fills = fills
    }
}

/// Reads fills from what comes in over HTTP and from files, by the rules of `POST /v1/fills`.
///
/// A value that is wrong, missing, unknown, given twice, or no Unicode text rejects its fill alone;
/// only a text that is no JSON rejects the batch.
public enum FillReader {
    public static let batchLimit = 10_000

    /// What the columns of CSV may be called.
    static let columns = Set(
        FillField.allCases.filter { $0 != .option }.map(\.rawValue)
            + OptionField.allCases.map(\.name))

    /// Reads `{"portfolio":…,"strategy":…,"fills":[FILL,…]}`.
    public static func batch(
        from json: [UInt8], limit: Int = batchLimit
    ) throws(BatchError) -> FillBatch {
        let batch = try ReportBatch<FillDraft>(json: json, limit: limit)
        return FillBatch(
            portfolio: batch.portfolio, strategy: batch.strategy, fills: batch.reports)
    }

    /// Reads one line of NDJSON.
    public static func fill(
        fromJSONLine line: ArraySlice<UInt8>
    ) -> Result<FillReport, FillRefusal> {
        var reader = JSONReader(line, tolerating: .all)
        do {
            let fill = try FillDraft.read(from: &reader)
            try reader.finish()
            return fill
        } catch {
            return .failure(.invalid(nil, "not JSON: \(error)"))
        }
    }

    /// Reads one CSV record by its columns, which are called as FILL's keys are, an option's
    /// `option.strike` and so on. An empty cell counts as left out.
    public static func fill(
        fromFields fields: [(name: String, value: String)]
    ) -> Result<FillReport, FillRefusal> {
        var draft = FillDraft()
        var seen: Set<ExactText> = []
        do throws(FillRefusal) {
            for (name, value) in fields {
                guard seen.insert(ExactText(name)).inserted else { throw .givenTwice(name) }
                try draft.setCell(name, value)
            }
            return .success(try draft.report())
        } catch {
            return .failure(error)
        }
    }
}
