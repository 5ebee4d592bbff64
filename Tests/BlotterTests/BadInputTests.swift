import Foundation
import TestSupport
import Testing

/// What is wrong on the command line or in the configuration ends in one clear line and 2.
@Suite struct BadInputTests {
    private static let configurations: [RefusedInput] = [
        .configuration(#"{"http":{"prot":8080}}"#, says: "http.prot", "no such setting"),
        .configuration(#"{"htp":{"port":8080}}"#, says: "htp", "no such setting"),
        .configuration(
            #"{"http":{"port":"eighty"}}"#, says: "http.port", "whole number", "eighty"),
        .configuration(#"{"http":{"port":70000}}"#, says: "http.port", "65535"),
        .configuration(#"{"http":8080}"#, says: "http", "object"),
        .configuration(#"{"http":{"port":1,"port":2}}"#, says: "config.json", "port"),
        .configuration(#"{"http":"#, says: "config.json"),
        .configuration("", says: "config.json"),
        .configuration(#"{"database":{"url":"mysql://db"}}"#, says: "database.url", "sqlite:"),
        .configuration(#"{"log":{"level":"loud"}}"#, says: "log.level", "loud", "warning"),
        .configuration(
            #"{"telegram":{"token_file":"nowhere"}}"#, says: "telegram.token_file",
            "nowhere does not exist"),
        .environment("BLOTTER_HTTP_PROT", "8080", says: "BLOTTER_HTTP_PROT", "misspelt"),
        .environment("BLOTTER_HTTP_PORT", "eighty", says: "http.port", "BLOTTER_HTTP_PORT"),
        .environment("BLOTTER_CONFIG", "nowhere.json", says: "nowhere.json", "does not exist"),
        .environment(
            "BLOTTER_TELEGRAM_TOKEN", "123:abc/def", says: "BLOTTER_TELEGRAM_TOKEN", "token"),
        .environment("BLOTTER_TELEGRAM_TOKEN", "nonsense", says: "BLOTTER_TELEGRAM_TOKEN"),
        .environment(
            "BLOTTER_TELEGRAM_ADMIN_USER_IDS", "ada", says: "telegram.admin_user_ids"),
    ]

    @Test(arguments: configurations)
    func `a wrong configuration stops the start and is named`(_ input: RefusedInput) async throws {
        try await check(input)
    }

    @Test func `a token file that everybody may read is refused, and its content not shown`()
        async throws
    {
        for (text, permissions, says) in [
            ("1234567890:AAEsecretsecretsecretsecretsecretse", 0o644, "chmod 600"),
            ("", 0o600, "holds no token"),
            ("AAEsecretsecret and more", 0o600, "something else than a token"),
        ] {
            var input = RefusedInput.configuration(
                #"{"telegram":{"token_file":"token"}}"#, says: "telegram.token_file", says)
            input.files["token"] = (text, permissions)
            let ending = try await check(input)
            #expect(!ending.complaints.contains("AAEsecret"))
        }
    }

    private static let usages: [RefusedInput] = [
        .usage("sevre", says: "sevre"),
        .usage("serve", "--prot", "1", says: "--prot"),
        .usage("serve", "now", says: "now"),
        .usage("--log", "json", says: "--log"),
        .usage("serve", "--log", "loud", says: "--log", "loud"),
        .usage("user", "add", says: "--telegram-id"),
        .usage("user", "add", "--telegram-id", "ada", says: "ada", "--telegram-id"),
        .usage("user", "add", "--telegram-id", "0", says: "--telegram-id", "above 0"),
        .usage("user", "add", "--telegram-id", "99999999999999999999", says: "--telegram-id"),
        .usage("user", "remove", says: "remove"),
        .usage("portfolio", "add", "--user", "1", "--name", "x", says: "--broker"),
        .usage(
            "portfolio", "add", "--user", "1", "--name", "x", "--broker", "PAPER",
            "--currency", "U S D", says: "--currency"),
        .usage(
            "portfolio", "add", "--user", "1", "--name", "x", "--broker", "PAPER",
            "--cost-method", "average", says: "--cost-method", "fifo or lifo"),
        .usage(
            "portfolio", "set", "--user", "1", "--name", "x", says: "--cost-method",
            "--leg-window-seconds"),
        .usage(
            "portfolio", "set", "--user", "1", "--name", "x", "--leg-window-seconds", "31536001",
            says: "--leg-window-seconds", "31536000"),
        .usage(
            "portfolio", "set", "--user", "1", "--name", "x", "--leg-window-seconds=-1",
            says: "--leg-window-seconds"),
        .usage("correct", "--user", "1", "--trade", "t", "--bust", says: "--correction-id"),
        .usage("correct", "--user", "1", "--trade", "t", "--correction-id", "c", says: "--bust"),
        .usage(
            "correct", "--user", "1", "--trade", "t", "--correction-id", "c", "--bust",
            "--price", "1", says: "--bust"),
        .usage(
            "token", "create", "--user", "1", "--name", "x", "--scope", "everything",
            says: "--scope", "everything"),
        .usage(
            "token", "create", "--user", "1", "--name", "x", "--strategy", "@", says: "--strategy"
        ),
        .usage("import", says: "file"),
        .usage(
            "import", "-", "--user", "1", "--portfolio", "main", says: "--format", "csv"),
        .usage(
            "import", "fills.csv", "--format", "xml", "--user", "1", "--portfolio", "main",
            says: "--format"),
        .usage("migrate", "down", says: "steps"),
        .usage("migrate", "down", "0", says: "above 0"),
        .usage("migrate", "sideways", says: "sideways"),
        .usage("console", "--as", "ada", says: "--as"),
    ]

    @Test(arguments: usages)
    func `what no command understands is refused with how it is used`(
        _ input: RefusedInput
    ) async throws {
        try await check(input, isUsage: true)
    }

    @Test func `what the ledger does not know is refused by its name`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let file = try RealMinute().write(as: "fills.jsonl", into: blotter.folder)
            let owner = ["--user", OperatedBlotter.owner]
            let unknown: [([String], String)] = [
                (["import", file, "--user", "77", "--portfolio", "main"], "77"),
                (["import", "nowhere.csv", "--portfolio", "main"] + owner, "nowhere.csv"),
                (["import", ".", "--format", "csv", "--portfolio", "main"] + owner, "folder"),
                (["portfolio", "add", "--name", "x", "--broker", "NOBODY"] + owner, "NOBODY"),
                (["portfolio", "add", "--name", "main", "--broker", "PAPER"] + owner, "main"),
                (["portfolio", "add", "--name", "", "--broker", "PAPER"] + owner, "name"),
                (["token", "create", "--name", "x", "--portfolio", "nowhere"] + owner, "nowhere"),
                (["token", "create", "--name", "x", "--user", "77"], "77"),
                (["import", file, "--portfolio", "nowhere"] + owner, "nowhere"),
                (
                    ["portfolio", "set", "--name", "nowhere", "--cost-method", "lifo"] + owner,
                    "nowhere"
                ),
                (["correct", "--trade", "t-7", "--correction-id", "c", "--bust"] + owner, "t-7"),
                (
                    ["correct", "--trade", "t-7", "--correction-id", "c", "--price", "x"] + owner,
                    "price"
                ),
                (
                    [
                        "correct", "--trade", "t", "--correction-id", "c", "--bust", "--portfolio",
                        "nowhere",
                    ] + owner, "nowhere"
                ),
            ]
            for (arguments, says) in unknown {
                let ending = try await blotter.command(arguments)
                ending.expectRefusal(2, says: [says])
                #expect(ending.output == "", "\(arguments)")
            }
            try await blotter.expectVerified(trades: 0, holdings: 0)
        }
    }

    @Test func `a console with nobody to speak for says what to do`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            let ending = try await blotter.command("console", input: "/positions\n")
            ending.expectRefusal(2, says: ["--as", "add a user"])
        }
    }

    @discardableResult
    private func check(
        _ input: RefusedInput, isUsage: Bool = false
    ) async throws -> Program.Ending {
        try await withTemporaryFolder { folder in
            for (name, file) in input.files {
                let path = folder + "/" + name
                try Data(file.text.utf8).write(to: URL(filePath: path))
                try FileManager.default.setAttributes(
                    [.posixPermissions: file.permissions], ofItemAtPath: path)
            }
            let ending = try await Program.run(
                input.arguments, settings: input.settings, in: folder)
            ending.expectRefusal(2, says: input.says, isUsage: isUsage)
            #expect(ending.output == "")
            return ending
        }
    }
}
