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
            result.write("status", "rejected")
            result.object("error") { error in
                error.write("code", refusal.code.rawValue)
                if let field = refusal.field { error.write("field", field) }
                error.write("detail", refusal.detail)
            }
        }
    }
}

extension JSONObjectWriter {
    /// Rates as they are listed everywhere.
    mutating func write(_ key: String, rates: [ExchangeRate]) {
        array(key) { list in
            for rate in rates {
                list.object { object in
                    object.write("base", rate.base)
                    object.write("quote", rate.quote)
                    object.write("day", rate.day)
                    object.write("rate", rate.rate)
                }
            }
        }
    }
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
    init(_ error: MarketBatchError) {
        switch error {
        case .notJSON(let fault):
            self.init(.badRequest, "NOT_JSON", "the body is not JSON: \(fault)")
        case .tooMany(let kind, _):
            self.init(
                .contentTooLarge, "TOO_MANY_\(kind.uppercased())", error.description)
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
