import HTTPTypes
import Ledger
import Logging
import Records
import Services
import Wire

extension Route {
    static let postFills = Route(
        .post, "/v1/fills", parameters: ["atomic", "portfolio", "strategy"],
        summary: "Stores fills; 200 means that they are durable",
        .authorized(.ingest) { call, authority in
            let type = try call.body.mediaType(among: ["application/json", FillStream.mediaType])
            return type == FillStream.mediaType
                ? try await answerStream(call, authority) : try await answerBatch(call, authority)
        })
}

private func answerBatch(_ call: RouteCall, _ authority: Authority) async throws -> Answer {
    let batch = readBatch(try await call.body.collect())
    if case .failure(let problem) = batch, problem.status != .unprocessableContent {
        throw problem
    }
    let query = try call.query()
    for name in ["portfolio", "strategy"] where query.text(name) != nil {
        throw Problem.invalid(name, "stands in the body of a JSON batch")
    }
    let isAtomic = try query.flag("atomic")
    let fills = try batch.get()
    let report = try await call.services.trades.ingest(
        IngestRequest(
            fills: fills.fills, portfolio: fills.portfolio, strategy: fills.strategy,
            isAtomic: isAtomic, source: .broker), as: authority)
    call.logger.log(report, of: fills.fills)
    guard report.isStored else { throw Problem(refused: report) }
    return Answer(FillsAnswer(report: report))
}

private func answerStream(_ call: RouteCall, _ authority: Authority) async throws -> Answer {
    let query = try call.query()
    guard query.text("atomic") == nil else {
        throw Problem.invalid("atomic", "a stream is stored as it comes; send a JSON batch")
    }
    guard call.body.signature == nil else {
        throw Problem.invalid(
            "Blotter-Signature", "a stream has no end to be signed; send JSON batches")
    }
    let stream = FillStream(
        trades: call.services.trades, authority: authority, body: call.body,
        portfolio: query.text("portfolio"),
        strategy: try query.strategy("strategy").map { .named($0) } ?? .leftOut,
        logger: call.logger)
    try await stream.check()
    return Answer(FillStream.mediaType) { write in try await stream.run(write) }
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
        logEach(report, of: fills)
        info(
            "fills",
            metadata: [
                "accepted": "\(report.isStored ? report.accepted : 0)",
                "duplicates": "\(report.duplicates)", "rejected": "\(report.rejected)",
            ])
    }

    func logEach(_ report: IngestReport, of fills: [Result<FillReport, FillRefusal>]) {
        guard report.rejected > 0 || logLevel <= .debug else { return }
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
