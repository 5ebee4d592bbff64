import HTTPTypes
import Ledger
import Logging
import Services
import Wire

/// What became of each quote or rate of a batch.
struct MarketAnswer: JSONWritable {
    let report: MarketReport
    /// Whether there is such a thing as one that is older than the stored one.
    let countsStale: Bool

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 100 + report.outcomes.count * 48)
        JSONWriter.object(to: &bytes) { answer in
            answer.write("accepted", report.accepted)
            if countsStale { answer.write("stale", report.stale) }
            answer.write("rejected", report.rejected)
            answer.array("results") { results in
                for (index, outcome) in report.outcomes.enumerated() {
                    results.object { result in
                        result.write("index", index)
                        write(outcome, to: &result)
                    }
                }
            }
        }
    }

    private func write(_ outcome: MarketOutcome, to result: inout JSONObjectWriter) {
        switch outcome {
        case .accepted: result.write("status", "accepted")
        case .stale: result.write("status", "stale")
        case .rejected(let refusal):
            result.writeRejected(refusal)
        }
    }
}

extension JSONObjectWriter {
    /// What became of one of a batch that was refused.
    mutating func writeRejected(_ refusal: FillRefusal) {
        write("status", "rejected")
        object("error") { error in
            error.write("code", refusal.code.rawValue)
            if let field = refusal.field { error.write("field", field) }
            error.write("detail", refusal.detail)
        }
    }
}

extension MarketAnswer {
    /// What it writes.
    static func schema(countsStale: Bool) -> JSONSchema {
        var properties: [JSONSchema.Property] = [.init(name: "accepted", schema: .count)]
        if countsStale { properties.append(.init(name: "stale", schema: .count)) }
        properties.append(.init(name: "rejected", schema: .count))
        let results = JSONSchema.array(
            of: .oneOf([
                entry(countsStale ? ["accepted", "stale"] : ["accepted"], []),
                entry(["rejected"], [.init(name: "error", schema: .itemError)]),
            ]))
        return .object(properties + [.init(name: "results", schema: results)])
    }

    private static func entry(
        _ statuses: [String], _ properties: [JSONSchema.Property]
    ) -> JSONSchema {
        .object(
            [
                .init(name: "index", schema: .count),
                .init(name: "status", schema: .words(statuses)),
            ] + properties)
    }
}

extension AnswerFormat<ExchangeRate> {
    /// Rates as they are listed everywhere.
    static let rate = AnswerFormat(
        "ExchangeRate", "What one `base` is in `quote` from its day until the next one",
        [
            .init("base") { $0.base },
            .init("quote") { $0.quote },
            .init("day") { $0.day },
            .init("rate") { $0.rate },
        ])
}

extension RouteCall {
    /// The elements of the batch that the body is, as `read` takes them out of it. Faults are told
    /// in the order type, size, JSON, parameters, content.
    func batch<Element>(
        _ read: ([UInt8]) throws(MarketBatchError) -> [Element]
    ) async throws -> [Element] {
        try body.require("application/json")
        let json = try await body.collect()
        let batch: Result<[Element], Problem>
        do {
            batch = .success(try read(json))
        } catch {
            let problem = Problem(error)
            guard problem.status == .unprocessableContent else { throw problem }
            batch = .failure(problem)
        }
        _ = try query()
        return try batch.get()
    }
}

extension Problem {
    init(_ error: BatchError) {
        switch error {
        case .notJSON(let fault):
            self.init(.badRequest, "NOT_JSON", "the body is not JSON: \(fault)")
        case .tooMany(let kind, _):
            self.init(.contentTooLarge, "TOO_MANY_\(kind.uppercased())", error.description)
        case .refused(let field, let detail):
            self = .invalid(field, detail)
        }
    }

    init(_ error: MarketBatchError) {
        switch error {
        case .notJSON(let fault):
            self.init(.notJSON, "the body is not JSON: \(fault)")
        case .tooMany(let kind, _):
            self.init(
                kind == "rates" ? .tooManyRates : .tooManyQuotes, error.description)
        case .refused(let field, let detail):
            self = .invalid(field, detail)
        }
    }
}

extension Logger {
    /// Refused ones beyond that are only counted.
    private static let marketRefusalsLogged = 20

    /// What became of a batch of quotes or rates: refusals one by one, the rest by number.
    func log(_ report: MarketReport, of kind: String) {
        var refusals = 0
        for (index, outcome) in report.outcomes.enumerated() {
            guard case .rejected(let refusal) = outcome else { continue }
            refusals += 1
            guard refusals <= Logger.marketRefusalsLogged else { break }
            notice(
                "one of the \(kind) refused",
                metadata: ["index": "\(index)", "reason": "\(refusal)"])
        }
        info(
            "\(kind)",
            metadata: [
                "accepted": "\(report.accepted)", "stale": "\(report.stale)",
                "rejected": "\(report.rejected)",
            ])
    }
}
