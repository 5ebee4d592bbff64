import ArgumentParser
import Ledger
import Records
import Services
import Web
import Wire

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write trades, positions, campaigns or daily P&L to standard output.",
        discussion: """
            The fields are those of GET /v1/trades, /v1/positions, /v1/campaigns and of the days \
            of /v1/pnl, in the same order of rows. --from and --to are days in UTC, both included: \
            of a trade's execution, of a campaign's opening.
            """)

    enum Subject: String, CaseIterable { case trades, positions, campaigns, pnl, journal }
    enum Format: String, CaseIterable { case csv, json }

    @OptionGroup var options: CommonOptions
    @Argument(help: "trades, positions, campaigns or pnl.") var subject: String
    @Option(help: "The owner's Telegram id.") var user: Int64
    @Option(help: "The one portfolio that is exported (default: all).") var portfolio: String?
    @Option(help: "csv or json.") var format = Format.csv.rawValue
    @Option(help: ArgumentHelp("The first day.", valueName: "YYYY-MM-DD")) var from: String?
    @Option(help: ArgumentHelp("The last day.", valueName: "YYYY-MM-DD")) var to: String?
    @Option(help: "By which cost P&L is told: average, fifo or lifo (default: average).")
    var method: String?
    @Flag(help: "Positions that are closed, too.") var includeClosed = false

    func run() async throws {
        let subject = try choice(Subject.self, self.subject, "the subject")
        let format = try choice(Format.self, self.format, "--format")
        let (from, until) = try span()
        let method = try self.method.map { try choice(CostMethod.self, $0, "--method") }
        guard method == nil || subject == .pnl else {
            throw ValidationError("--method: is for pnl")
        }
        switch subject {
        case .journal:
            throw ValidationError("journal: there is no journal to export yet")
        case .positions where from != nil || until != nil:
            throw ValidationError("--from, --to: positions are those of now")
        case .trades, .campaigns, .pnl:
            guard !includeClosed else {
                throw ValidationError("--include-closed: is for positions")
            }
        case .positions: break
        }
        try await Installation.with(options) { installation in
            let services = installation.services
            let owner = try await installation.authority(ofTelegramUser: user)
            let portfolio = portfolio.map { ExactText($0) }
            switch subject {
            case .trades:
                var query = TradeQuery(
                    portfolio: portfolio, from: from, until: until,
                    limit: Limits.pageSize.upperBound)
                try await ExportFile(.trades, format).write {
                    let page = try await services.trades.page(query, for: owner)
                    query.cursor = page.next
                    return (page.trades, page.next != nil)
                }
            case .campaigns:
                var query = CampaignQuery(
                    portfolio: portfolio, from: from, until: until,
                    limit: Limits.pageSize.upperBound)
                try await ExportFile(.campaigns, format).write {
                    let page = try await services.campaigns.page(query, for: owner)
                    query.cursor = page.next
                    return (page.campaigns, page.next != nil)
                }
            case .pnl:
                let period = try period(today: services.performance.today)
                try await ExportFile(.pnl, format).write {
                    let report = try await services.performance.report(
                        portfolio: portfolio, period: period, method: method ?? .average,
                        for: owner)
                    return (report.daily, false)
                }
            case .positions, .journal:
                try await ExportFile(.positions, format).write {
                    let positions = try await services.positions.snapshot(
                        portfolio: portfolio, includeClosed: includeClosed, for: owner)
                    return (positions, false)
                }
            }
        }
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type, _ text: String, _ option: String
    ) throws -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(option): expected one of \(names)")
        }
        return choice
    }

    /// The first instant, and the first one after; nil where there is no bound.
    private func span() throws -> (from: Timestamp?, until: Timestamp?) {
        let first = try day(from, "--from")
        let last = try day(to, "--to")
        if let first, let last, last < first {
            throw ValidationError("--to: is before --from")
        }
        let end = last.flatMap { $0.adding(days: 1) }
        return (first?.start, end.flatMap { $0.year > 9999 ? nil : $0.start })
    }

    /// The days of P&L; all of them where there is no bound.
    private func period(today: Day) throws -> Period {
        let first = try day(from, "--from")
        let last = try day(to, "--to") ?? today
        let text = first.map { "\($0)..\(last)" } ?? "0001-01-01..\(last)"
        guard let period = Period(text, today: today) else {
            throw ValidationError("--from: is after today")
        }
        return period
    }

    private func day(_ text: String?, _ option: String) throws -> Day? {
        guard let text else { return nil }
        guard let day = Day(canonical: text) else {
            throw ValidationError("\(option): expected a day such as 2026-02-19")
        }
        return day
    }
}

/// Rows on their way to standard output, a page at a time.
private struct ExportFile<Row> {
    let list: ListFormat<Row>
    let format: ExportCommand.Format

    init(_ list: ListFormat<Row>, _ format: ExportCommand.Format) {
        self.list = list
        self.format = format
    }

    /// `next` gives a page, and whether there are others. Throws `OutputError` as soon as nobody
    /// takes what is written.
    func write(_ next: () async throws -> (rows: [Row], hasMore: Bool)) async throws {
        var bytes: [UInt8] = []
        switch format {
        case .csv: CSVWriter.append(list.fields, to: &bytes)
        case .json: bytes.append(UInt8(ascii: "["))
        }
        var isFirst = true
        var hasMore = true
        while hasMore {
            let page = try await next()
            hasMore = page.hasMore
            for row in page.rows {
                switch format {
                case .csv: CSVWriter.append(list.record(row), to: &bytes)
                case .json:
                    bytes.append(contentsOf: isFirst ? "\n".utf8 : ",\n".utf8)
                    bytes += list.json(row)
                }
                isFirst = false
            }
            try Terminal.send(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        if format == .json { try Terminal.send(Array("\n]\n".utf8)) }
    }
}
