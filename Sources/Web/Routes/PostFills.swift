import HTTPTypes
import Ledger
import Logging
import Records
import Services
import Wire

extension Route {
    static let postFills = Route(
        .post, "/v1/fills", parameters: ["atomic"],
        summary: "Stores up to 10,000 fills; 200 means that they are durable",
        .authorized(.ingest) { call, authority in
            try call.body.require("application/json")
            let batch = readBatch(try await call.body.collect())
            if case .failure(let problem) = batch, problem.status != .unprocessableContent {
                throw problem
            }
            let isAtomic = try call.query().flag("atomic")
            let fills = try batch.get()
            let report = try await call.services.trades.ingest(
                IngestRequest(
                    fills: fills.fills, portfolio: fills.portfolio, strategy: fills.strategy,
                    isAtomic: isAtomic, source: .broker), as: authority)
            call.logger.log(report, of: fills.fills)
            guard report.isStored else { throw Problem(refused: report) }
            return Answer(FillsAnswer(report: report))
        })
}

private func readBatch(_ body: [UInt8]) -> Result<FillBatch, Problem> {
    Result { () throws(BatchError) in try FillReader.batch(from: body) }
        .mapError { error in
            switch error {
            case .notJSON(let fault):
                Problem(.badRequest, "NOT_JSON", "the body is not JSON: \(fault)")
            case .tooManyFills:
                Problem(.contentTooLarge, "TOO_MANY_FILLS", error.description)
            case .refused(let field, let detail):
                .invalid(field, detail)
            }
        }
}

extension Logger {
    /// Refused fills beyond that are only counted.
    private static let refusalsLogged = 20

    /// What became of fills: refusals one by one, stored trades one by one for who debugs.
    fileprivate func log(
        _ report: IngestReport, of fills: [Result<FillReport, FillRefusal>]
    ) {
        var refusals = 0
        for (fill, outcome) in zip(fills, report.outcomes) {
            let id = try? fill.get().brokerTradeID.text
            switch outcome {
            case .accepted(let uid) where report.isStored:
                debug("fill stored", metadata: ["broker_trade_id": "\(id ?? "")", "uid": "\(uid)"])
            case .rejected(let refusal) where refusals < Logger.refusalsLogged:
                refusals += 1
                notice(
                    "fill refused",
                    metadata: ["broker_trade_id": "\(id ?? "")", "reason": "\(refusal)"])
            case .accepted, .duplicate, .rejected: break
            }
        }
        info(
            "fills",
            metadata: [
                "accepted": "\(report.isStored ? report.accepted : 0)",
                "duplicates": "\(report.duplicates)", "rejected": "\(report.rejected)",
            ])
    }
}

extension Problem {
    /// An atomic request, of which nothing was stored.
    fileprivate init(refused report: IngestReport) {
        self.init(
            .unprocessableContent, "NOT_STORED",
            "\(report.rejected) of \(report.outcomes.count) fills were rejected, "
                + "and atomic=true stores all or nothing")
        let results = FillsAnswer(report: report)
        extras = { problem in results.write(to: &problem) }
    }
}

/// What became of each fill.
private struct FillsAnswer: JSONWritable {
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
                    write(outcome, to: &result)
                }
            }
        }
    }

    private func write(_ outcome: FillOutcome, to result: inout JSONObjectWriter) {
        switch outcome {
        case .accepted where !report.isStored:
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
