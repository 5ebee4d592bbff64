import Bot
import Ledger
import Records
import Services
import Web
import Wire

/// Writes lists in the formats of the HTTP API: for `blotter export` and for the chat.
struct Exporter: Sendable {
    let services: Services

    var writer: ExportWriter {
        ExportWriter(frame: Self.frame) { subject, export, take in
            try await rows(of: subject, export, take)
        }
    }

    static func frame(
        _ subject: ListExport.Subject, _ format: ListExport.Format
    ) -> ExportWriter.Frame {
        switch format {
        case .csv:
            var head: [UInt8] = []
            CSVWriter.append(fields(of: subject), to: &head)
            return ExportWriter.Frame(head: head, separator: [], tail: [])
        case .json:
            return ExportWriter.Frame(
                head: Array("[".utf8), separator: Array(",".utf8), tail: Array("\n]\n".utf8))
        }
    }

    private static func fields(of subject: ListExport.Subject) -> [String] {
        switch subject {
        case .trades: ListFormat<TradeListing>.trades.fields
        case .positions: ListFormat<PositionView>.positions.fields
        case .campaigns: ListFormat<CampaignListing>.campaigns.fields
        case .pnl: ListFormat<PnLReport.DayTotal>.pnl.fields
        }
    }

    /// Page by page, so that memory stays small. Throws `ServiceError`, what storage throws, and
    /// what `take` throws.
    func rows(
        of subject: ListExport.Subject, _ export: ListExport, _ take: ExportWriter.Take
    ) async throws {
        let (from, until) = export.span
        let format = export.format
        switch subject {
        case .trades:
            var query = TradeQuery(
                portfolio: export.portfolio, from: from, until: until,
                limit: Limits.pageSize.upperBound)
            repeat {
                let page = try await services.trades.page(query, for: export.authority)
                try await take(page.trades.map { ListFormat.trades.row($0, format) })
                query.cursor = page.next
            } while query.cursor != nil
        case .campaigns:
            var query = CampaignQuery(
                portfolio: export.portfolio, from: from, until: until,
                limit: Limits.pageSize.upperBound)
            repeat {
                let page = try await services.campaigns.page(query, for: export.authority)
                try await take(page.campaigns.map { ListFormat.campaigns.row($0, format) })
                query.cursor = page.next
            } while query.cursor != nil
        case .pnl:
            let report = try await services.performance.report(
                portfolio: export.portfolio, period: export.period, method: export.method,
                for: export.authority)
            try await take(report.daily.map { ListFormat.pnl.row($0, format) })
        case .positions:
            let positions = try await services.positions.snapshot(
                portfolio: export.portfolio, includeClosed: export.includesClosed,
                for: export.authority)
            try await take(positions.map { ListFormat.positions.row($0, format) })
        }
    }
}

extension ListFormat {
    fileprivate func row(_ row: Row, _ format: ListExport.Format) -> [UInt8] {
        switch format {
        case .json: return Array("\n".utf8) + json(row)
        case .csv:
            var bytes: [UInt8] = []
            CSVWriter.append(record(row), to: &bytes)
            return bytes
        }
    }
}
