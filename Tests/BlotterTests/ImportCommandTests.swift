import Foundation
import TestSupport
import Testing

/// `blotter import` with the formats that other programs write.
@Suite struct ImportCommandTests {
    private func write(_ name: String, into blotter: OperatedBlotter) throws -> String {
        let path = blotter.folder + "/" + name
        try Data(fixture(name)).write(to: URL(filePath: path))
        return path
    }

    private func importFile(
        _ blotter: OperatedBlotter, _ arguments: String...
    ) async throws -> Program.Ending {
        try await blotter.command(
            ["import", "--user", OperatedBlotter.owner, "--portfolio", "main"] + arguments)
    }

    @Test(arguments: [
        ("binance-trade-history.csv", "accepted 60, duplicates 0, rejected 0\n", 60),
        ("ib-flex-futures.xml", "accepted 4, duplicates 0, rejected 0\n", 4),
        (
            "ib-flex-cancelled_trades.xml",
            "accepted 2, duplicates 0, rejected 0, corrected 2\n", 0
        ),
        ("freqtrade-backtest.json", "accepted 358, duplicates 0, rejected 0\n", 358),
    ])
    func `a real file is imported as it looks, and once`(
        _ name: String, _ summary: String, _ trades: Int
    ) async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let path = try write(name, into: blotter)
            let dry = try await importFile(blotter, path, "--dry-run")
            #expect(dry.status == 0 && dry.output.hasSuffix("dry run: " + summary))
            let first = try await importFile(blotter, path)
            #expect(first.status == 0 && first.output.hasSuffix(summary), "\(first.output)")
            let second = try await importFile(blotter, path)
            #expect(second.output.contains("accepted 0, duplicates "))
            let verified = try await blotter.command("verify")
            #expect(verified.status == 0 && verified.output.hasPrefix("\(trades) trades in "))
        }
    }

    @Test func `what is said of a file is held against its format`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let flex = try write("ib-flex-options.xml", into: blotter)
            let table = try write("binance-trade-history.csv", into: blotter)
            let mapping = blotter.folder + "/mapping.json"
            try Data("{\"columns\":{\"a\":\"qty\"}}".utf8).write(to: URL(filePath: mapping))
            for (arguments, words) in [
                ([flex, "--account", "U9"], ["no rows of the account U9", "U1234567"]),
                ([flex, "--time-zone", "Mars/Base"], ["Mars/Base", "America/New_York"]),
                ([flex, "--format", "freqtrade-json"], ["expected"]),
                ([table, "--account", "U1"], ["account", "binance-csv"]),
                ([table, "--format", "csv", "--mapping", mapping], ["mapping.columns", "qty"]),
                ([table, "--mapping", "nowhere.json"], ["nowhere.json"]),
                ([mapping], ["--format"]),
            ] {
                let ending = try await blotter.command(
                    ["import", "--user", OperatedBlotter.owner, "--portfolio", "main"]
                        + arguments)
                #expect(ending.status != 0, "\(arguments)")
                for word in words {
                    #expect(ending.complaints.contains(word), "\(arguments) \(ending.complaints)")
                }
            }
            let none = try await blotter.command("verify")
            #expect(none.output.hasPrefix("0 trades in "))
            let chosen = try await importFile(
                blotter, flex, "--account", "U1234567", "--time-zone", "+09:00")
            #expect(chosen.status == 0 && chosen.output.contains("account U1234567"))
            let export = try await blotter.command(
                "export", "trades", "--user", OperatedBlotter.owner)
            #expect(export.output.contains("2025-01-14T15:00:00Z"))
        }
    }

    @Test func `a mapping file makes other columns readable, and rejections end with 1`()
        async throws
    {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let mapping = blotter.folder + "/mapping.json"
            let text =
                "{\"columns\":{\"Wann\":\"exec_time\",\"Was\":\"symbol\",\"Stück\":\"quantity\","
                + "\"Kurs\":\"price\"},\"constants\":{\"asset_type\":\"EQUITY\","
                + "\"currency\":\"EUR\"},\"time_format\":\"DD.MM.YYYY\","
                + "\"time_zone\":\"Europe/Berlin\",\"decimal_point\":\",\"}"
            try Data(text.utf8).write(to: URL(filePath: mapping))
            let rows = "Wann;Was;Stück;Kurs\n01.07.2025;SAP;-10;120,5\n32.07.2025;SAP;1;1\n"
            let ending = try await blotter.command(
                "import", "-", "--format", "csv", "--mapping", mapping, "--user",
                OperatedBlotter.owner, "--portfolio", "main", input: rows)
            #expect(ending.status == 1)
            #expect(
                ending.output == """
                    line 3: INVALID_FIELD exec_time: not of the form DD.MM.YYYY
                    accepted 1, duplicates 0, rejected 1

                    """)
        }
    }
}
