import Ledger
import TestSupport
import Testing
import Wire

/// `blotter export`: what the ledger holds, as a file.
@Suite struct ExportTests {
    private static let header = """
        broker_trade_id,symbol,exchange,asset_type,currency,side,quantity,price,fee,exec_time
        """

    /// 2,101 trades and 701 campaigns in `main`, so that there are several pages, and one with a
    /// symbol that has to be quoted.
    private func prepare(_ blotter: OperatedBlotter) async throws {
        try await blotter.addOwner()
        try await blotter.addPortfolio("binance")
        var lines = [Self.header]
        for index in 0..<2100 {
            let side = index % 3 == 2 ? "SELL,2" : "BUY,1"
            let time =
                "2026-02-\(10 + index / 1440)T\(twoDigits(index / 60 % 24)):"
                + "\(twoDigits(index % 60)):00Z"
            lines.append("t\(index),BTCUSDT,BINANCE,CRYPTO,USDT,\(side),10,0.1,\(time)")
        }
        lines.append("q,\"A \"\"b\"\", c\",,EQUITY,USD,BUY,1,5,0,2026-03-01T00:00:00Z")
        let ending = try await blotter.command(
            "import", "-", "--user", OperatedBlotter.owner, "--portfolio", "main", "--format",
            "csv", input: lines.joined(separator: "\n"))
        #expect(ending.status == 0, "\(ending.output)\(ending.complaints)")
    }

    private func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    private func export(
        _ blotter: OperatedBlotter, _ arguments: String...
    ) async throws -> String {
        let ending = try await blotter.command(
            ["export"] + arguments + ["--user", OperatedBlotter.owner])
        try #require(ending.status == 0, "\(ending.complaints)")
        #expect(ending.complaints == "")
        return ending.output
    }

    private func records(_ text: String) throws -> [[String]] {
        var reader = CSVReader()
        return try reader.feed(Array(text.utf8)[...]).map(\.fields)
            + (try reader.finish().map { [$0.fields] } ?? [])
    }

    @Test(arguments: TestBackend.allCases)
    func `every row is written once, in CSV as in JSON`(_ backend: TestBackend) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await prepare(blotter)
            for (subject, count, identity) in [
                ("trades", 2101, "trade_uid"), ("campaigns", 701, "uid"),
                ("positions", 1, "symbol"),
            ] {
                let json = try JSONValue(
                    parsing: try await export(blotter, subject, "--format", "json"))
                let rows = try #require(json.array, "\(subject)")
                #expect(rows.count == count, "\(subject)")
                #expect(Set(rows.map { $0[identity] }).count == count, "\(subject)")
                let records = try records(try await export(blotter, subject))
                let header = try #require(records.first)
                #expect(records.count == count + 1, "\(subject)")
                for (row, record) in zip(rows, records.dropFirst()) {
                    #expect(row.object?.map(\.key.text) == header)
                    for (name, text) in zip(header, record) {
                        switch row[name] {
                        case .null: #expect(text == "")
                        case .string(let value): #expect(value.text == text)
                        case let value: #expect(value?.description == text)
                        }
                    }
                }
            }
            let trades = try records(try await export(blotter, "trades"))
            #expect(trades[1][3] == "A \"b\", c")
            let closed = try records(
                try await export(blotter, "positions", "--include-closed"))
            #expect(closed.count == 3)
        }
    }

    @Test func `days and a portfolio narrow it, and nothing is a header alone`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await prepare(blotter)
            func count(_ arguments: String...) async throws -> Int {
                let ending = try await blotter.command(
                    ["export"] + arguments + ["--user", OperatedBlotter.owner])
                try #require(ending.status == 0, "\(ending.complaints)")
                return ending.output.utf8.count { $0 == 0x0A } - 1
            }
            #expect(try await count("trades", "--from", "2026-02-11") == 661)
            #expect(try await count("trades", "--to", "2026-02-10") == 1440)
            #expect(
                try await count("trades", "--from", "2026-02-11", "--to", "2026-02-11") == 660)
            #expect(try await count("campaigns", "--from", "2026-03-01") == 1)
            #expect(try await count("trades", "--to", "9999-12-31") == 2101)
            for subject in ["trades", "campaigns", "positions"] {
                #expect(try await count(subject, "--portfolio", "binance") == 0)
                let none = try await export(
                    blotter, subject, "--portfolio", "binance", "--format", "json")
                #expect(try JSONValue(parsing: none) == [])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `daily P&L is written by the method that is asked for`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            let fills = [
                "1,AAPL,,EQUITY,USD,BUY,1,10,0,2026-02-01T10:00:00Z",
                "2,AAPL,,EQUITY,USD,BUY,1,20,0,2026-02-02T10:00:00Z",
                "3,AAPL,,EQUITY,USD,SELL,1,30,0.5,2026-02-03T10:00:00Z",
            ]
            let ending = try await blotter.command(
                "import", "-", "--user", OperatedBlotter.owner, "--portfolio", "main",
                "--format", "csv", input: ([Self.header] + fills).joined(separator: "\n"))
            #expect(ending.status == 0, "\(ending.output)\(ending.complaints)")
            let header = ["date", "currency", "realized_pnl", "fees", "net_pnl", "trades"]
            for (arguments, realized, net) in [
                ([], "15", "14.5"), (["--method", "average"], "15", "14.5"),
                (["--method", "fifo"], "20", "19.5"), (["--method", "lifo"], "10", "9.5"),
            ] {
                let ending = try await blotter.command(
                    ["export", "pnl", "--from", "2026-02-02"] + arguments
                        + ["--user", OperatedBlotter.owner])
                #expect(
                    try records(ending.output) == [
                        header, ["2026-02-02", "USD", "0", "0", "0", "1"],
                        ["2026-02-03", "USD", realized, "0.5", net, "1"],
                    ], "\(arguments)")
            }
            let all = try await export(blotter, "pnl", "--format", "json")
            #expect(try JSONValue(parsing: all).array?.count == 3)
        }
    }

    @Test func `a file that could not be written whole is told, with 3`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await prepare(blotter)
            let command =
                "\(try Program.binary()) export trades --user \(OperatedBlotter.owner) > /dev/full"
            let ending = try await Program.run(
                ["-c", command], settings: ["BLOTTER_DATABASE_URL": blotter.databaseURL],
                in: blotter.folder, executable: "/bin/sh")
            #expect(ending.status == 3)
            #expect(ending.complaints.contains("standard output took no more: No space left"))
        }
    }

    @Test func `what cannot be exported is told, with 2`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let user = ["--user", OperatedBlotter.owner]
            let wrong: [([String], [String])] = [
                (["journal"] + user, ["journal"]), (["orders"] + user, ["trades", "campaigns"]),
                (["trades", "--method", "fifo"] + user, ["--method", "pnl"]),
                (["pnl", "--method", "best"] + user, ["--method", "average, fifo, lifo"]),
                (["trades", "--format", "xml"] + user, ["--format", "csv"]),
                (["trades", "--from", "1.2.2026"] + user, ["--from", "2026-02-19"]),
                (["trades", "--from", "2026-02-02", "--to", "2026-02-01"] + user, ["--to"]),
                (["positions", "--to", "2026-02-01"] + user, ["positions"]),
                (["trades", "--include-closed"] + user, ["--include-closed"]),
                (["trades", "--user", "7"], ["no user", "7"]),
                (["trades", "--portfolio", "nowhere"] + user, ["no portfolio named nowhere"]),
                (["trades"], ["--user"]),
            ]
            for (arguments, says) in wrong {
                let ending = try await blotter.command(["export"] + arguments)
                #expect(ending.status == 2, "\(arguments)")
                #expect(ending.output == "", "\(arguments)")
                for text in says { #expect(ending.complaints.contains(text), "\(arguments)") }
            }
        }
    }
}
