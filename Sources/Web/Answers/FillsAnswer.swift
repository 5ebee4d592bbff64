import Services
import Ledger
import Wire

/// What became of each fill of a batch; `schema` describes what it writes.
struct FillsAnswer: JSONWritable {
    let report: IngestReport

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 100 + report.outcomes.count * 96)
        JSONWriter.object(to: &bytes) { write(to: &$0) }
    }

    func write(to object: inout JSONObjectWriter) {
        object.write("accepted", report.isStored ? report.accepted : 0)
        object.write("duplicates", report.duplicates)
        object.write("rejected", report.rejected)
        object.array("results") { results in
            for (index, outcome) in report.outcomes.enumerated() {
                results.object { result in
                    result.write("index", index)
                    outcome.write(to: &result, isStored: report.isStored)
                }
            }
        }
    }
}

/// What became of the fills of a stream, line by line.
struct FillLinesAnswer {
    private(set) var accepted = 0
    private(set) var duplicates = 0
    private(set) var rejected = 0

    private var count: Int { accepted + duplicates + rejected }

    /// The lines for the fills that come next.
    mutating func lines(for report: IngestReport) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(report.outcomes.count * 96)
        let first = count
        for (place, outcome) in report.outcomes.enumerated() {
            JSONWriter.object(to: &bytes) { result in
                result.write("index", first + place)
                outcome.write(to: &result, isStored: true)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        accepted += report.accepted
        duplicates += report.duplicates
        rejected += report.rejected
        return bytes
    }

    /// The last line of a stream that went well.
    var summary: [UInt8] {
        JSONWriter.object { line in
            line.object("summary") { summary in
                summary.write("accepted", accepted)
                summary.write("duplicates", duplicates)
                summary.write("rejected", rejected)
            }
        } + [UInt8(ascii: "\n")]
    }

    /// The last line of a stream that broke off: what no line tells of was not stored.
    static func brokenOff(by problem: Problem) -> [UInt8] {
        JSONWriter.object { $0.write("problem", problem) } + [UInt8(ascii: "\n")]
    }
}

extension FillOutcome {
    /// `isStored` is false where the whole request was refused.
    func write(to result: inout JSONObjectWriter, isStored: Bool) {
        switch self {
        case .accepted where !isStored:
            result.write("status", "not_stored")
        case .accepted(let tradeUID):
            result.write("status", "accepted")
            result.write("trade_uid", tradeUID)
        case .duplicate(let tradeUID):
            result.write("status", "duplicate")
            result.write("trade_uid", tradeUID)
        case .rejected(let refusal):
            result.write("status", "rejected")
            result.object("error") { error in
                error.write("code", refusal.code.rawValue)
                if let field = refusal.field { error.write("field", field) }
                error.write("detail", refusal.detail)
            }
        }
    }
}

extension FillsAnswer {
    /// Beside a problem's own members, those of the refusal of an atomic request.
    static let properties: [JSONSchema.Property] = [
        .init(name: "accepted", schema: .count), .init(name: "duplicates", schema: .count),
        .init(name: "rejected", schema: .count),
        .init(name: "results", schema: .array(of: result)),
    ]

    static let schema = JSONSchema.object(properties)
        .described("What became of each fill, in the order in which they came")
        .named("FillResults")

    private static let result = JSONSchema.oneOf([
        entry(
            ["accepted", "duplicate"], "Durable, now or before",
            [.init(name: "trade_uid", schema: .text)]),
        entry(["rejected"], "Changed nothing", [.init(name: "error", schema: .itemError)]),
        entry(["not_stored"], "Well by itself, but not stored: see `atomic`", []),
    ]).named("FillResult")

    private static func entry(
        _ statuses: [String], _ sentence: String, _ properties: [JSONSchema.Property]
    ) -> JSONSchema {
        .object(
            [
                .init(name: "index", schema: .count),
                .init(name: "status", schema: .words(statuses)),
            ] + properties
        ).described(sentence)
    }
}

extension JSONSchema {
    /// Why one element of a batch was refused.
    static let itemError = object([
        .init(name: "code", schema: .words(of: FillRefusal.Code.self)),
        .init(
            name: "field", schema: JSONSchema.text.described("The one at fault"),
            isRequired: false),
        .init(name: "detail", schema: .text),
    ]).named("ItemError")
}

extension FillLinesAnswer {
    /// OpenAPI 3.1 knows no schema of lines.
    static let schema = JSONSchema.text.described(
        "A `FillResult` a line, then a line with a `summary` or with the `problem` that broke the "
            + "stream off")
}
