import ArgumentParser
import Bot
import Ledger
import Services
import World

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

    @OptionGroup var options: CommonOptions
    @Argument(help: "trades, positions, campaigns or pnl.") var subject: String
    @Option(help: "The owner's Telegram id.") var user: Int64
    @Option(help: "The one portfolio that is exported (default: all).") var portfolio: String?
    @Option(help: "csv or json.") var format = ListExport.Format.csv.rawValue
    @Option(help: ArgumentHelp("The first day.", valueName: "YYYY-MM-DD")) var from: String?
    @Option(help: ArgumentHelp("The last day.", valueName: "YYYY-MM-DD")) var to: String?
    @Option(help: "By which cost P&L is told: average, fifo or lifo (default: average).")
    var method: String?
    @Flag(help: "Positions that are closed, too.") var includeClosed = false

    func run() async throws {
        let subject = try choice(Subject.self, self.subject, "the subject")
        let format = try choice(ListExport.Format.self, self.format, "--format")
        let period = try days(subject)
        let method = try self.method.map { try choice(CostMethod.self, $0, "--method") }
        guard method == nil || subject == .pnl else {
            throw ValidationError("--method: is for pnl")
        }
        switch subject {
        case .journal:
            throw ValidationError("journal: there is no journal to export yet")
        case .positions where from != nil || to != nil:
            throw ValidationError("--from, --to: positions are those of now")
        case .trades, .campaigns, .pnl:
            guard !includeClosed else {
                throw ValidationError("--include-closed: is for positions")
            }
        case .positions: break
        }
        try await Installation.with(options) { installation in
            let services = installation.services
            guard let list = ListExport.Subject(rawValue: subject.rawValue) else {
                throw ValidationError("\(subject.rawValue): there is nothing to export yet")
            }
            var export = ListExport(
                [list], as: format,
                for: try await installation.authority(ofTelegramUser: user),
                portfolio: portfolio.map { ExactText($0) },
                period: try period(services.performance.today),
                method: method ?? .average, on: services.performance.today)
            export.includesClosed = includeClosed
            try await write(export, list, Exporter(services: services))
        }
    }

    /// To standard output, a page at a time. Throws `OutputError` as soon as nobody takes what is
    /// written.
    private func write(
        _ export: ListExport, _ list: ListExport.Subject, _ exporter: Exporter
    ) async throws {
        let frame = Exporter.frame(list, export.format)
        // Nothing is written of what can't be exported.
        let next = Lock(frame.head)
        try await exporter.rows(of: list, export) { rows in
            var bytes: [UInt8] = []
            for row in rows {
                bytes += next.withLock { before in
                    defer { before = frame.separator }
                    return before
                }
                bytes += row
            }
            try Terminal.send(bytes)
        }
        let hasRows = next.withLock { $0 == frame.separator }
        try Terminal.send((hasRows ? [] : frame.head) + frame.tail)
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

    /// The days that are exported; all of them where there is no bound.
    private func days(_ subject: Subject) throws -> (Day) throws -> Period {
        let first = try day(from, "--from")
        let last = try day(to, "--to")
        if let first, let last, last < first {
            throw ValidationError("--to: is before --from")
        }
        return { today in
            // P&L is told up to today, which the report says; all else as far as there is any.
            let end = last.map(\.description) ?? (subject == .pnl ? "\(today)" : "9999-12-31")
            guard let period = Period("\(first?.description ?? "0001-01-01")..\(end)", today: today)
            else { throw ValidationError("--from: is after today") }
            return period
        }
    }

    private func day(_ text: String?, _ option: String) throws -> Day? {
        guard let text else { return nil }
        guard let day = Day(canonical: text) else {
            throw ValidationError("\(option): expected a day such as 2026-02-19")
        }
        return day
    }
}
