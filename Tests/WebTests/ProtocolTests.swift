import ServiceLifecycle
import Services
import TestSupport
import Testing
import Web
import Wire

/// What goes on below the requests: connections, framing, bytes that are no request at all.
struct ProtocolTests {
    private func expectFrameworkProblem(
        _ replies: [Reply], _ status: Int, _ code: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(replies.map(\.status) == [status], sourceLocation: sourceLocation)
        #expect(replies.first?.code == code, sourceLocation: sourceLocation)
        #expect(
            replies.first?.header("content-type") == "application/problem+json",
            sourceLocation: sourceLocation)
        #expect(replies.first?.header("x-request-id") != nil, sourceLocation: sourceLocation)
        #expect(replies.first?.header("server") == "blotter", sourceLocation: sourceLocation)
        #expect(replies.first?.header("connection") == "close", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nbad header\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nA\u{0}: b\r\n\r\n",
        "POST /v1/fills HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /v1/fills HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/fills HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n",
    ])
    func `bytes that are no request get a problem, then the connection ends`(
        _ text: String
    ) async throws {
        try await WebWorld.run { web in
            let replies = try await web.client.exchangeUntilClosed(Array(text.utf8))
            expectFrameworkProblem(replies, 400, "BAD_REQUEST")
            #expect(try await web.client.get("/healthz").status == 200)
        }
    }

    @Test func `headers without end are 431`() async throws {
        try await WebWorld.run { web in
            let long = "X: " + String(repeating: "x", count: 200_000)
            let replies = try await web.client.exchangeUntilClosed(
                Array("GET /healthz HTTP/1.1\r\n\(long)\r\n\r\n".utf8))
            expectFrameworkProblem(replies, 431, "HEADERS_TOO_LARGE")
        }
    }

    @Test func `requests on one connection are answered in order`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let body = batch(fill("t", "BUY", "1", at: "1"))
            let post = """
                POST /v1/fills HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\
                Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
                """
            let get = "GET /v1/trades HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\r\n"
            let lost = "GET /nowhere HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
            let replies = try await web.client.exchange(
                Array((post + lost + post + get).utf8), replies: 4)
            #expect(replies.map(\.status) == [200, 404, 200, 200])
            #expect(replies[0].json["accepted"] == 1)
            #expect(replies[2].json["duplicates"] == 1)
            #expect(replies[3].json["trades"]?.array?.count == 1)
        }
    }

    @Test(arguments: ["close", "keep-alive, Close"])
    func `the connection is closed where the client asks for it`(_ option: String) async throws {
        try await WebWorld.run { web in
            let request = "GET /healthz HTTP/1.1\r\nConnection: \(option)\r\n\r\n"
            let replies = try await web.client.exchangeUntilClosed(Array(request.utf8))
            #expect(replies.map(\.status) == [200])
            #expect(replies.first?.header("connection") == "close")
        }
    }

    @Test func `a client that waits for word before it sends the body gets it`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let body = batch(fill("t", "BUY", "1", at: "1"))
            func request(_ token: String) -> [UInt8] {
                Array(
                    """
                    POST /v1/fills HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\
                    Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\
                    Expect: 100-continue\r\n\r\n
                    """.utf8)
            }
            let taken = try await web.client.exchange(request(token) + Array(body.utf8), replies: 1)
            #expect(taken.map(\.status) == [100, 200])
            #expect(taken.last?.json["accepted"] == 1)

            // Refused without a look at the body, which may never come.
            let refused = try await web.client.exchange(request("x"), replies: 1)
            #expect(refused.map(\.status) == [401])
            #expect(refused.first?.header("connection") == "close")
        }
    }

    @Test func `a body that is announced but breaks off is stored in no part`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let body = batch(fill("t", "BUY", "1", at: "1"))
            let head = """
                POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                Content-Type: application/json\r\n
                """
            let bad = head + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"fi\r\nxx\r\n"
            let replies = try await web.client.exchangeUntilClosed(Array(bad.utf8))
            #expect(replies.map(\.status) == [400])
            #expect(replies.first?.code == "BAD_REQUEST")
            #expect(replies.first?.header("x-request-id") != nil)

            let short = head + "Content-Length: \(body.utf8.count + 1)\r\n\r\n\(body)"
            let left = try await web.client.exchangeAndLeave(Array(short.utf8))
            #expect(left.map(\.status) == [400])
            #expect(try await web.client.get("/v1/trades", token: token).json["trades"] == [])
        }
    }

    @Test func `a connection on which nothing comes is closed, within a request too`() async throws
    {
        try await WebWorld.run(limits: WebLimits(idleTimeoutSeconds: 1)) { web in
            let (_, token) = try await web.member()
            let begun = """
                POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"fills\"
                """
            for text in ["", "GET /healthz HT", begun] {
                // Ends only because the server ends it.
                let replies = try await web.client.exchangeUntilClosed(Array(text.utf8))
                #expect(!replies.contains { $0.status == 200 }, "\(text)")
            }
            #expect(try await web.base.count(of: "trades") == 0)
        }
    }

    @Test func `an absolute address is taken for its path`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let reply = try await web.client.get(
                "http://example.com/v1/trades?limit=1", token: token)
            #expect(reply.status == 200)
            let wrong = try await web.client.get(
                "http://example.com/v1/trades?limit=0", token: token)
            #expect(wrong.field == "limit")
            #expect(try await web.client.get("http://example.com").status == 404)
        }
    }

    @Test func `connections beyond the limit wait until one ends`() async throws {
        try await WebWorld.run(limits: WebLimits(connections: 2)) { web in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await web.client.get("/healthz").status }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func `a graceful stop ends a stream that goes on, what it told stays`() async throws {
        try await withServerToStop { base, client, token, stop in
            try await client.converse { send, receive in
                let line = fill("t", "BUY", "1", at: "1") + "\n"
                try await send(
                    Array(
                        """
                        POST /v1/fills HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\
                        Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n\
                        \(String(line.utf8.count, radix: 16))\r\n\(line)\r\n
                        """.utf8))
                var heard = ""
                while !heard.contains("accepted"), let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                await stop()
                while let bytes = try await receive() {
                    heard += String(decoding: bytes, as: UTF8.self)
                }
                #expect(heard.contains("\"problem\":"))
                #expect(heard.contains("about to stop"))
                #expect(!heard.contains("summary"))
            }
            #expect(try await base.count(of: "trades") == 1)
        }
    }

    /// Runs `body` with a server that it can stop gracefully, and waits until it has ended.
    private func withServerToStop(
        _ body: (ServiceWorld, WebClient, String, @escaping @Sendable () async -> Void)
            async throws -> Void
    ) async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let base = try await ServiceWorld.make(over: database)
            let authority = try await base.member()
            let token = try await base.services.tokens.create(
                name: "test", permissions: [.ingest], portfolio: nil, strategy: nil,
                for: authority.caller)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let logger = RecordedLog().logger
            let server = WebServer(
                services: base.services, version: "1", host: "127.0.0.1", port: 0,
                logger: logger, onServerRunning: { port.yield($0) })
            let group = ServiceGroup(services: [server], logger: logger)
            async let running: Void = group.run()
            let bound = try #require(await ports.first { _ in true })
            try await body(base, WebClient(port: bound), token) {
                await group.triggerGracefulShutdown()
            }
            await group.triggerGracefulShutdown()
            try await running
        }
    }

    @Test func `a graceful stop answers what is under way, and takes no more`() async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            let base = try await ServiceWorld.make(over: faulty)
            let authority = try await base.member()
            let token = try await base.services.tokens.create(
                name: "test", permissions: [.read], portfolio: nil, strategy: nil,
                for: authority.caller)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let logger = RecordedLog().logger
            let server = WebServer(
                services: base.services, version: "1", host: "127.0.0.1", port: 0,
                logger: logger, onServerRunning: { port.yield($0) })
            let group = ServiceGroup(services: [server], logger: logger)
            async let running: Void = group.run()
            let bound = try #require(await ports.first { _ in true })
            let client = WebClient(port: bound)

            faulty.hold()
            async let underWay = client.get("/v1/positions", token: token)
            while faulty.waitingReaders == 0 { await Task.yield() }
            await group.triggerGracefulShutdown()
            while (try? await client.get("/healthz")) != nil { await Task.yield() }
            faulty.release()
            #expect(try await underWay.status == 200)
            try await running
        }
    }
}
