import TestSupport
import Testing

/// An installation worked on by its command line: a database, and a folder to stand in.
struct OperatedBlotter {
    /// Whose fills the tests are about.
    static let owner = "1001"

    let databaseURL: String
    let folder: String
    var settings: [String: String] = [:]

    /// Runs `body` on one with an empty database.
    static func run<Result>(
        on backend: TestBackend, _ body: (OperatedBlotter) async throws -> Result
    ) async throws -> Result {
        try await backend.withStore { store in
            try await run(on: store, body)
        }
    }

    static func run<Result>(
        on store: TestStore, _ body: (OperatedBlotter) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            try await body(OperatedBlotter(databaseURL: store.url, folder: folder))
        }
    }

    /// Runs a command to its end.
    func command(_ arguments: String..., input: String = "") async throws -> Program.Ending {
        try await command(arguments, input: input)
    }

    func command(_ arguments: [String], input: String = "") async throws -> Program.Ending {
        var settings = ["BLOTTER_DATABASE_URL": databaseURL]
        settings.merge(self.settings) { $1 }
        return try await Program.run(
            arguments, settings: settings, input: input, in: folder, withinSeconds: 120)
    }

    /// Runs a command that has to end well, and returns what it printed.
    @discardableResult
    func done(
        _ arguments: String..., input: String = "", exitCode: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let ending = try await command(arguments, input: input)
        try #require(
            ending.status == exitCode, "\(arguments): \(ending.output)\(ending.complaints)",
            sourceLocation: sourceLocation)
        return ending.lines
    }

    /// Adds the owner, who is an admin.
    func addOwner() async throws {
        try await done(
            "user", "add", "--telegram-id", OperatedBlotter.owner, "--username", "ada", "--admin",
            "--approve")
    }

    func addPortfolio(_ name: String) async throws {
        try await done(
            "portfolio", "add", "--user", OperatedBlotter.owner, "--name", name, "--broker",
            "BINANCE", "--currency", "USDT")
    }

    /// A token that may ingest and read, for `portfolio` alone where one is named.
    func makeToken(portfolio: String? = nil) async throws -> String {
        let ending = try await command(
            [
                "token", "create", "--user", OperatedBlotter.owner, "--name",
                "for \(portfolio ?? "all")",
            ]
                + (portfolio.map { ["--portfolio", $0] } ?? []))
        try #require(ending.status == 0, "\(ending.complaints)")
        // Alone, so that `TOKEN=$(…)` works.
        let line = try #require(ending.lines.first)
        #expect(ending.output == line + "\n")
        #expect(ending.complaints == "")
        #expect(line.hasPrefix("blt_") && !line.contains(" "))
        return line
    }

    func importFile(
        _ file: String, into portfolio: String, _ options: String...
    ) async throws -> Program.Ending {
        try await command(
            ["import", file, "--user", OperatedBlotter.owner, "--portfolio", portfolio] + options)
    }

    /// Expects that positions and daily P&L are what the trades say.
    func expectVerified(
        trades: Int, holdings: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let ending = try await command("verify")
        #expect(ending.status == 0, "\(ending.complaints)", sourceLocation: sourceLocation)
        #expect(
            ending.lines == ["\(trades) trades in \(holdings) holdings, 0 differences"],
            sourceLocation: sourceLocation)
    }
}
