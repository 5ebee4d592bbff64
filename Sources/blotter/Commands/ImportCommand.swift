import ArgumentParser
import Ledger
import Services

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read fills from a file into a portfolio; importing it again is harmless.",
        discussion: ImportFormat.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n"))

    @OptionGroup var options: CommonOptions
    @Argument(help: "The file; - reads standard input.") var file: String
    @Option(help: "The owner's Telegram id.") var user: Int64
    @Option(help: "The portfolio for fills that name none.") var portfolio: String
    @Option(
        help: ArgumentHelp(
            "One of \(ImportFormat.all.map(\.name).joined(separator: ", "))"
                + " (default: as the file looks)."))
    var format: String?
    @Option(
        help: ArgumentHelp(
            "For times without a zone: America/New_York, +02:00 (default: the format's).",
            valueName: "zone"))
    var timeZone: String?
    @Option(help: "The broker's account whose rows are meant (ibkr-flex).") var account: String?
    @Option(
        help: ArgumentHelp(
            "A JSON file that says which columns are which fields (csv).", valueName: "path"))
    var mapping: String?
    @Flag(help: "Only say what would become of the fills.") var dryRun = false

    func run() async throws {
        let format = try await chosenFormat()
        let source = try FileBytes(path: file)
        let about = ImportOptions(
            timeZone: timeZone, account: account, mapping: try readMapping())
        try await Installation.with(options) { installation in
            let owner = try await installation.authority(ofTelegramUser: user)
            let bar = ProgressBar(totalBytes: source.size)
            let report = try await installation.services.imports.run(
                source, format: format, options: about, portfolio: ExactText(portfolio),
                isDryRun: dryRun, as: owner
            ) { report in
                bar.show(bytes: source.position, "\(report.count) fills")
            }
            bar.finish()
            show(report)
            if report.rejected > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }

    private func show(_ report: ImportReport) {
        for rejection in report.rejections {
            Terminal.print("line \(rejection.line): \(rejection.refusal)")
        }
        let unlisted = report.rejected - report.rejections.count
        if unlisted > 0 { Terminal.print("and \(unlisted) more rejected") }
        for noted in report.notedLines {
            Terminal.print("line \(noted.line): noted, not posted: \(Visible.text(noted.text))")
        }
        let unnoted = report.noted - report.notedLines.count
        if unnoted > 0 { Terminal.print("and \(unnoted) more noted") }
        for note in report.notes { Terminal.print(Visible.text(note)) }
        Terminal.print((dryRun ? "dry run: " : "") + report.summary)
    }

    private func readMapping() throws -> CSVMapping? {
        try mapping.map { try CSVMapping(json: try SmallFile.read($0, for: $0)) }
    }

    private func chosenFormat() async throws -> ImportFormat {
        let chosen =
            if let format {
                ImportFormat.named(format)
            } else {
                try ImportFormat.detected(name: file, head: try await head())
            }
        guard let chosen else {
            let names = ImportFormat.all.map(\.name).joined(separator: ", ")
            let reason = format == nil ? "the file does not tell its own; " : ""
            throw ValidationError("--format: \(reason)expected one of \(names)")
        }
        return chosen
    }

    /// How the file begins; nothing of standard input, which can be read only once.
    private func head() async throws -> [UInt8] {
        guard file != "-" else { return [] }
        let beginning = try FileBytes(path: file)
        guard beginning.size != nil else { return [] }
        for try await piece in beginning { return Array(piece.prefix(ImportFormat.headBytes)) }
        return []
    }
}
