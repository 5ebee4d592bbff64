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
    @Option(help: "csv or jsonl (default: by the file's ending).") var format: String?
    @Flag(help: "Only say what would become of the fills.") var dryRun = false

    func run() async throws {
        let format = try chosenFormat()
        let source = try FileBytes(path: file)
        try await Installation.with(options) { installation in
            let owner = try await installation.authority(ofTelegramUser: user)
            let bar = ProgressBar(totalBytes: source.size)
            let report = try await installation.services.imports.run(
                source, format: format, portfolio: ExactText(portfolio), isDryRun: dryRun,
                as: owner
            ) { report in
                bar.show(
                    bytes: source.position,
                    "\(report.accepted + report.duplicates + report.rejections.count) fills")
            }
            bar.finish()
            for rejection in report.rejections {
                Terminal.print("line \(rejection.line): \(rejection.refusal)")
            }
            Terminal.print(
                (dryRun ? "dry run: " : "")
                    + "accepted \(report.accepted), duplicates \(report.duplicates),"
                    + " rejected \(report.rejections.count)")
            if !report.rejections.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }

    private func chosenFormat() throws -> ImportFormat {
        let ending = file.split(separator: ".").last.map(String.init) ?? ""
        let name = format ?? (ending == "ndjson" ? "jsonl" : ending)
        guard let chosen = ImportFormat.named(name) else {
            let names = ImportFormat.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--format: expected one of \(names)")
        }
        return chosen
    }
}
