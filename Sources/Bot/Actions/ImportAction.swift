import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A file that somebody sent; its content is where the file is to be had, and what was said of
    /// it.
    static let importFile = ActionKind(
        name: "import",
        title: { FileImport($0)?.title ?? "import a file" },
        perform: { action, services, caller, files in
            guard let file = FileImport(action) else {
                throw ServiceError(
                    .invalid, code: "INVALID_FIELD",
                    detail: "another version of the bot proposed this: send the file again")
            }
            // Every fill has its id, so that a repetition finds duplicates.
            let report = try await file.run(isDryRun: false, services, caller, files)
            return Performed(resultJSON: FileImport.json(report))
        },
        facts: { action, resultJSON in
            (FileImport(action)?.facts ?? []) + FileImport.facts(ofResult: resultJSON)
        }, blocks: FileImport.blocks(ofResult:))
}

/// A file on its way from a chat into the ledger.
struct FileImport: Sendable {
    let file: SentFile
    let format: ImportFormat
    let portfolio: ExactText
    let options: ImportOptions

    /// So many rejections are shown; all are counted.
    static let shownLines = 8

    init(file: SentFile, format: ImportFormat, portfolio: ExactText, options: ImportOptions) {
        self.file = file
        self.format = format
        self.portfolio = portfolio
        self.options = options
    }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let id = content["file_id"]?.string, let name = content["file_name"]?.string,
            let format = content["format"]?.string.flatMap(ImportFormat.named),
            let portfolio = content["portfolio"]?.string
        else { return nil }
        self.init(
            file: SentFile(id: id, name: name), format: format, portfolio: ExactText(portfolio),
            options: ImportOptions(
                timeZone: content["time_zone"]?.string, account: content["account"]?.string))
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("file_id", file.id)
            content.write("file_name", file.name)
            content.write("format", format.name)
            content.write("portfolio", portfolio)
            if let timeZone = options.timeZone { content.write("time_zone", timeZone) }
            if let account = options.account { content.write("account", account) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func into(_ portfolio: ExactText) -> FileImport {
        FileImport(file: file, format: format, portfolio: portfolio, options: options)
    }

    var title: String { "import \(file.name.shortened) into \(portfolio)" }

    var facts: [Fact] {
        var facts = [
            Fact("File", .text(file.name.shortened)), Fact("Format", .text(format.name)),
            Fact("Portfolio", .text(portfolio.text)),
        ]
        if let account = options.account { facts.append(Fact("Account", .text(account))) }
        if let zone = options.timeZone { facts.append(Fact("Time zone", .text(zone))) }
        return facts
    }

    /// Throws `ServiceError` where it can't be read, `CommandRefusal` where the file is not to be
    /// had, and what storage throws.
    func run(
        isDryRun: Bool, _ services: Services, _ caller: Caller, _ files: SentFiles,
        bytes known: [UInt8]? = nil
    ) async throws -> ImportReport {
        let bytes = if let known { known } else { try await files.bytes(of: file) }
        let pieces = AsyncStream<[UInt8]> { stream in
            for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
                stream.yield(Array(bytes[start...].prefix(1 << 18)))
            }
            stream.finish()
        }
        do {
            return try await services.imports.run(
                pieces, format: format, options: options, portfolio: portfolio,
                isDryRun: isDryRun, as: Authority(caller: caller)
            ) { _ in }
        } catch let error as ImportError {
            throw ServiceError(.invalid, code: "INVALID_FIELD", detail: error.description)
        }
    }
}

// What came of it, as it is kept and shown.
extension FileImport {
    static func json(_ report: ImportReport) -> String {
        let bytes = JSONWriter.object { result in
            result.write("accepted", report.accepted)
            result.write("duplicates", report.duplicates)
            result.write("rejected", report.rejected)
            result.write("corrected", report.corrected)
            result.write("noted", report.noted)
            result.write("lines", list(lines(of: report)))
            result.write("notes", list(report.notes))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func list(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string(ExactText($0)) })
    }

    /// The first rejections, then the first of the noted.
    private static func lines(of report: ImportReport) -> [String] {
        let rejected = report.rejections.prefix(shownLines).map {
            "line \($0.line): \($0.refusal)"
        }
        let noted = report.notedLines.prefix(shownLines - rejected.count).map {
            "line \($0.line): noted, not posted: \($0.text)"
        }
        return (rejected + noted).map { $0.shortened(to: 200) }
    }

    static func facts(ofResult json: String, isDryRun: Bool = false) -> [Fact] {
        guard let result = try? JSONValue(parsing: json) else { return [] }
        let labels = [
            ("accepted", isDryRun ? "New" : "Stored"), ("duplicates", "Known already"),
            ("rejected", "Rejected"), ("corrected", "Corrected"), ("noted", "Noted"),
        ]
        var facts: [Fact] = []
        for (key, label) in labels {
            let count = result[key]?.integer ?? 0
            let isAlwaysShown = ["accepted", "duplicates", "rejected"].contains(key)
            if count > 0 || isAlwaysShown { facts.append(Fact(label, .text(String(count)))) }
        }
        return facts
    }

    /// What the source leaves to be said, and the lines that are no trades.
    @Sendable static func blocks(ofResult json: String) -> [Block] {
        guard let result = try? JSONValue(parsing: json) else { return [] }
        func texts(_ key: String) -> [Cell] {
            (result[key]?.array ?? []).map { .text($0.string ?? "") }
        }
        let lines = texts("lines")
        let all = ["rejected", "noted"].reduce(0) { $0 + (result[$1]?.integer ?? 0) }
        let left: [Cell] = all > lines.count ? ["… and \(all - lines.count) more"] : []
        let details = Details(summary: "Lines that are no trades", lines: lines + left)
        return texts("notes").map(Block.note) + (lines.isEmpty ? [] : [.details(details)])
    }
}
