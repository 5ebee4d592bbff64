import Foundation
import TestSupport
import Testing

/// `blotter correct` and `blotter portfolio set`.
@Suite struct CorrectionCommandTests {
    private func importFills(_ blotter: OperatedBlotter) async throws {
        let fills = [
            fill("t-1", "BUY", "1", at: "100", time: "2026-02-19T10:00:00Z"),
            fill("t-2", "BUY", "1", at: "120", time: "2026-02-19T11:00:00Z"),
            fill("t-3", "SELL", "1", at: "130", time: "2026-02-19T12:00:00Z"),
        ]
        let path = blotter.folder + "/fills.jsonl"
        try Data(fills.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        #expect(try await blotter.importFile(path, into: "main").status == 0)
    }

    @Test(arguments: TestBackend.allCases)
    func `a trade is corrected, taken back and booked again at the command line`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await importFills(blotter)
            func correct(_ id: String, _ arguments: String...) async throws -> Program.Ending {
                try await blotter.command(
                    [
                        "correct", "--user", OperatedBlotter.owner, "--trade", "t-2",
                        "--correction-id", id,
                    ] + arguments)
            }
            let other = try await correct(
                "c-1", "--price", "121", "--fee", "-0.5", "--reason", "as the broker wrote")
            #expect(other.status == 0, "\(other.complaints)")
            #expect(other.output.hasPrefix("accepted: trade "))
            #expect(other.output.contains(" is replaced by "))
            let again = try await correct(
                "c-1", "--price=121.0", "--fee=-0.5", "--reason", "as the broker wrote")
            #expect(again.status == 0)
            #expect(again.output == other.output.replacing("accepted", with: "duplicate"))
            let conflict = try await correct("c-1", "--price", "122")
            conflict.expectRefusal(2, says: ["price", "correction_id"])
            try await blotter.expectVerified(trades: 3, holdings: 1)

            let bust = try await correct("c-2", "--bust", "--portfolio", "main")
            #expect(bust.status == 0)
            #expect(bust.output.hasSuffix(" is busted\n"))
            try await blotter.expectVerified(trades: 2, holdings: 1)
            try await correct("c-3", "--bust").expectRefusal(2, says: ["busted already"])
            let booked = try await correct("c-3", "--exec-time", "2026-02-19T09:00:00Z")
            #expect(booked.status == 0)
            try await blotter.expectVerified(trades: 3, holdings: 1)
            let chat = try await blotter.command(
                "console", "--as", OperatedBlotter.owner, input: "/trades\n")
            #expect(chat.output.contains("BUY, corrected"))
            #expect(chat.output.contains("2026-02-19 09:00 UTC"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a portfolio's rules are set and what follows from them is rebuilt`(
        _ backend: TestBackend
    ) async throws {
        try await OperatedBlotter.run(on: backend) { blotter in
            try await blotter.addOwner()
            try await importFills(blotter)
            func set(_ arguments: String...) async throws -> [String] {
                let ending = try await blotter.command(
                    ["portfolio", "set", "--user", OperatedBlotter.owner, "--name", "main"]
                        + arguments)
                #expect(ending.status == 0, "\(ending.complaints)")
                return ending.lines
            }
            #expect(
                try await set("--cost-method", "LIFO") == [
                    "main  lifo, legs within 300 s; 1 holdings rebuilt"
                ])
            try await blotter.expectVerified(trades: 3, holdings: 1)
            #expect(
                try await set("--leg-window-seconds", "0", "--cost-method", "lifo") == [
                    "main  lifo, legs within 0 s; 1 holdings rebuilt"
                ])
            #expect(
                try await set("--cost-method", "lifo") == [
                    "main  lifo, legs within 0 s; 0 holdings rebuilt"
                ])
            try await blotter.expectVerified(trades: 3, holdings: 1)
            try await blotter.done(
                "portfolio", "add", "--user", OperatedBlotter.owner, "--name", "swing",
                "--broker", "IBKR", "--cost-method", "lifo")
            let chat = try await blotter.command(
                "console", "--as", OperatedBlotter.owner, input: "/portfolios\n")
            #expect(chat.output.matches(of: /LIFO/).count == 2)
        }
    }
}
