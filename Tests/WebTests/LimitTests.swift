import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// What happens at the server's limits.
struct LimitTests {
    @Test func `how often a token may still be used stands in each answer`() async throws {
        try await WebWorld.run(limits: WebLimits(requestsPerMinutePerToken: 30)) { web in
            let (_, token) = try await web.member()
            for remaining in stride(from: 29, through: 25, by: -1) {
                let reply = try await web.client.get("/v1/risk", token: token)
                #expect(reply.header("ratelimit-limit") == "30")
                #expect(reply.header("ratelimit-remaining") == "\(remaining)")
                #expect(reply.header("ratelimit-reset") == "\((30 - remaining) * 2)")
                #expect(reply.header("ratelimit-policy") == "30;w=60")
            }
            let refused = try await web.client.post(token: token, "{")
            #expect(refused.status == 400 && refused.header("ratelimit-remaining") == "24")
            #expect(try await web.client.get("/healthz").header("ratelimit-limit") == nil)
        }
    }

    @Test func `an address that tries token after token has to wait, others there do not`()
        async throws
    {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            for number in 1...10 {
                let reply = try await web.client.get("/v1/risk", token: "blt_\(number)")
                #expect(reply.status == 401)
            }
            async let slow = web.client.get("/v1/risk", token: "blt_x")
            await web.world.waitForSleepers()
            #expect(try await web.client.get("/v1/risk", token: token).status == 200)
            await web.world.advance(seconds: 0.1)
            #expect(try await slow.status == 401)
            await web.world.advance(seconds: 60)
            #expect(try await web.client.get("/v1/risk", token: "blt_x").status == 401)
        }
    }

    @Test func `requests beyond those that are answered at once are 503, and soon taken again`()
        async throws
    {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(
                over: faulty, limits: WebLimits(concurrentRequests: 4)
            ) { web in
                let (_, token) = try await web.member()
                let (_, other) = try await web.member(1002)
                // A stream holds its place until it ends.
                try await web.client.converse { send, receive in
                    try await send(
                        Array(
                            """
                            POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                            Content-Type: application/x-ndjson\r\n\
                            Transfer-Encoding: chunked\r\n\r\n
                            """.utf8))
                    _ = try await receive()
                    #expect(try await web.client.get("/v1/risk", token: token).status == 200)
                    try await web.client.converse { send, receive in
                        try await send(
                            Array(
                                """
                                POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                                Content-Type: application/json\r\nContent-Length: 12\r\n\
                                Expect: 100-continue\r\n\r\n
                                """.utf8))
                        _ = try await receive()
                        let full = try await web.client.get("/v1/risk", token: token)
                        #expect(full.status == 503 && full.code == "UNAVAILABLE")
                        #expect(full.header("retry-after") == "1")
                        #expect(full.text.contains("2 requests of yours"))
                        // What one leaves open keeps nobody else out.
                        #expect(try await web.client.get("/v1/risk", token: other).status == 200)
                        #expect(try await web.client.get("/healthz").status == 200)
                        try await send(Array("{\"fills\":[]}".utf8))
                        _ = try await receive()
                    }
                    #expect(try await web.client.get("/v1/risk", token: token).status == 200)
                    try await send(Array("0\r\n\r\n".utf8))
                    _ = try await receive()
                }
                for _ in 1...5 {
                    #expect(try await web.client.get("/v1/risk", token: token).status == 200)
                }
            }
        }
    }

    @Test func `a stream that asks for the connection's end is answered to its own`() async throws {
        try await WebWorld.run(limits: WebLimits(lingerSeconds: 1)) { web in
            let (_, token) = try await web.member()
            try await web.client.converse { send, receive in
                try await send(
                    Array(
                        """
                        POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                        Content-Type: application/x-ndjson\r\nConnection: close\r\n\
                        Transfer-Encoding: chunked\r\n\r\n
                        """.utf8))
                var heard = ""
                func hear(_ wanted: String) async throws {
                    while !heard.contains(wanted), let bytes = try await receive() {
                        heard += String(decoding: bytes, as: UTF8.self).lowercased()
                    }
                    #expect(heard.contains(wanted))
                }
                try await hear("connection: close")
                // For longer than the connection is left open after an answer.
                try await Task.sleep(for: .seconds(1.5))
                for number in 0..<3 {
                    try await send(Array("3\r\n{}\n\r\n".utf8))
                    try await hear("\"index\":\(number)")
                }
                try await send(Array("0\r\n\r\n".utf8))
                try await hear("\"summary\"")
                while try await receive() != nil {}
            }
        }
    }

    @Test func `a stream in which nothing comes for long is ended with its reason`() async throws {
        try await WebWorld.run(limits: WebLimits(bodyTimeoutSeconds: 1)) { web in
            let (_, token) = try await web.member()
            try await web.client.converse { send, receive in
                try await send(
                    Array(
                        """
                        POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                        Content-Type: application/x-ndjson\r\n\
                        Transfer-Encoding: chunked\r\n\r\n
                        """.utf8))
                var heard = ""
                while let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                #expect(heard.contains("BODY_TOO_SLOW"))
            }
        }
    }

    @Test func `a body that drips for too long is 408`() async throws {
        try await WebWorld.run(limits: WebLimits(bodyTimeoutSeconds: 1)) { web in
            let (_, token) = try await web.member()
            try await web.client.converse { send, receive in
                try await send(
                    Array(
                        """
                        POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                        Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n
                        """.utf8))
                let heard = try await receive().map { String(decoding: $0, as: UTF8.self) }
                #expect(heard?.hasPrefix("HTTP/1.1 408 ") == true)
                #expect(heard?.contains("BODY_TOO_SLOW") == true)
                while try await receive() != nil {}
            }
        }
    }

    @Test func `a client that reads nothing of its answer is cut off`() async throws {
        try await WebWorld.run(limits: WebLimits(stalledTimeoutSeconds: 1)) { web in
            let (_, token) = try await web.member()
            let lines = (0..<20_000).map { number in "{\"n\":\(number)}\n" }.joined()
            let head = """
                POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n
                """
            let chunk = Array("\(String(lines.utf8.count, radix: 16))\r\n\(lines)\r\n".utf8)
            // Sends without end, and reads nothing: only the server can end it.
            await #expect(throws: (any Error).self) {
                try await web.client.converse { send, _ in
                    try await send(Array(head.utf8))
                    while true { try await send(chunk) }
                }
            }
            #expect(try await web.client.get("/v1/risk", token: token).status == 200)
        }
    }

    @Test func `what unpacks to more than a body may have is 413, a bomb too`() async throws {
        try await WebWorld.run(limits: WebLimits(maxBodyBytes: 100_000)) { web in
            let (_, token) = try await web.member()
            func post(_ bytes: [UInt8]) async throws -> Reply {
                try await web.client.send(
                    "POST", "/v1/fills", token: token,
                    headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
                    body: bytes)
            }
            let bomb = gzipped([UInt8](repeating: 0x20, count: 50 << 20))
            #expect(bomb.count < 100_000)
            let reply = try await post(bomb)
            #expect(reply.status == 413 && reply.code == "BODY_TOO_LARGE")

            let body = Array(batch(fill("t", "BUY", "1", at: "1")).utf8)
            #expect(try await post(gzipped(body)).json["accepted"] == 1)
            let plain = try await post(body)
            #expect(plain.status == 400 && plain.code == "NOT_GZIP")
            let short = try await post(gzipped(body).dropLast(4))
            #expect(short.status == 400 && short.code == "NOT_GZIP")
        }
    }
}
