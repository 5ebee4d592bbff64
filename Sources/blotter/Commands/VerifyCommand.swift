import ArgumentParser
import Records
import Services
import World

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute all that follows from the trades, and compare.",
        discussion: "Prints a line for each difference; exits with 1 where there is one.")

    @OptionGroup var options: CommonOptions
    @Flag(help: "Write what the trades say in place of what differs.") var repair = false

    private struct Count: Sendable {
        var holdings = 0
        var trades = 0
        var differences = 0
    }

    func run() async throws {
        try await Installation.with(options) { installation in
            let count = Lock(Count())
            let bar = ProgressBar(totalBytes: nil)
            try await Verification(installation.services).run(repair: repair, as: .owner) {
                progress in
                bar.finish()
                for difference in progress.differences {
                    Terminal.print(Visible.text(difference.description))
                }
                let now = count.withLock { count in
                    count.holdings += progress.holdings
                    count.trades += progress.trades
                    count.differences += progress.differences.count
                    return count
                }
                bar.show(bytes: 0, "\(now.trades) trades, \(now.differences) differences")
            }
            bar.finish()
            let total = count.withLock { $0 }
            Terminal.print(
                "\(total.trades) trades in \(total.holdings) holdings,"
                    + " \(total.differences) differences"
                    + (repair && total.differences > 0 ? ", repaired" : ""))
            if total.differences > 0, !repair { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }
}
