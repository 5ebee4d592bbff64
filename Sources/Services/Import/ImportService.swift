public import Ledger
import Records
import World

/// Fills from files: the same way into the ledger as over HTTP, in batches.
public struct ImportService: Sendable {
    let trades: TradeService
    let corrections: CorrectionService
    let timeZones: TimeZones

    /// Fills of one unit of work.
    private static let batchSize = 1000
    /// What of a piece is read at once: a line of two bytes may be a refusal of a hundred.
    private static let pieceBytes = 64 << 10

    /// Reads a file's pieces as they come. Idempotent, so an import that broke off is simply
    /// repeated. A dry run stores nothing; it takes each batch as if those before it had been
    /// refused. `progress` hears of each batch.
    ///
    /// Throws `ImportError` where the file can't be read further, `ServiceError` and
    /// `StorageError`; the batches before it are stored.
    public func run<Pieces: AsyncSequence>(
        _ pieces: Pieces, format: ImportFormat, options: ImportOptions = ImportOptions(),
        portfolio: ExactText?, isDryRun: Bool, as authority: Authority,
        progress: (ImportReport) -> Void
    ) async throws -> ImportReport where Pieces.Element == [UInt8] {
        var reader = try format.makeReader(try settings(options, of: format))
        var posting = ImportPosting(
            trades: trades, corrections: corrections, portfolio: portfolio, isDryRun: isDryRun,
            authority: authority)
        var waiting: [ImportedItem] = []
        func store(atLeast count: Int) async throws {
            var start = 0
            while waiting.count - start >= count, start < waiting.count {
                let batch = waiting[start...].prefix(Self.batchSize)
                try await posting.post(batch)
                start += batch.count
                progress(posting.report)
            }
            waiting.removeFirst(start)
        }
        var isFirst = true
        for try await piece in pieces {
            if isFirst { try ImportFormat.refuseArchive(piece) }
            isFirst = false
            var rest = piece[...]
            while !rest.isEmpty {
                waiting += try reader.read(rest.prefix(Self.pieceBytes))
                rest = rest.dropFirst(Self.pieceBytes)
                try await store(atLeast: Self.batchSize)
            }
        }
        waiting += try reader.finish()
        try await store(atLeast: 1)
        posting.report.add(notes: reader.notes)
        return posting.report
    }

    /// Throws `.invalid` for an option that the format does not take, and for an unknown zone.
    private func settings(
        _ options: ImportOptions, of format: ImportFormat
    ) throws(ServiceError) -> ImportSettings {
        for option in options.given where !format.takes.contains(option) {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: option.rawValue,
                detail: "files of the format \(format.name) take none")
        }
        let name = options.timeZone ?? options.mapping?.timeZone ?? format.defaultTimeZone
        return ImportSettings(
            timeZone: try name.map { name throws(ServiceError) in
                guard let rules = timeZones.rules(named: name) else {
                    throw ServiceError(
                        .invalid, code: "INVALID_FIELD", field: ImportOption.timeZone.rawValue,
                        detail: "no time zone \(name): expected one such as America/New_York or"
                            + " +02:00")
                }
                return rules
            }, account: options.account, mapping: options.mapping)
    }
}
