import HTTPTypes
import Ledger
import Logging
import Records
import Services
import Wire

extension Route {
    static let postFills = Route(
        .post, "/v1/fills", .ingest,
        summary: "Stores fills; 200 means that they are durable",
        details: """
            Each fill has its own entry in `results`, in their order: a bad one is `rejected` with \
            its field and changes nothing, the others are stored. A fill that is known with the \
            same content is a `duplicate` and harmless, with other content a `CONFLICT`: after a \
            timeout, a 429 or a 503 send the very same body again.

            Sent as `application/x-ndjson`, one fill a line, they are a stream of any length: it \
            is answered in the same media type, line by line as they become durable. The last \
            line is a `summary`, or the `problem` that broke the stream off: what no line tells \
            of was not stored. Read the answer while you send.
            """,
        parameters: [
            RouteParameter(
                "atomic", JSONSchema.boolean.withDefault(false),
                "All or none: any rejection answers 422 `NOT_STORED` and stores nothing",
                example: true),
            RouteParameter(
                "portfolio", .text(atMost: FillLimits.nameBytes),
                "For fills that name none, where the body does not say it either",
                refusals: [.unknownPortfolio]),
            RouteParameter(
                "strategy", .strategy,
                "For fills that name none, where the body does not say it either"),
        ],
        request: .json(ReportBatchField.fillBatch, example: requestExample),
        answer: .json(FillsAnswer.schema, example: answerExample)
            .or(.form(FillStream.mediaType, FillLinesAnswer.schema, example: linesExample)),
        refusals: [
            .unknownPortfolio, .forbiddenPortfolio, .forbiddenStrategy, .tooManyFills, .notStored,
        ],
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
    let isAtomic = try query.flag("atomic")
    let fills = try batch.get()
    let report = try await call.services.trades.ingest(
        IngestRequest(
            fills: fills.fills, portfolio: fills.portfolio ?? query.text("portfolio"),
            strategy: fills.strategy == .leftOut ? try strategy(query) : fills.strategy,
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
        strategy: try strategy(query), logger: call.logger)
    try await stream.check()
    try await call.body.askFor()
    return Answer(FillStream.mediaType) { write in try await stream.run(write) }
}

private func strategy(_ query: Query) throws(Problem) -> StrategyChoice {
    try query.strategy("strategy").map { .named($0) } ?? .leftOut
}

private func readBatch(_ body: [UInt8]) -> Result<FillBatch, Problem> {
    Result { () throws(BatchError) in try FillReader.batch(from: body) }
        .mapError { Problem($0) }
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
            .notStored,
            "\(report.rejected) of \(report.outcomes.count) fills were rejected, "
                + "and atomic=true stores all or nothing")
        let results = FillsAnswer(report: report)
        extras = { problem in results.write(to: &problem) }
    }
}

private let requestExample = """
    {"strategy":"momo@1.0","fills":[{"broker_trade_id":"t-1","symbol":"BTCUSDT",\
    "exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT","side":"BUY","quantity":"0.5",\
    "price":"65000.1","fee":"0.65","exec_time":"2026-02-19T14:32:00.123Z"}]}
    """

private let answerExample = """
    {"accepted":1,"duplicates":0,"rejected":1,"results":[{"index":0,"status":"accepted",\
    "trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11"},{"index":1,"status":"rejected",\
    "error":{"code":"INVALID_FIELD","field":"quantity","detail":"must be greater than 0"}}]}
    """

private let linesExample = """
    {"index":0,"status":"accepted","trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12"}
    {"summary":{"accepted":1,"duplicates":0,"rejected":0}}

    """
