import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing

/// A member's portfolio, and files that are read into it.
struct ImportBench: Sendable {
    let world: ServiceWorld
    let trader: Authority

    static func run(
        on backend: TestBackend = .sqlite, _ body: (ImportBench) async throws -> Void
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let bench = ImportBench(world: world, trader: try await world.member())
            try await body(bench)
            try await world.expectVerified()
        }
    }

    @discardableResult
    func read(
        _ bytes: [UInt8], _ format: String, piece: Int = 4096, options: ImportOptions = .init(),
        isDryRun: Bool = false, as authority: Authority? = nil
    ) async throws -> ImportReport {
        let format = try #require(ImportFormat.named(format))
        let pieces = AsyncStream<[UInt8]> { stream in
            var rest = bytes[...]
            while !rest.isEmpty {
                stream.yield(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
            }
            stream.finish()
        }
        return try await world.services.imports.run(
            pieces, format: format, options: options, portfolio: "main", isDryRun: isDryRun,
            as: authority ?? trader
        ) { _ in }
    }

    @discardableResult
    func read(
        _ text: String, _ format: String, piece: Int = 4096, options: ImportOptions = .init(),
        isDryRun: Bool = false
    ) async throws -> ImportReport {
        try await read(
            Array(text.utf8), format, piece: piece, options: options, isDryRun: isDryRun)
    }

    /// Reads what can't be read, and returns why.
    func refusal(
        _ text: String, _ format: String, options: ImportOptions = .init()
    ) async throws -> String {
        do {
            let report = try await read(text, format, options: options)
            return "not refused: \(report.summary)"
        } catch let error as ImportError {
            return error.description
        } catch let error as ServiceError {
            return error.description
        }
    }

    func positions(includeClosed: Bool = true) async throws -> [PositionView] {
        try await world.services.positions.snapshot(includeClosed: includeClosed, for: trader)
    }

    /// `SIDE QUANTITY SYMBOL @ PRICE CURRENCY fee FEE CURRENCY at TIME`, in the order of time and
    /// id; those out of the ledger in brackets.
    func trades() async throws -> [String] {
        var lines: [String] = []
        var query = TradeQuery(limit: 1000)
        repeat {
            let page = try await world.services.trades.page(query, for: trader)
            lines += page.trades.map { trade in
                let line =
                    "\(trade.side.rawValue) \(trade.quantity) \(trade.instrument.symbol)"
                    + " @ \(trade.price) fee \(trade.fee) \(trade.feeCurrency)"
                    + " at \(trade.execTime.description.prefix(19))"
                return trade.supersession == nil ? line : "(\(line))"
            }
            query.cursor = page.next
        } while query.cursor != nil
        return lines.reversed()
    }
}

extension ImportReport {
    /// `accepted duplicates rejected corrected noted`.
    var counts: [Int] { [accepted, duplicates, rejected, corrected, noted] }

    var reasons: [String] { rejections.map { "\($0.line): \($0.refusal)" } }
}
