import Foundation
import Storage
import TestSupport
import Testing

/// A database or a network that cannot be used ends in one clear line and 3, whatever the command.
@Suite struct BadDatabaseTests {
    /// Two that open a database, each in its own way.
    private static let commands = [["serve"], ["user", "list"], ["migrate", "status"]]

    private func expectUnavailable(
        _ url: String, exitCode: Int32 = 3, says: String...
    ) async throws {
        for command in Self.commands {
            let ending = try await Program.run(
                command,
                settings: ["BLOTTER_DATABASE_URL": url, "BLOTTER_HTTP_PORT": "0"])
            ending.expectRefusal(exitCode, says: says)
            #expect(ending.output == "")
        }
    }

    @Test func `a folder in place of the file is refused`() async throws {
        try await withTemporaryFolder { folder in
            try await expectUnavailable("sqlite:\(folder)", says: folder, "is a folder")
        }
    }

    @Test func `a folder in which nothing can be made is refused`() async throws {
        // There not even root can.
        try await expectUnavailable("sqlite:/proc/blotter.db", says: "/proc/", "no permission")
        try await expectUnavailable(
            "sqlite:/proc/blotter/blotter.db", says: "/proc/blotter", "can't be made")
    }

    @Test func `a file that is no database is refused as it is`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/blotter.db"
            let text = Data(String(repeating: "This is a shopping list. ", count: 1000).utf8)
            try text.write(to: URL(filePath: path))
            try await expectUnavailable("sqlite:\(path)", says: "damaged", "restore a backup")
            #expect(try Data(contentsOf: URL(filePath: path)) == text)
        }
    }

    @Test func `a database damaged in its middle is told, not served`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let file = try RealMinute().write(as: "fills.jsonl", into: blotter.folder)
            #expect(try await blotter.importFile(file, into: "main").status == 0)
            let path = String(blotter.databaseURL.dropFirst("sqlite:".count))
            var bytes = try Data(contentsOf: URL(filePath: path))
            try #require(bytes.count > 40_960)
            for index in 8192..<bytes.count { bytes[index] = 0x5A }
            try bytes.write(to: URL(filePath: path))
            for command in [["verify"], ["user", "list"]] {
                let ending = try await blotter.command(command)
                ending.expectRefusal(3, says: ["damaged", "restore a backup"])
            }
        }
    }

    @Test func `a database that this user may not write is refused`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let path = String(blotter.databaseURL.dropFirst("sqlite:".count))
            let files = FileManager.default
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            try files.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
            defer { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
            let user = try OrdinaryUser(folder: blotter.folder)
            for command in Self.commands {
                let ending = try await user.run(
                    command,
                    settings: [
                        "BLOTTER_DATABASE_URL": blotter.databaseURL, "BLOTTER_HTTP_PORT": "0",
                    ])
                ending.expectRefusal(3, says: ["no permission", path])
            }
        }
    }

    @Test func `a PostgreSQL server that is away is named without its password`() async throws {
        for command in Self.commands {
            let url = "postgres://blotter:s3cretword@127.0.0.1:1/ledger"
            let ending = try await Program.run(
                command, settings: ["BLOTTER_DATABASE_URL": url, "BLOTTER_HTTP_PORT": "0"])
            ending.expectRefusal(3, says: ["not reachable", "127.0.0.1"])
            #expect(!ending.complaints.contains("s3cretword"))
        }
    }

    @Test func `a PostgreSQL database that does not exist is named`() async throws {
        try await TestBackend.postgres.withStore { store in
            let url = store.url.replacing(/blotter_test_[0-9a-f]+/, with: "no_such_database")
            try #require(url != store.url)
            try await expectUnavailable(url, says: "no_such_database", "does not exist")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a database newer than the program is left alone`(_ backend: TestBackend) async throws {
        try await backend.withStore { store in
            try await OperatedBlotter.run(on: store) { blotter in
                try await blotter.addOwner()
                let database = try await store.open()
                _ = try await database.write { transaction in
                    try transaction.execute(
                        SQL(
                            """
                            INSERT INTO schema_migrations (number, name, checksum, applied_at)
                            VALUES ($1, $2, $3, $4)
                            """,
                            [
                                .integer(9999), .text("from_the_future"), .text("none"),
                                .text("2099-01-01T00:00:00.000000Z"),
                            ]))
                }
                await database.close()
                for command in [["serve"], ["user", "list"], ["migrate", "up"], ["verify"]] {
                    let ending = try await blotter.command(command)
                    ending.expectRefusal(3, says: ["newer than this binary"])
                }
                let status = try await blotter.done("migrate", "status")
                #expect(status.last?.contains("this program does not have it") == true)
                let doctor = try await blotter.command("doctor")
                #expect(doctor.status == 1)
                #expect(doctor.output.contains("newer than this binary"))
            }
        }
    }

    @Test func `a port that is taken is named`() async throws {
        let other = try await HTTPServer.start { _ in .answer(status: 200) }
        try await TestBackend.sqlite.withStore { store in
            let ending = try await Program.run(
                ["serve"],
                settings: [
                    "BLOTTER_DATABASE_URL": store.url, "BLOTTER_HTTP_PORT": "\(other.port)",
                ])
            ending.expectRefusal(3, says: ["port \(other.port)", "is in use"])
        }
        await other.stop()
    }

    @Test(arguments: ["192.0.2.1", "no-such-host.invalid"])
    func `an address that is not this machine's is named`(_ host: String) async throws {
        try await TestBackend.sqlite.withStore { store in
            let ending = try await Program.run(
                ["serve"],
                settings: [
                    "BLOTTER_DATABASE_URL": store.url, "BLOTTER_HTTP_PORT": "0",
                    "BLOTTER_HTTP_HOST": host,
                ])
            ending.expectRefusal(3, says: [host])
        }
    }
}

/// Somebody whom file permissions bind: this user, or where that is root, nobody.
private struct OrdinaryUser {
    private let folder: String
    private let executable: String
    private let before: [String]

    init(folder: String) throws {
        self.folder = folder
        guard getuid() == 0 else {
            executable = try Program.binary()
            before = []
            return
        }
        // The program may stand where nobody else can enter.
        let copy = folder + "/blotter"
        try FileManager.default.copyItem(atPath: Program.binary(), toPath: copy)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
        executable = "/usr/bin/setpriv"
        before = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", copy]
    }

    func run(_ arguments: [String], settings: [String: String]) async throws -> Program.Ending {
        try await Program.run(
            before + arguments, settings: settings, in: folder, executable: executable)
    }
}
