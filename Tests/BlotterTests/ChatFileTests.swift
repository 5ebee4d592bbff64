import Ledger
import TestSupport
import Testing
import Wire

/// `serve` with Telegram: what it sends beside texts.
@Suite struct ChatFileTests {
    private static let adminID: Int64 = 9001

    private func records(_ content: [UInt8]) throws -> [[String]] {
        var reader = CSVReader()
        return try reader.feed(content[...]).map(\.fields)
            + (try reader.finish().map { [$0.fields] } ?? [])
    }

    @Test func `a member gets the same lists as files as the HTTP API tells, and a picture`()
        async throws
    {
        let telegram = try await StandInTelegram.start()
        let minute = try RealMinute()
        try await TestBackend.sqlite.withStore { store in
            let settings = [
                "BLOTTER_TELEGRAM_TOKEN": telegram.options.token,
                "BLOTTER_TELEGRAM_API_BASE_URL": telegram.baseURL,
                "BLOTTER_TELEGRAM_ADMIN_USER_IDS": "\(Self.adminID)",
                "BLOTTER_TELEGRAM_POLL_TIMEOUT_SECONDS": "20",
            ]
            try await ServedBlotter.run(on: store.url, settings: settings) { served in
                let admin = telegram.user(Self.adminID, username: "ada")
                admin.says("/token new momo ingest,read")
                let note = try await admin.reply(containing: "blt_", withinSeconds: 60)
                let token = try #require(
                    note.text.split(whereSeparator: \.isWhitespace)
                        .first { $0.hasPrefix("blt_") }.map(String.init))
                var posted = 0
                for batch in minute.batches(of: 250) {
                    let reply = try await served.post(batch, token: token)
                    posted += Int(reply.json["accepted"]?.integer ?? 0)
                }
                #expect(posted > 250)
                admin.says("/export all csv")
                let files = try await telegram.eventually("four files", withinSeconds: 60) {
                    let files = $0.messages(in: Self.adminID).compactMap(\.file)
                    return files.count == 4 ? files : nil
                }
                let trades = try records(files[0].content)
                #expect(trades.count == posted + 1)
                #expect(trades[0].contains("broker_trade_id"))
                let positions = try await served.get("/v1/positions", token: token)
                let listed = positions.json["positions"]?.array ?? []
                let rows = try records(files[1].content)
                #expect(
                    rows.dropFirst().map { $0[1] } == listed.compactMap { $0["symbol"]?.string })
                admin.says("/pnl all")
                let photo = try await telegram.eventually("a picture", withinSeconds: 60) {
                    $0.messages(in: Self.adminID).compactMap(\.file).first(where: \.isPhoto)
                }
                #expect(photo.content.count < 100_000)
                let ending = try await served.terminate(withinSeconds: 10)
                #expect(ending.status == 0, "\(ending.complaints)")
                #expect(telegram.violations == [])
            }
        }
        await telegram.stop()
    }
}
