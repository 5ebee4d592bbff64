import HTTPTypes
import Ledger
import Logging
import Records
import ServiceLifecycle
import Services
import World

/// Fills that come as NDJSON, one a line, and are answered line by line as they become durable.
///
/// What has come while a unit of work was being stored goes into the next one: a trickle is
/// answered at once, a flood in large pieces. What a connection that breaks leaves is a clean
/// prefix: units are stored one after another.
struct FillStream: Sendable {
    static let mediaType = "application/x-ndjson"
    /// Fills of one unit of work: more would hold up others for longer than they gain.
    private static let unitSize = 1000
    /// Bytes that are read ahead, some thousand lines of the usual length; the client waits with
    /// the rest.
    private static let readAhead = 1 << 20

    let trades: TradeService
    let authority: Authority
    let body: RequestContent
    /// For lines that name none.
    let portfolio: ExactText?
    let strategy: StrategyChoice
    let logger: Logger

    private typealias Fill = Result<FillReport, FillRefusal>

    /// Throws what would refuse every line, while there still is a status to tell it with.
    func check() async throws { _ = try await store([]) }

    /// Stores all lines. The last one it writes is a summary, or the problem that ended it; then
    /// what no line tells of was not stored and can be posted again.
    @concurrent func run(_ write: Answer.Write) async throws {
        var answer = FillLinesAnswer()
        var problem: Problem?
        do {
            try await withGracefulShutdownHandler {
                try await storeAll(&answer, write)
            } onGracefulShutdown: {
                body.stopReading()
            }
            try await write(answer.summary)
        } catch {
            problem = Task.isShuttingDownGracefully ? .stopping : Problem(error, in: logger)
        }
        logger.info(
            "fills",
            metadata: [
                "accepted": "\(answer.accepted)", "duplicates": "\(answer.duplicates)",
                "rejected": "\(answer.rejected)", "broken_off": "\(problem?.code ?? "no")",
            ])
        guard let problem else { return }
        // Where the client is gone, nobody hears it.
        try await write(FillLinesAnswer.brokenOff(by: problem))
        body.stopReading()
    }

    @concurrent private func storeAll(
        _ answer: inout FillLinesAnswer, _ write: Answer.Write
    ) async throws {
        let backlog = Backlog<Fill>(limit: FillStream.readAhead)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { backlog.finish() }
                try await read(into: backlog)
            }
            while let fills = try await backlog.take(upTo: FillStream.unitSize) {
                let report = try await store(fills)
                logger.logEach(report, of: fills)
                try await write(answer.lines(for: report))
            }
            try await group.waitForAll()
        }
    }

    private func read(into backlog: Backlog<Fill>) async throws {
        var lines = FillLines()
        var bytes = 0
        try await body.stream { piece in
            bytes += piece.count
            let fills = lines.read(piece).map(\.fill)
            try await backlog.add(fills, weight: bytes)
            if !fills.isEmpty { bytes = 0 }
        }
        // Only the end of a whole body ends a line.
        if let last = lines.finish() { try await backlog.add([last.fill], weight: bytes) }
    }

    private func store(_ fills: [Fill]) async throws -> IngestReport {
        try await trades.ingest(
            IngestRequest(
                fills: fills, portfolio: portfolio, strategy: strategy, source: .broker),
            as: authority)
    }
}

extension Problem {
    fileprivate init(_ error: any Error, in logger: Logger) {
        let requestID = logger[metadataKey: "request_id"].map { "\($0)" } ?? ""
        self.init(error, requestID: requestID)
        if status.code >= 500 {
            logger.error("stream failed", metadata: ["error": "\(error)"])
        }
    }
}
