import Foundation
import Storage
import TestSupport
import Testing

/// The command line: help, migrations, the check-up.
@Suite struct CommandLineTests {
    private static let commands: [(arguments: [String], options: [String])] = [
        (["serve"], []),
        (["console"], ["--as", "--demo"]),
        (["migrate", "up"], ["--dry-run"]),
        (["migrate", "down"], ["<steps>", "--dry-run"]),
        (["migrate", "status"], []),
        (["user", "add"], ["--telegram-id", "--username", "--admin", "--approve"]),
        (["user", "list"], []),
        (
            ["portfolio", "add"],
            ["--user", "--name", "--broker", "--currency", "--cost-method", "--default"]
        ),
        (
            ["portfolio", "set"],
            ["--user", "--name", "--cost-method", "--leg-window-seconds", "fifo", "lifo"]
        ),
        (["token", "create"], ["--user", "--name", "--portfolio", "--strategy", "--scope"]),
        (["import"], ["<file>", "--user", "--portfolio", "--format", "--dry-run", "csv", "jsonl"]),
        (
            ["correct"],
            [
                "--user", "--portfolio", "--trade", "--correction-id", "--bust", "--quantity",
                "--price", "--fee", "--exec-time", "--reason",
            ]
        ),
        (
            ["export"],
            [
                "<subject>", "--user", "--portfolio", "--format", "--from", "--to", "--method",
                "--include-closed",
            ]
        ),
        (["verify"], ["--repair"]),
        (["doctor"], []),
    ]

    @Test(arguments: commands)
    func `every command says how it is used, and needs nothing for that`(
        _ arguments: [String], _ options: [String]
    ) async throws {
        // Not even a configuration that can be read.
        let settings = ["BLOTTER_HTTP_PORT": "eighty"]
        let ending = try await Program.run(arguments + ["--help"], settings: settings)
        #expect(ending.status == 0)
        #expect(ending.complaints == "")
        let usage = "USAGE: blotter \(arguments.joined(separator: " "))"
        for text in [usage, "--config", "--log", "--help"] + options {
            #expect(ending.output.contains(text), "\(text) in \(ending.output)")
        }
    }

    @Test func `the program says what commands there are`() async throws {
        for arguments in [[], ["--help"], ["help"]] {
            let ending = try await Program.run(arguments)
            #expect(ending.status == 0)
            for command in Set(Self.commands.compactMap(\.arguments.first)) {
                #expect(ending.output.contains("\n  \(command) "), "\(command)")
            }
            #expect(ending.output.contains("Exit codes: 0 done"))
        }
        let version = try await Program.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.contains(/^[0-9]+\.[0-9]+\.[0-9]+\n$/))
    }

    // MARK: Migrations

    @Test(arguments: TestBackend.allCases)
    func `the schema goes up and down step by step, and a dry run changes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            let before = try await blotter.done("migrate", "status")
            try #require(before.count > 1)
            #expect(before.allSatisfy { $0.hasSuffix("  pending") })
            let names = before.map { String($0.dropLast("  pending".count)) }

            let look = try await blotter.done("migrate", "up", "--dry-run")
            #expect(look == names.map { "would apply \($0)" })
            #expect(try await blotter.done("migrate", "status") == before)

            #expect(try await blotter.done("migrate") == names.map { "applied \($0)" })
            #expect(try await blotter.done("migrate", "up") == ["nothing to do"])
            let after = try await blotter.done("migrate", "status")
            for (line, name) in zip(after, names) { #expect(line.hasPrefix("\(name)  applied 2")) }

            let last = try #require(names.last)
            let downLook = try await blotter.done("migrate", "down", "1", "--dry-run")
            #expect(downLook == ["would take back \(last)"])
            #expect(try await blotter.done("migrate", "status") == after)
            #expect(try await blotter.done("migrate", "down", "1") == ["took back \(last)"])

            // In between no command works on it, and says what to do.
            let early = try await blotter.command("user", "list")
            early.expectRefusal(3, says: [last, "blotter migrate"])
            #expect(try await blotter.done("migrate", "up") == ["applied \(last)"])
            try await blotter.addOwner()

            let back = try await blotter.done("migrate", "down", "99")
            #expect(back == names.reversed().map { "took back \($0)" })
            #expect(try await blotter.done("migrate", "status") == before)
            try await blotter.addOwner()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `several services that start at once on an empty database set it up once`(
        _ backend: TestBackend
    ) async throws {
        try await backend.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...3 {
                    group.addTask { try await serveOnce(on: store.url) }
                }
                try await group.waitForAll()
            }
            let database = try await store.open()
            let applied = try await database.read { transaction in
                try transaction.query(
                    SQL("SELECT number FROM schema_migrations ORDER BY number")
                ) { try $0.integer(0) }
            }
            await database.close()
            #expect(applied == Array(1...Int64(applied.count)))
            try await OperatedBlotter.run(on: store) { blotter in
                let status = try await blotter.done("migrate", "status")
                #expect(status.count == applied.count)
                #expect(status.allSatisfy { $0.contains("  applied 2") })
                try await blotter.addOwner()
            }
        }
    }

    private func serveOnce(on url: String) async throws {
        try await ServedBlotter.run(on: url) { served in
            let readiness = try await served.get("/readyz")
            #expect(readiness.status == 200)
            let ending = try await served.terminate()
            #expect(ending.status == 0)
        }
    }

    // MARK: The check-up

    @Test(arguments: TestBackend.allCases)
    func `the doctor finds nothing wrong where nothing is`(_ backend: TestBackend) async throws {
        let telegram = try await StandInTelegram.start()
        try await OperatedBlotter.run(on: backend) { blotter in
            var blotter = blotter
            let empty = try await blotter.done("doctor")
            #expect(empty.contains { $0.hasPrefix("note  database") && $0.contains("empty") })
            #expect(empty.contains { $0.hasPrefix("note  telegram") && $0.contains("no token") })
            try await blotter.addOwner()
            blotter.settings = [
                "BLOTTER_TELEGRAM_TOKEN": telegram.options.token,
                "BLOTTER_TELEGRAM_API_BASE_URL": telegram.baseURL,
            ]
            let lines = try await blotter.done("doctor")
            for check in ["configuration", "telegram", "database", "clock"] {
                #expect(lines.contains { $0.hasPrefix("ok    \(check) ") }, "\(lines)")
            }
            #expect(lines.contains { $0.contains("@\(telegram.options.botUsername)") })
            #expect(!lines.contains { $0.hasPrefix("FAIL") })
            #expect(!lines.joined().contains(telegram.options.token))
        }
        #expect(telegram.violations == [])
        await telegram.stop()
    }

    @Test func `the doctor names each thing that is wrong, with its cure`() async throws {
        let telegram = try await StandInTelegram.start()
        let token = "1234567890:AAEthisIsAnotherTokenThatNobodyKnows000"
        let url = ["BLOTTER_TELEGRAM_API_BASE_URL": telegram.baseURL]
        let wrong: [(settings: [String: String], exitCode: Int32, says: [String])] = [
            (["BLOTTER_TELEGRAM_TOKEN": token], 1, ["telegram", "refused", "@BotFather"]),
            (["BLOTTER_TELEGRAM_TOKEN": "nonsense"], 1, ["telegram", "form"]),
            (["BLOTTER_TELEGRAM_TOKEN_FILE": "nowhere"], 1, ["token file", "nowhere"]),
            (["BLOTTER_DATABASE_URL": "sqlite:/proc/x.db"], 1, ["database", "no permission"]),
            (
                ["BLOTTER_DATABASE_URL": "postgres://blotter@127.0.0.1:1/none"], 1,
                ["database", "not reachable"]
            ),
            (["BLOTTER_HTTP_PORT": "eighty"], 2, ["configuration", "http.port"]),
        ]
        for (settings, exitCode, says) in wrong {
            let ending = try await Program.run(
                ["doctor"], settings: url.merging(settings) { $1 })
            #expect(ending.status == exitCode, "\(settings)")
            let line = ending.lines.first { $0.hasPrefix("FAIL") } ?? ""
            for text in says { #expect(line.contains(text), "\(text) in \(ending.output)") }
            #expect(ending.complaints == "")
            #expect(!ending.output.contains(token))
        }
        // Nobody answers there.
        await telegram.stop()
        let settings = url.merging(["BLOTTER_TELEGRAM_TOKEN": token]) { $1 }
        let ending = try await Program.run(["doctor"], settings: settings)
        #expect(ending.status == 1)
        #expect(ending.output.contains("check telegram.api_base_url"))
        #expect(!ending.output.contains(token))
    }

    @Test(arguments: TestBackend.allCases)
    func `verify tells each difference and repairs it`(_ backend: TestBackend) async throws {
        try await backend.withStore { store in
            try await OperatedBlotter.run(on: store) { blotter in
                try await blotter.addOwner()
                let file = try RealMinute().write(as: "fills.jsonl", into: blotter.folder)
                #expect(try await blotter.importFile(file, into: "main").status == 0)
                let database = try await store.open()
                _ = try await database.write { transaction in
                    try transaction.execute(SQL("UPDATE daily_pnl SET trades = trades + 1"))
                }
                await database.close()
                let found = try await blotter.done("verify", exitCode: 1)
                #expect(found.count == 2)
                #expect(found.first?.contains("ETHUSDT") == true, "\(found)")
                #expect(found.last == "1000 trades in 1 holdings, 1 differences")
                let repaired = try await blotter.done("verify", "--repair")
                #expect(repaired.last == "1000 trades in 1 holdings, 1 differences, repaired")
                try await blotter.expectVerified(trades: 1000, holdings: 1)
            }
        }
    }
}
