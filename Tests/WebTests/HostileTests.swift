import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// Whatever is sent, the server says what is wrong with it, and is well afterwards.
struct HostileTests {
    @Test(arguments: TestBackend.allCases, [1, 2, 3] as [UInt64])
    func `a mutated batch is never a fault of ours`(
        _ backend: TestBackend, _ seed: UInt64
    ) async throws {
        let valid = batch(
            fill(
                "t-1", "BUY", "0.5", at: "65000.1", fee: "0.65", feeCurrency: "BNB",
                order: "o-1", strategy: "momo", extra: "\"meta\":{\"a\":[1,2.5e3,null]}"),
            fill(
                "SPXW", "SELL", "2", at: "4.2", symbol: "SPXW  260320C05200000",
                assetType: "OPTION", currency: "USD",
                extra: "\"option\":{\"underlying\":\"SPX\",\"expiry\":\"2026-03-20\","
                    + "\"strike\":\"5200\",\"right\":\"C\",\"multiplier\":\"100\"}"),
            with: "\"portfolio\":\"main\",\"strategy\":\"grid@2\",")
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            var random = SeededGenerator(seed: seed)
            for round in 0..<150 {
                let body = mutated(Array(valid.utf8), &random)
                let reply = try await web.client.send(
                    "POST", round % 3 == 0 ? "/v1/fills?atomic=true" : "/v1/fills", token: token,
                    headers: [("Content-Type", "application/json")], body: body)
                let note = "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))"
                #expect([200, 400, 404, 413, 422].contains(reply.status), "\(reply.text) \(note)")
                #expect((try? JSONValue(parsing: reply.body)) != nil, "\(note)")
                if reply.status != 200 { #expect(reply.code != nil, "\(note)") }
            }
            #expect(try await web.client.get("/v1/positions", token: token).status == 200)
            try await web.base.expectVerified()
        }
    }

    @Test(arguments: [21, 22, 23] as [UInt64])
    func `a mutated stream is never a fault of ours, and each line has its answer`(
        _ seed: UInt64
    ) async throws {
        let lines = (0..<6).map { number in
            fill("t-\(number)", number % 2 == 0 ? "BUY" : "SELL", "1.5", at: "65000.1", fee: "0.1")
        }
        let valid = Array((lines.joined(separator: "\n") + "\n").utf8)
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            var random = SeededGenerator(seed: seed)
            for round in 0..<100 {
                var body = mutated(valid, &random)
                let isPacked = round % 4 == 0
                if isPacked {
                    body = round % 8 == 0 ? mutated(gzipped(body), &random) : gzipped(body)
                }
                let reply = try await web.client.send(
                    "POST", "/v1/fills", token: token,
                    headers: [("Content-Type", "application/x-ndjson")]
                        + (isPacked ? [("Content-Encoding", "gzip")] : []), body: body)
                let note = "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))"
                #expect(reply.status == 200, "\(note)")
                let answers = reply.text.split(separator: "\n")
                for (index, line) in answers.dropLast().enumerated() {
                    #expect(line.hasPrefix("{\"index\":\(index),\"status\":"), "\(note)")
                }
                let isWhole = answers.last?.hasPrefix("{\"summary\":") == true
                #expect(
                    isWhole || answers.last?.contains("NOT_GZIP") == true, "\(reply.text) \(note)")
            }
            try await web.base.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases, [11, 12] as [UInt64])
    func `a mutated query is never a fault of ours`(
        _ backend: TestBackend, _ seed: UInt64
    ) async throws {
        let valid = [
            "/v1/positions?portfolio=main&strategy=momo%401.0&include_closed=true",
            "/v1/pnl?portfolio=main&period=2026-01-01..2026-02-28&method=average",
            "/v1/trades?portfolio=main&symbol=BTCUSDT&from=2026-01-01&to=2026-03-01T00:00:00Z",
            "/v1/trades?limit=5&cursor=MjAyNi0wMi0xOVQxNDozMjowMC4wMDAwMDBaIDEgdC0x",
            "/v1/orders?portfolio=main&status=NEW,FILLED", "/v1/risk?portfolio=main",
            "/v1/orders?limit=5&cursor=MjAyNi0wMi0xOVQxNDozMjowMC4wMDAwMDBaIDE",
            "/v1/fx?base=USD&quote=EUR", "/v1/campaigns?portfolio=main&status=open&symbol=BTCUSDT",
            "/v1/campaigns?strategy=momo&limit=2&cursor=MjAyNi0wMi0xOVQxNDozMjowMC4wMDAwMDBaIDEgdC0x",
            "/v1/positions/BTCUSDT/why?portfolio=main&strategy=momo&exchange=BINANCE&currency=USDT",
            "/v1/positions/%42TCUSDT/why?cursor=MjAyNi0wMi0xOVQxNDozMjowMC4wMDAwMDBaIHQtMQ&limit=1",
        ]
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(
                token: token, batch(fill("t-1", "BUY", "1", at: "1", strategy: "momo")))
            for target in valid {
                #expect(try await web.client.get(target, token: token).status == 200, "\(target)")
            }
            var random = SeededGenerator(seed: seed)
            for round in 0..<150 {
                let base = Array(valid[Int.random(in: 0..<valid.count, using: &random)].utf8)
                // A blank or a line end would make another request of it.
                let target = mutated(base, &random)
                    .filter { $0 > 0x20 && $0 != 0x7F && $0 < 0x80 }
                let text = "/v1/" + String(decoding: target.dropFirst(4), as: UTF8.self)
                let reply = try await web.client.get(text, token: token)
                #expect(
                    [200, 400, 404, 422].contains(reply.status),
                    "seed \(seed), round \(round), \(text): \(reply.text)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the first and the last of everything are no fault of ours`(
        _ backend: TestBackend
    ) async throws {
        let values = [
            "0000-01-01", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59.9999999Z",
            "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
        ]
        // Cursors as they are made, of times and ids that no trade has.
        let cursors = [
            "MDAwMC0wMS0wMVQwMDowMDowMC4wMDAwMDBaIDEgeA",
            "OTk5OS0xMi0zMVQyMzo1OTo1OS45OTk5OTlaIDkyMjMzNzIwMzY4NTQ3NzU4MDcgeA",
            "MDAwMS0wMS0wMVQwMDowMDowMC4wMDAwMDBaIC05MjIzMzcyMDM2ODU0Nzc1ODA4IA",
        ]
        var targets = values.flatMap { ["/v1/trades?from=\($0)", "/v1/trades?to=\($0)"] }
        targets += cursors.flatMap {
            [
                "/v1/trades?cursor=\($0)", "/v1/campaigns?cursor=\($0)",
                "/v1/campaigns?symbol=BTCUSDT&cursor=\($0)",
                "/v1/positions/BTCUSDT/why?cursor=\($0)",
            ]
        }
        targets += [
            "/v1/pnl?period=0000-01-01..9999-12-31", "/v1/pnl?period=0001-01-01..9999-12-31",
            "/v1/pnl?period=36600d", "/v1/pnl?period=36601d",
        ]
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(token: token, batch(fill("t", "BUY", "1", at: "1")))
            for target in targets {
                let reply = try await web.client.get(target, token: token)
                #expect([200, 422].contains(reply.status), "\(target): \(reply.text)")
            }
        }
    }

    @Test(arguments: [21, 22, 23] as [UInt64])
    func `mutated bytes on the wire never harm the next request`(_ seed: UInt64) async throws {
        try await WebWorld.run { web in
            // Many of the tokens are unknown ones, and their answers come late.
            let time = Task {
                while !Task.isCancelled {
                    await web.world.advance(seconds: 1)
                    try? await Task.sleep(for: .milliseconds(5))
                }
            }
            defer { time.cancel() }
            let (_, token) = try await web.member()
            let body = batch(fill("t-1", "BUY", "1", at: "1"))
            let valid = Array(
                """
                POST /v1/fills?atomic=true HTTP/1.1\r\nHost: test\r\n\
                Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n\
                Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
                """.utf8)
            var random = SeededGenerator(seed: seed)
            for round in 0..<60 {
                let bytes = mutated(valid, &random)
                // What breaks off in the middle is waited for, so the sending ends here.
                let replies = try await web.client.exchangeAndLeave(bytes)
                for reply in replies {
                    #expect(
                        (200..<500).contains(reply.status) || reply.status == 100,
                        "seed \(seed), round \(round): \(reply.text)")
                }
            }
            #expect(try await web.client.get("/healthz").status == 200)
            try await web.base.expectVerified()
        }
    }

    @Test func `JSON that is deep, wide or long is refused in time`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let deep = String(repeating: "[", count: 1_000_000)
            #expect(try await web.client.post(token: token, deep).status == 400)
            let deepFill = "{\"fills\":[" + String(repeating: "{\"meta\":", count: 200_000)
            #expect(try await web.client.post(token: token, deepFill).status == 400)
            let wide = (0..<100_000).map { "\"k\($0)\":1" }.joined(separator: ",")
            let reply = try await web.client.post(
                token: token, batch(fill("t", "BUY", "1", at: "1", extra: "\"meta\":{\(wide)}")))
            #expect(reply.status == 200)
            #expect(reply.json["results"]?[0]?["error"]?["field"] == "meta")
            let digits = String(repeating: "9", count: 1_000_000)
            let long = try await web.client.post(
                token: token, batch(fill("t", "BUY", digits, at: "1")))
            #expect(long.json["rejected"] == 1)
            #expect(long.body.count < 2000)
        }
    }
}

/// One to four of: a byte changed, a stretch removed, doubled or put elsewhere, a telling one in.
private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...20, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[start] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.removeSubrange(start..<end)
        case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 3:
            let stretch = Array(bytes[start..<end])
            bytes.removeSubrange(start..<end)
            bytes.insert(
                contentsOf: stretch, at: Int.random(in: 0...bytes.count, using: &random))
        case 4: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default:
            let telling = tellingTexts[Int.random(in: 0..<tellingTexts.count, using: &random)]
            bytes.insert(contentsOf: telling.utf8, at: start)
        }
    }
    return bytes
}

private let tellingTexts = [
    "null", "true", "-", "1e999", "\\u0000", "\\ud800", "\u{0}", "\"", "{", "}", "[", "]", ",",
    "%00", "%zz", "&", "=", "+", "99999999999999999999", "0.0000000000000000001", "\u{FEFF}",
    "e\u{301}", "\\", "'", ";--", "9999-12-31", "0000-00-00", "\r\n", "NaN", "-0", " ",
]
