import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire

/// `POST /v1/fills` as NDJSON.
struct FillStreamTests {
    private static let ndjson = ("Content-Type", "application/x-ndjson")

    private func post(
        _ web: WebWorld, _ token: String, _ text: String, query: String = "",
        packed: Bool = false
    ) async throws -> Reply {
        let body = Array(text.utf8)
        return try await web.client.send(
            "POST", "/v1/fills\(query)", token: token,
            headers: [Self.ndjson] + (packed ? [("Content-Encoding", "gzip")] : []),
            body: packed ? gzipped(body) : body)
    }

    private func lines(_ reply: Reply) throws -> [JSONValue] {
        try reply.text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func line(_ number: Int) -> String {
        fill("t\(number)", number % 2 == 0 ? "BUY" : "SELL", "1", at: "\(100 + number % 7)")
    }

    @Test(arguments: TestBackend.allCases)
    func `each line is answered in its order, then comes the sum`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            let text = [
                line(0), "", "   ", line(1), "{\"broken\"", line(0),
                fill("t0", "BUY", "2", at: "1"), "{\"typo\":1}", line(2),
            ].joined(separator: "\r\n")
            let reply = try await post(web, token, text)
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "application/x-ndjson")
            let answers = try lines(reply)
            #expect(
                answers.dropLast().map { $0["status"]?.string } == [
                    "accepted", "accepted", "rejected", "duplicate", "rejected", "rejected",
                    "accepted",
                ])
            let indices = (0..<7).map { JSONValue(integerLiteral: $0) }
            #expect(answers.dropLast().map { $0["index"] } == indices)
            #expect(answers[2]["error"]?["code"] == "INVALID_FIELD")
            #expect(answers[4]["error"]?["code"] == "CONFLICT")
            #expect(answers[5]["error"]?["code"] == "UNKNOWN_FIELD")
            #expect(answers[3]["trade_uid"] == answers[0]["trade_uid"])
            #expect(
                answers.last?["summary"]
                    == ["accepted": 3, "duplicates": 1, "rejected": 3])
            #expect(try await web.base.count(of: "trades") == 3)
        }
    }

    @Test func `nothing at all is a sum of nothing`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            for text in ["", "\n\n \n"] {
                let reply = try await post(web, token, text)
                #expect(
                    try lines(reply).map { $0["summary"] } == [
                        ["accepted": 0, "duplicates": 0, "rejected": 0]
                    ])
            }
        }
    }

    @Test(arguments: [false, true])
    func `a long stream is stored whole, plain or packed, and again is all duplicates`(
        packed: Bool
    ) async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let text = (0..<7500).map { line($0) + "\n" }.joined()
            for status in ["accepted", "duplicate"] {
                let answers = try lines(try await post(web, token, text, packed: packed))
                #expect(answers.count == 7501)
                #expect(answers.dropLast().allSatisfy { $0["status"]?.string == status })
                #expect(answers[7499]["index"] == 7499)
            }
            #expect(try await web.base.count(of: "trades") == 7500)
            try await web.base.expectVerified()
        }
    }

    @Test func `portfolio and strategy of the query hold for lines that name none`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            try await web.addPortfolio("second", for: authority)
            let own = fill("t2", "BUY", "1", at: "1", portfolio: "main")
            let reply = try await post(
                web, token, line(1) + "\n" + own, query: "?portfolio=second&strategy=momo%402.0")
            #expect(try lines(reply).last?["summary"]?["accepted"] == 2)
            let trades = try await web.client.get("/v1/trades", token: token).json["trades"]?.array
            #expect(
                Set((trades ?? []).map { "\($0["portfolio"]!) \($0["strategy"]!)" }) == [
                    "\"second\" \"momo@2.0\"", "\"main\" \"momo@2.0\"",
                ])
        }
    }

    @Test func `what would refuse every line is told by the status`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let atomic = try await post(web, token, line(1), query: "?atomic=true")
            #expect(atomic.status == 422 && atomic.field == "atomic")
            let lost = try await post(web, token, line(1), query: "?portfolio=none")
            #expect(lost.status == 404 && lost.code == "UNKNOWN_PORTFOLIO")
            let garbled = try await post(web, token, line(1), query: "?strategy=a%40b%40c")
            #expect(garbled.status == 422 && garbled.field == "strategy")
            try await web.addPortfolio("second", for: authority)
            let narrow = try await web.token(named: "narrow", for: authority, portfolio: "main")
            let beyond = try await post(web, narrow, line(1), query: "?portfolio=second")
            #expect(beyond.status == 403 && beyond.code == "FORBIDDEN_PORTFOLIO")
            #expect(try await web.base.count(of: "trades") == 0)
            // So it is for a batch that does not say it in its body.
            let batched = try await web.client.post(
                "/v1/fills?portfolio=none", token: token, batch(line(1)))
            #expect(batched.status == 404 && batched.code == "UNKNOWN_PORTFOLIO")
            let said = try await web.client.post(
                "/v1/fills?portfolio=none", token: token,
                batch(line(1), with: "\"portfolio\":\"main\","))
            #expect(said.json["accepted"] == 1)
        }
    }

    @Test func `a line is answered before the next one is sent`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let lines = (0..<5).map { line($0) + "\n" }
            try await web.client.converse { send, receive in
                try await send(head(token))
                for (number, line) in lines.enumerated() {
                    // In two parts: half a line is no line.
                    let bytes = Array(line.utf8)
                    try await send(chunk(Array(bytes[..<20])))
                    try await send(chunk(Array(bytes[20...])))
                    var heard = ""
                    while !heard.contains("\"index\":\(number)"), let bytes = try await receive() {
                        heard += String(decoding: bytes, as: UTF8.self)
                    }
                    #expect(heard.contains("{\"index\":\(number),\"status\":\"accepted\""))
                }
                try await send(Array("0\r\n\r\n".utf8))
                var heard = ""
                while !heard.contains("0\r\n\r\n"), let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                #expect(heard.contains("\"summary\":{\"accepted\":5,"))
            }
            // The connection is as good as new, and so is the server.
            #expect(try await web.base.count(of: "trades") == 5)
        }
    }

    @Test func `a client that waits for word before it sends its stream gets it, then the answer`()
        async throws
    {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let text = (0..<50).map { line($0) + "\n" }.joined()
            let replies = try await web.client.exchange(
                Array(
                    """
                    POST /v1/fills HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\
                    Content-Type: application/x-ndjson\r\nContent-Length: \(text.utf8.count)\r\n\
                    Expect: 100-continue\r\n\r\n\(text)
                    """.utf8), replies: 1)
            #expect(replies.map(\.status) == [100, 200])
            #expect(try replies.last.map(lines)?.last?["summary"]?["accepted"] == 50)
        }
    }

    @Test(arguments: [false, true])
    func `a connection that breaks leaves a clean prefix`(isTidy: Bool) async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let whole = (0..<3000).map { line($0) + "\n" }.joined()
            // The last line is whole but for its end, which may still come.
            let cut = Array(whole.utf8.dropLast(1))
            let begun = head(token) + (isTidy ? chunk(cut) : chunk(cut).dropLast(3))
            let replies = try await web.client.exchangeAndLeave(Array(begun))
            let answers = try replies.last.map(lines) ?? []
            let stored = try await web.base.count(of: "trades")
            #expect(stored < 3000)
            #expect(answers.count { $0["status"] == "accepted" } <= stored)
            let again = try lines(try await post(web, token, whole))
            #expect(
                again.last?["summary"] == [
                    "accepted": JSONValue(integerLiteral: 3000 - stored),
                    "duplicates": JSONValue(integerLiteral: stored), "rejected": 0,
                ])
            #expect(again.prefix(stored).allSatisfy { $0["status"] == "duplicate" })
        }
    }

    @Test func `a database that goes away ends the stream, and its last line says so`()
        async throws
    {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(over: faulty) { web in
                let (_, token) = try await web.member()
                let (first, second) = (line(1) + "\n", line(2) + "\n")
                try await web.client.converse { send, receive in
                    try await send(head(token) + chunk(Array(first.utf8)))
                    var heard = ""
                    while !heard.contains("accepted"), let bytes = try await receive() {
                        heard += String(decoding: bytes, as: UTF8.self)
                    }
                    faulty.fail(with: .unavailable(detail: "secret"))
                    try await send(chunk(Array(second.utf8)))
                    heard = ""
                    while let bytes = try await receive() {
                        heard += String(decoding: bytes, as: UTF8.self)
                    }
                    #expect(heard.contains("{\"problem\":{\"type\":\"about:blank\""))
                    #expect(heard.contains("\"code\":\"UNAVAILABLE\""))
                    #expect(!heard.contains("summary") && !heard.contains("secret"))
                }
                faulty.fail(with: nil)
                #expect(
                    try lines(try await post(web, token, first + second)).last?["summary"]
                        == ["accepted": 1, "duplicates": 1, "rejected": 0])
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a stream ends with its sender's membership`(_ backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            let (_, token) = try await web.member()
            _ = try await web.base.member(1, isAdmin: true)
            try await web.client.converse { send, receive in
                try await send(head(token) + chunk(Array((line(1) + "\n").utf8)))
                var heard = ""
                while !heard.contains("accepted"), let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                _ = try await web.services.users.change(.deactivate, 1001, by: .owner)
                try await send(chunk(Array((line(2) + "\n").utf8)))
                heard = ""
                while let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                #expect(heard.contains("\"code\":\"UNAUTHORIZED\""))
                #expect(!heard.contains("accepted") && !heard.contains("summary"))
            }
            #expect(try await web.base.count(of: "trades") == 1)
            #expect(try await post(web, token, line(2)).status == 401)
        }
    }

    @Test func `packed bytes that are damaged end the stream, what came before is stored`()
        async throws
    {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let good = gzipped(Array((0..<10).map { line($0) + "\n" }.joined().utf8))
            let reply = try await web.client.send(
                "POST", "/v1/fills", token: token,
                headers: [Self.ndjson, ("Content-Encoding", "gzip")],
                body: good + Array("rest".utf8))
            #expect(try lines(reply).last?["problem"]?["code"] == "NOT_GZIP")
            let stored = try await web.base.count(of: "trades")
            #expect(try lines(reply).count == stored + 1)
        }
    }

    private func head(_ token: String) -> [UInt8] {
        Array(
            """
            POST /v1/fills HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\
            Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n
            """.utf8)
    }

    private func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }
}
