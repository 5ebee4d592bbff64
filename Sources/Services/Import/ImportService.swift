public import Ledger
import Records

/// What an import came to.
public struct ImportReport: Sendable {
    public struct Rejection: Sendable, Hashable {
        /// Of the file, from 1.
        public let line: Int
        public let refusal: FillRefusal
    }

    public fileprivate(set) var accepted = 0
    public fileprivate(set) var duplicates = 0
    public fileprivate(set) var rejections: [Rejection] = []
}

/// Fills from files: the same way into the ledger as over HTTP, in batches.
public struct ImportService: Sendable {
    let trades: TradeService

    /// Fills of one unit of work.
    private static let batchSize = 1000

    /// Reads a file's pieces as they come. Idempotent, so an import that broke off is simply
    /// repeated. A dry run stores nothing; it takes each batch as if those before it had been
    /// refused. `progress` hears of each batch.
    ///
    /// Throws `ImportError` where the file can't be read further, `ServiceError` and
    /// `StorageError`; the batches before it are stored.
    public func run<Pieces: AsyncSequence>(
        _ pieces: Pieces, format: ImportFormat, portfolio: ExactText?, isDryRun: Bool,
        as authority: Authority, progress: (ImportReport) -> Void
    ) async throws -> ImportReport where Pieces.Element == [UInt8] {
        var reader = format.makeReader()
        var report = ImportReport()
        var waiting: [ImportedFill] = []
        func store(atLeast count: Int) async throws {
            while waiting.count >= count, !waiting.isEmpty {
                let batch = Array(waiting.prefix(ImportService.batchSize))
                waiting.removeFirst(batch.count)
                let request = IngestRequest(
                    fills: batch.map(\.fill), portfolio: portfolio, isDryRun: isDryRun,
                    source: .imported)
                let stored = try await trades.ingest(request, as: authority)
                report.add(stored, of: batch)
                progress(report)
            }
        }
        for try await piece in pieces {
            waiting += try reader.read(piece[...])
            try await store(atLeast: ImportService.batchSize)
        }
        waiting += try reader.finish()
        try await store(atLeast: 1)
        return report
    }
}

extension ImportReport {
    fileprivate mutating func add(_ stored: IngestReport, of batch: [ImportedFill]) {
        accepted += stored.accepted
        duplicates += stored.duplicates
        for (fill, outcome) in zip(batch, stored.outcomes) {
            if case .rejected(let refusal) = outcome {
                rejections.append(Rejection(line: fill.line, refusal: refusal))
            }
        }
    }
}
