import Foundation
import TestSupport
import Testing
import Wire

/// The client that the README shows, as it stands there.
@Suite struct ExampleClientTests {
    private static let fills = 600
    /// Where one of them is none.
    private static let bad = 77

    private static func client() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let parts = readme.components(separatedBy: "```python\n")
        try #require(parts.count == 2)
        return parts[1].components(separatedBy: "```")[0]
    }

    private static let lines = (0..<fills).map { number in
        """
        {"broker_trade_id":"x-\(number)","symbol":"BTCUSDT","exchange":"BINANCE",\
        "asset_type":"CRYPTO","currency":"USDT","side":"BUY",\
        "quantity":\(number == bad ? "0" : "1.000000000000000001"),"price":"65000.1",\
        "exec_time":"2026-02-19T14:32:00Z"}
        """
    }

    @Test func `it posts every fill once, whatever becomes of the service meanwhile`() async throws
    {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            try await blotter.addPortfolio("binance")
            let token = try await blotter.makeToken(portfolio: "binance")
            let script = blotter.folder + "/client.py"
            try Self.client().write(toFile: script, atomically: true, encoding: .utf8)
            let settings = ["BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "1000000"]
            try await ServedBlotter.run(on: blotter.databaseURL, settings: settings) { served in
                let client = try await start(script, served, token, in: blotter.folder)
                for count in [20, 200] {
                    while try await stored(served, token) < count {
                        try #require(!client.hasEnded, "\(client.complaints)")
                    }
                    #expect(!client.hasEnded)
                    try await served.kill()
                    try await Task.sleep(for: .milliseconds(200))
                    try await served.start(keepingPort: true)
                }
                try await expectAllStored(client, served, token)
                // All of it again, as after a client's own end.
                let second = try await start(script, served, token, in: blotter.folder)
                try await expectAllStored(second, served, token)
            }
            #expect(try await blotter.command("verify").status == 0)
        }
    }

    @Test func `it says why the service refuses it, and ends`() async throws {
        try await OperatedBlotter.run(on: .sqlite) { blotter in
            try await blotter.addOwner()
            let script = blotter.folder + "/client.py"
            try Self.client().write(toFile: script, atomically: true, encoding: .utf8)
            try await ServedBlotter.run(on: blotter.databaseURL) { served in
                let client = try await start(script, served, "blt_none", in: blotter.folder)
                let ending = try await client.ending()
                #expect(ending.status == 1)
                #expect(ending.complaints.contains("UNAUTHORIZED"), "\(ending.complaints)")
            }
        }
    }

    private func start(
        _ script: String, _ served: ServedBlotter, _ token: String, in folder: String
    ) async throws -> RunningProgram {
        try await Program.start(
            ["python3", script],
            settings: [
                "BLOTTER_URL": "http://127.0.0.1:\(served.port)", "BLOTTER_TOKEN": token,
            ], input: Self.lines.joined(separator: "\n"), in: folder, executable: "/usr/bin/env")
    }

    private func stored(_ served: ServedBlotter, _ token: String) async throws -> Int {
        let reply = try await served.get("/v1/trades?limit=1000", token: token)
        return try #require(reply.json["trades"]?.array, "\(reply.text)").count
    }

    private func expectAllStored(
        _ client: RunningProgram, _ served: ServedBlotter, _ token: String
    ) async throws {
        let ending = try await client.ending(withinSeconds: 120)
        #expect(ending.status == 0, "\(ending.complaints)")
        // The one that is none, and nothing else.
        #expect(ending.complaintLines.count == 1, "\(ending.complaints)")
        #expect(ending.complaints.contains("x-\(Self.bad)\""))
        #expect(ending.complaints.contains("must be greater than 0"))
        #expect(try await stored(served, token) == Self.fills - 1)
        let positions = try await served.get("/v1/positions", token: token).json["positions"]
        // To the last digit, though it came as a number.
        #expect(positions?[0]?["quantity"] == "599.000000000000000599")
    }
}
