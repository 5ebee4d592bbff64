public import Ledger
public import Services

/// Lists of one member that are to be written to files.
public struct ListExport: Sendable, Hashable {
    public enum Subject: String, Sendable, CaseIterable { case trades, positions, campaigns, pnl }
    public enum Format: String, Sendable, CaseIterable { case csv, json }

    /// One file, or several of one list where it is long, for each.
    public var subjects: [Subject]
    public var format: Format
    public let authority: Authority
    /// Nil for all.
    public var portfolio: ExactText?
    /// Of trades by their execution, of campaigns by their opening, of P&L by the day; positions
    /// are those of now.
    public var period: Period
    public var method: CostMethod
    public var includesClosed: Bool
    /// What the files' names end in: the day on which they were asked for.
    public var day: Day
    /// What is to be done once all of it has arrived.
    package var next: FollowUp?

    /// What waits for an export.
    package enum FollowUp: Sendable, Hashable {
        /// The admins are asked about a member who wants to leave.
        case askAdmins(Departure)
    }

    public init(
        _ subjects: [Subject], as format: Format, for authority: Authority,
        portfolio: ExactText? = nil, period: Period, method: CostMethod = .average,
        includesClosed: Bool = false, on day: Day
    ) {
        self.subjects = subjects
        self.format = format
        self.authority = authority
        self.portfolio = portfolio
        self.period = period
        self.method = method
        self.includesClosed = includesClosed
        self.day = day
    }

    /// From the first day that can be told to the last.
    static func everything(today: Day) -> Period? {
        Period("0001-01-01..9999-12-31", today: today)
    }

    /// The first instant, and the first one after; nil where there is no bound.
    public var span: (from: Timestamp?, until: Timestamp?) {
        let end = period.to.adding(days: 1)
        return (period.from?.start, end.year > 9999 ? nil : end.start)
    }
}

extension ListExport {
    /// The same at the command line, as far as it can be told without the user.
    var commandLine: String {
        let subject = subjects.count == 1 ? subjects[0].rawValue : "trades"
        return "blotter export \(subject) --format \(format.rawValue) --user …"
    }

    /// `blotter-trades-2026-02-19.csv`, with a number where there are others.
    package func fileName(_ subject: Subject, part: Int?) -> String {
        let number = part.map { "-\($0)" } ?? ""
        return "blotter-\(subject.rawValue)-\(day)\(number).\(format.rawValue)"
    }

    var mediaType: String { format == .csv ? "text/csv" : "application/json" }
}

/// How lists become files; given by the program, which has the formats of the HTTP API.
public struct ExportWriter: Sendable {
    /// What stands around a file's rows, and between them.
    public struct Frame: Sendable, Hashable {
        public var head: [UInt8]
        public var separator: [UInt8]
        public var tail: [UInt8]

        public init(head: [UInt8], separator: [UInt8], tail: [UInt8]) {
            self.head = head
            self.separator = separator
            self.tail = tail
        }
    }

    public typealias Take = @Sendable ([[UInt8]]) async throws -> Void

    let frame: @Sendable (ListExport.Subject, ListExport.Format) -> Frame
    /// Gives the rows of one subject page by page. Throws `ServiceError`, what storage throws, and
    /// what `take` throws.
    let rows: @Sendable (ListExport.Subject, ListExport, _ take: Take) async throws -> Void

    public init(
        frame: @escaping @Sendable (ListExport.Subject, ListExport.Format) -> Frame,
        rows:
            @escaping @Sendable (ListExport.Subject, ListExport, _ take: Take) async throws -> Void
    ) {
        self.frame = frame
        self.rows = rows
    }
}
