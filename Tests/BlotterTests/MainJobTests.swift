import Foundation
import TestSupport
import Testing
import Wire

/// The main job, as its users do it: fills in by file and over HTTP, answers out.
@Suite struct MainJobTests {
    private let minute: RealMinute

    init() throws { minute = try RealMinute() }

    @Test(arguments: TestBackend.allCases)
    func `a file of real fills is imported once, however often, and every answer is exact`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            let file = try minute.write(as: "fills.jsonl", into: blotter.folder)

            let look = try await blotter.importFile(file, into: "binance", "--dry-run")
            #expect(look.status == 0)
            #expect(look.lines == ["dry run: accepted 1000, duplicates 0, rejected 0"])
            try await blotter.expectVerified(trades: 0, holdings: 0)

            let first = try await blotter.importFile(file, into: "binance")
            #expect(first.status == 0, "\(first.complaints)")
            #expect(first.lines == ["accepted 1000, duplicates 0, rejected 0"])
            let second = try await blotter.importFile(file, into: "binance")
            #expect(second.status == 0)
            #expect(second.lines == ["accepted 0, duplicates 1000, rejected 0"])
            try await blotter.expectVerified(trades: 1000, holdings: 1)

            let token = try await blotter.makeToken(portfolio: "binance")
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                try await minute.expectAnswers(of: served, token: token)
            }
            try await expectConsole(blotter)
        }
    }

    private func expectConsole(_ blotter: OperatedBlotter) async throws {
        let answers = try await blotter.done(
            "console", "--as", OperatedBlotter.owner,
            input: "/positions binance\n/pnl all binance\n")
        let start = try #require(answers.firstIndex { $0.hasPrefix("P&L") })
        try minute.expectScreens(
            positions: answers[..<start].joined(separator: "\n"),
            pnl: answers[start...].joined(separator: "\n"))
    }

    @Test(arguments: TestBackend.allCases)
    func `real fills posted twice in batches are stored once, and every answer is exact`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            let token = try await blotter.makeToken(portfolio: "binance")
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                for (accepted, status) in [(1000, "accepted"), (0, "duplicate")] {
                    var count = 0
                    for batch in minute.batches(of: 170) {
                        let reply = try await served.post(batch, token: token)
                        try #require(reply.status == 200, "\(reply.text)")
                        #expect(reply.json["rejected"] == 0)
                        count += reply.json["accepted"]?.integer ?? 0
                        let results = reply.json["results"]?.array ?? []
                        #expect(results.allSatisfy { $0["status"]?.string == status })
                        #expect(results.allSatisfy { $0["trade_uid"]?.string?.isEmpty == false })
                    }
                    #expect(count == accepted)
                    try await minute.expectAnswers(of: served, token: token)
                }
                #expect(try await served.terminate().status == 0)
            }
            try await blotter.expectVerified(trades: 1000, holdings: 1)
            try await expectConsole(blotter)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same fills as CSV are duplicates of those posted as JSON`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            let csv = try minute.write(minute.csv(), as: "fills.csv", into: blotter.folder)
            let first = try await blotter.importFile(csv, into: "binance")
            #expect(first.status == 0, "\(first.output)\(first.complaints)")
            #expect(first.lines == ["accepted 1000, duplicates 0, rejected 0"])
            let lines = try minute.write(as: "fills.jsonl", into: blotter.folder)
            let second = try await blotter.importFile(lines, into: "binance")
            #expect(second.lines == ["accepted 0, duplicates 1000, rejected 0"])
            try await blotter.expectVerified(trades: 1000, holdings: 1)
            let token = try await blotter.makeToken(portfolio: "binance")
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                try await minute.expectAnswers(of: served, token: token)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a broken line is one rejection with its number, and the others are stored`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            var lines = Array(minute.lines.prefix(5))
            lines[1] = "{\"broker_trade_id\":"
            lines[3] = lines[3].replacing("\"quantity\":\"", with: "\"quantity\":\"-")
            let file = try minute.write(lines, as: "fills.jsonl", into: blotter.folder)
            let ending = try await blotter.importFile(file, into: "binance")
            #expect(ending.status == 1)
            #expect(ending.lines.count == 3, "\(ending.output)")
            #expect(ending.lines.first?.hasPrefix("line 2: ") == true)
            #expect(ending.lines.dropFirst().first?.hasPrefix("line 4: ") == true)
            #expect(ending.lines.dropFirst().first?.contains("quantity") == true)
            #expect(ending.lines.last == "accepted 3, duplicates 0, rejected 2")
            #expect(ending.complaints == "")
            try await blotter.expectVerified(trades: 3, holdings: 1)
        }
    }

    @Test func `fills come in by a pipe too`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let input = minute.lines.prefix(20).joined(separator: "\n")
            let lines = try await blotter.done(
                "import", "-", "--format", "jsonl", "--user", OperatedBlotter.owner, "--portfolio",
                "main", input: input)
            #expect(lines == ["accepted 20, duplicates 0, rejected 0"])
        }
    }

    @Test func `the demonstration needs nothing and leaves nothing`() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await Program.run(
                ["console", "--demo"], input: "/positions\n/pnl week\n/help\n", in: folder)
            #expect(ending.status == 0, "\(ending.complaints)")
            for text in ["BTCUSDT", "P&L: week", "/positions"] {
                #expect(ending.output.contains(text), "\(text) in \(ending.output)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.filter { !$0.hasPrefix(".program-") } == [])
        }
    }
}
