import Foundation
import Logging
import Testing
import Wire
import blotter

@Suite struct ConfigurationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func configuration(
        _ file: String? = nil, _ environment: [String: String] = [:]
    ) throws -> Configuration {
        try Configuration(file: file.map { Array($0.utf8) }, environment: environment)
    }

    private func complaint(
        _ file: String? = nil, _ environment: [String: String] = [:]
    ) -> String {
        do {
            _ = try configuration(file, environment)
            return "no complaint"
        } catch {
            return "\(error)"
        }
    }

    @Test func `without file and environment the built-in values hold`() throws {
        let built = try configuration()
        #expect(built == Configuration())
        #expect(built.database.url == .sqlite(path: "data/blotter.db"))
        #expect(built.http.port == 8080)
        #expect(built.telegram.pollTimeoutSeconds == 50)
        #expect(try configuration("{}") == built)
    }

    @Test func `the file wins over the built-in values, the environment over the file`() throws {
        let file = """
            { "http": { "port": 9000, "public_url": "https://example.org" },
              "telegram": { "admin_user_ids": [5, 6], "token_file": "/run/token" },
              "log": { "level": "debug", "format": "text" } }
            """
        let environment = [
            "BLOTTER_HTTP_PORT": "0", "BLOTTER_TELEGRAM_ADMIN_USER_IDS": "7, 8",
            "BLOTTER_HTTP_PUBLIC_URL": "", "BLOTTER_DATABASE_URL": "postgres://u@h/db", "PATH": "x",
        ]
        let loaded = try configuration(file)
        #expect(loaded.http.port == 9000)
        #expect(loaded.http.publicURL == "https://example.org")
        #expect(loaded.telegram.adminUserIDs == [5, 6])
        #expect(loaded.telegram.tokenFile == "/run/token")
        #expect(loaded.log.level == .debug)
        #expect(loaded.log.format == .text)
        let changed = try configuration(file, environment)
        #expect(changed.http.port == 0)
        #expect(changed.http.publicURL == nil)
        #expect(changed.telegram.adminUserIDs == [7, 8])
        #expect(changed.database.url == .postgres(Secret("postgres://u@h/db")))
        #expect(changed.log == loaded.log)
    }

    @Test(arguments: Settings.all.map(\.key))
    func `every setting can be set by file and by environment, and only to its type`(
        key: String
    ) throws {
        let setting = try #require(Settings.all.first { $0.key == key })
        let parts = key.split(separator: ".")
        func file(_ value: JSONValue) -> String { "{\"\(parts[0])\":{\"\(parts[1])\":\(value)}}" }
        #expect(try configuration(file(setting.defaultValue)) == Configuration())
        let wrong: [JSONValue] = [true, ["x": 1], [["x"]], 1_000_000_000_000_000_000, "\n"]
        for value in wrong {
            #expect(complaint(file(value)).hasPrefix("\(key): expected \(setting.type), found "))
        }
        let isOptional = setting.type.hasSuffix("or null")
        #expect((complaint(file(nil)) == "no complaint") == isOptional)
        let fromEnvironment = complaint(nil, [setting.environmentName: "\u{1}"])
        #expect(fromEnvironment.hasPrefix("\(key): expected \(setting.type), found "))
        #expect(fromEnvironment.hasSuffix("(from \(setting.environmentName))"))
    }

    @Test func `a setting's environment name is made of its key`() {
        #expect(
            Settings.all.map(\.environmentName).contains("BLOTTER_TELEGRAM_POLL_TIMEOUT_SECONDS"))
        #expect(Set(Settings.all.map(\.environmentName)).count == Settings.all.count)
        #expect(Set(Settings.all.map(\.key)).count == Settings.all.count)
    }

    @Test(arguments: [
        (
            "{\"telegram\":{\"poll_timeout_seconds\":\"x\"}}",
            "telegram.poll_timeout_seconds: expected a whole number from 0 to 50, found \"x\""
        ),
        (
            "{\"telegram\":{\"poll_timeout_seconds\":51}}",
            "telegram.poll_timeout_seconds: expected a whole number from 0 to 50, found 51"
        ),
        (
            "{\"telegram\":{\"messages_per_second\":0}}",
            "telegram.messages_per_second: expected a whole number from 1 to 10000, found 0"
        ),
        (
            "{\"http\":{\"port\":80.5}}",
            "http.port: expected a whole number from 0 to 65535, found 80.5"
        ),
        (
            "{\"http\":{\"prot\":80}}",
            "http.prot: no such setting; there are host, port, public_url, max_body_bytes, "
                + "max_concurrent_requests"
        ),
        (
            "{\"htpp\":{}}",
            "htpp: no such setting; there are database, http, telegram, limits, quotes, hooks, paper, backup, log"
        ),
        ("{\"http\":5}", "http: expected an object"),
        ("[]", "configuration file: expected one JSON object"),
        (
            "{\"log\":{\"format\":\"JSON\"}}",
            "log.format: expected one of \"json\", \"text\", found \"JSON\""
        ),
    ])
    func `a wrong file is refused with the key's name`(file: String, expected: String) {
        #expect(complaint(file) == expected)
    }

    @Test func `a file that is no JSON, or says one thing twice, is refused with the place`() {
        #expect(complaint("{\"http\":{\"port\":1,}}").contains("line 1, column 19"))
        #expect(complaint("").hasPrefix("configuration file: "))
        #expect(complaint("{\"http\":{\"port\":1,\"port\":2}}").contains("port"))
    }

    @Test(arguments: [
        (
            "BLOTTER_HTTP_PORT", "80x",
            "http.port: expected a whole number from 0 to 65535, found \"80x\""
        ),
        ("BLOTTER_HTTP_PORT", "", "http.port: expected a whole number from 0 to 65535, found \"\""),
        (
            "BLOTTER_HTTP_PORT", "+80",
            "http.port: expected a whole number from 0 to 65535, found \"+80\""
        ),
        ("BLOTTER_HTTP_PORT", "-1", "http.port: expected a whole number from 0 to 65535, found -1"),
    ])
    func `a wrong environment variable is refused with key and name`(
        name: String, value: String, expected: String
    ) {
        #expect(complaint(nil, [name: value]) == expected + " (from \(name))")
    }

    @Test func `an environment variable that sets nothing is refused`() {
        for name in ["BLOTTER_HTTP_PROT", "BLOTTER_", "BLOTTER_http_port", "BLOTTER_TELEGRAM"] {
            #expect(complaint(nil, [name: "1"]).hasPrefix("\(name): "))
        }
        let fine = [
            "BLOTTER_CONFIG": "x", "BLOTTER_TELEGRAM_TOKEN": "1:a",
            "BLOTTER_TEST_POSTGRES_URL": "x",
            "BLOTTERY": "x",
        ]
        #expect(complaint(nil, fine) == "no complaint")
    }

    @Test func `URLs and database URLs are looked at before the start`() {
        for url in ["", "example.org", "ftp://example.org", "http://", "http:///x", "http://a b"] {
            #expect(complaint("{\"telegram\":{\"api_base_url\":\"\(url)\"}}") != "no complaint")
        }
        for url in ["", "sqlite:", "mysql://u:secret@h", "data/blotter.db"] {
            let complaint = complaint("{\"database\":{\"url\":\"\(url)\"}}")
            #expect(complaint.hasPrefix("database.url: expected \"sqlite:PATH\" or"))
            #expect(!complaint.contains("secret"))
        }
    }

    @Test(arguments: [
        ("postgres://u:se%2Fcret@h:5/db?x=1", "postgres://u:***@h:5/db?x=1"),
        ("postgresql://u:a@b/c:d@h/db", "postgresql://u:***@h/db"),
        ("postgres:///db?user=u&password=hush", "postgres:///db?user=u&password=***"),
        ("postgres://u@h/db?sslpassword=hush&a=b", "postgres://u@h/db?sslpassword=***&a=b"),
        ("postgres://u@h/db", "postgres://u@h/db"),
    ])
    func `a database URL prints without its passwords`(url: String, printed: String) throws {
        let parsed = try #require(DatabaseURL(url))
        #expect("\(parsed)" == printed)
        #expect(parsed == .postgres(Secret(url)))
        let secrets = Set(parsed.secrets.map { $0.revealed() })
        #expect(secrets.isEmpty == (url == printed))
        if url.contains("%2F") { #expect(secrets == ["se%2Fcret", "se/cret"]) }
    }

    @Test func `a secret prints as stars however it is printed`() {
        let secret = Secret("hush")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(DatabaseURL.postgres(secret), to: &dumped)
        dump(DatabaseURL("postgres://u:hush@h/db"), to: &dumped)
        #expect(!("\(secret)" + String(reflecting: secret) + dumped).contains("hush"))
        #expect(secret.revealed() == "hush")
    }

    @Test func `the example file has every setting at its built-in value`() throws {
        let bytes = try Data(contentsOf: Self.root.appending(path: "config.example.json"))
        let example = try JSONValue(parsing: Array(bytes))
        let keys = (example.object ?? []).flatMap { section in
            (section.value.object ?? []).map { "\(section.key).\($0.key)" }
        }
        #expect(keys == Settings.all.map(\.key))
        for setting in Settings.all {
            let parts = setting.key.split(separator: ".").map(String.init)
            #expect(example[parts[0]]?[parts[1]] == setting.defaultValue, "\(setting.key)")
        }
    }

    @Test func `the README's table of settings is the list's`() throws {
        let readme = try String(
            contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains(Settings.markdownTable), "\(Settings.markdownTable)")
    }
}

/// What is read from files: the configuration itself and the token.
@Suite struct ConfigurationFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "blotter-configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func clean() { try? FileManager.default.removeItem(at: folder) }

    private func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no complaint"
        } catch {
            return "\(error)"
        }
    }

    @Test func `the file is the one of the command line, else of the environment`() throws {
        defer { clean() }
        let first = try file("first.json", "{\"http\":{\"port\":1}}")
        let second = try file("second.json", "{\"http\":{\"port\":2}}")
        let environment = ["BLOTTER_CONFIG": second]
        #expect(try Configuration.load(path: first, environment: environment).http.port == 1)
        #expect(try Configuration.load(path: nil, environment: environment).http.port == 2)
    }

    @Test func `a file that was named has to be there and to be right`() throws {
        defer { clean() }
        let missing = folder.appending(path: "missing.json").path
        #expect(
            complaint { _ = try Configuration.load(path: missing, environment: [:]) }
                == "\(missing): this file does not exist")
        let broken = try file("broken.json", "{")
        #expect(
            complaint { _ = try Configuration.load(path: broken, environment: [:]) }
                .hasPrefix("\(broken): "))
        let folder = folder.path
        #expect(
            complaint { _ = try Configuration.load(path: folder, environment: [:]) }
                .hasPrefix("\(folder): "))
        let huge = try file("huge.json", String(repeating: " ", count: 1_048_577))
        #expect(
            complaint { _ = try Configuration.load(path: huge, environment: [:]) }
                == "\(huge): this file has more than 1048576 bytes")
    }

    private func token(
        file path: String? = nil, _ environment: [String: String] = [:]
    ) throws -> String? {
        var configuration = Configuration()
        configuration.telegram.tokenFile = path
        return try TelegramToken.find(configuration, environment: environment)?.revealed()
    }

    @Test func `the token comes from the environment, else from its file`() throws {
        defer { clean() }
        let path = try file("token", "  123:file-token_A\r\n")
        #expect(try token() == nil)
        #expect(try token(file: path) == "123:file-token_A")
        #expect(try token(file: path, ["BLOTTER_TELEGRAM_TOKEN": ""]) == "123:file-token_A")
        #expect(try token(file: path, ["BLOTTER_TELEGRAM_TOKEN": "9:x"]) == "9:x")
    }

    @Test func `a token file that is missing, open to all, empty or something else is refused`()
        throws
    {
        defer { clean() }
        let subject = "telegram.token_file: "
        let missing = folder.appending(path: "missing").path
        #expect(
            complaint { _ = try token(file: missing) } == "\(subject)\(missing) does not exist")
        let open = try file("open", "1:a", mode: 0o644)
        #expect(
            complaint { _ = try token(file: open) }
                == "\(subject)\(open) can be read by everybody; run: chmod 600 '\(open)'")
        let empty = try file("empty", " \n")
        #expect(complaint { _ = try token(file: empty) } == "\(subject)holds no token")
        for odd in ["1:a/b", "1:a b", "1:é", "1:a\u{0}"] {
            let path = try file("odd", odd)
            let complaint = complaint { _ = try token(file: path) }
            #expect(complaint.hasPrefix("\(subject)holds something else than a token"))
            #expect(!complaint.contains(odd))
        }
        #expect(
            complaint { _ = try token(["BLOTTER_TELEGRAM_TOKEN": "a?b"]) }
                .hasPrefix("BLOTTER_TELEGRAM_TOKEN: holds something else"))
    }

    @Test func `a link to an open token file does not hide that it is open`() throws {
        defer { clean() }
        let open = try file("target", "1:a", mode: 0o644)
        let link = folder.appending(path: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: open)
        #expect(complaint { _ = try token(file: link) }.contains("can be read by everybody"))
    }
}
