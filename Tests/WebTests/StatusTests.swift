import Ledger
import Logging
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// Each status of the interface's table, with its headers and its problem.
struct StatusTests {
    /// What every problem has to have.
    private func expectProblem(
        _ reply: Reply, _ status: Int, _ code: String, field: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(reply.status == status, "\(reply.text)", sourceLocation: sourceLocation)
        #expect(reply.code == code, "\(reply.text)", sourceLocation: sourceLocation)
        #expect(reply.field == field, "\(reply.text)", sourceLocation: sourceLocation)
        #expect(
            reply.header("content-type") == "application/problem+json",
            sourceLocation: sourceLocation)
        #expect(reply.json["status"]?.integer == status, sourceLocation: sourceLocation)
        for member in ["type", "title", "detail"] {
            #expect(
                reply.json[member]?.string?.isEmpty == false, "\(member)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func `every answer has a request id, the server's name and no cache`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            var ids: Set<String> = []
            for target in ["/healthz", "/nowhere", "/v1/positions"] {
                let reply = try await web.client.get(target, token: token)
                ids.insert(try #require(reply.header("x-request-id")))
                #expect(reply.header("server") == "blotter")
                #expect(reply.header("cache-control") == "no-store")
                #expect(reply.header("date") != nil)
            }
            #expect(ids.count == 3)
        }
    }

    @Test func `an unknown path is 404, with and without a token`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            for target in ["/", "/v1", "/v1/fills/", "/v1//fills", "/V1/fills", "/healthz/x", "*"] {
                expectProblem(try await web.client.get(target), 404, "NOT_FOUND")
                expectProblem(try await web.client.get(target, token: token), 404, "NOT_FOUND")
            }
        }
    }

    @Test func `a wrong method is 405 and says which are allowed`() async throws {
        try await WebWorld.run { web in
            let reply = try await web.client.get("/v1/fills")
            expectProblem(reply, 405, "METHOD_NOT_ALLOWED")
            #expect(reply.header("allow") == "POST")
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                let reply = try await web.client.send(method, "/v1/positions", body: [])
                expectProblem(reply, 405, "METHOD_NOT_ALLOWED")
                #expect(reply.header("allow") == "GET, HEAD")
            }
        }
    }

    @Test func `HEAD answers as GET does, without the body`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let get = try await web.client.get("/v1/positions", token: token)
            let head = try await web.client.send("HEAD", "/v1/positions", token: token)
            #expect(head.status == 200)
            #expect(head.header("content-length") == get.header("content-length"))
            #expect(get.header("content-length") == "16")
        }
    }

    @Test func `no, a malformed, an unknown and a revoked token are 401`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let none = try await web.client.get("/v1/positions")
            expectProblem(none, 401, "UNAUTHORIZED")
            #expect(none.header("www-authenticate") == "Bearer realm=\"blotter\"")

            let malformed = [
                "Basic \(token)", "Bearer", "Bearer a b", token, "Bearer \(token),\(token)",
            ]
            for header in malformed + ["Bearer x", "Bearer \(token.dropLast())é"] {
                let reply = try await web.client.send(
                    "GET", "/v1/positions", headers: [("Authorization", header)])
                expectProblem(reply, 401, "UNAUTHORIZED")
                #expect(reply.header("www-authenticate")?.hasPrefix("Bearer ") == true)
            }
            let twice = try await web.client.send(
                "GET", "/v1/positions", token: token,
                headers: [("Authorization", "Bearer \(token)")])
            expectProblem(twice, 401, "UNAUTHORIZED")

            let lowerCase = try await web.client.send(
                "GET", "/v1/positions", headers: [("authorization", "bearer  \(token)")])
            #expect(lowerCase.status == 200)

            try await web.services.tokens.revoke(named: "test", for: authority.caller)
            let revoked = try await web.client.get("/v1/positions", token: token)
            expectProblem(revoked, 401, "UNAUTHORIZED")
            #expect(
                revoked.header("www-authenticate")
                    == "Bearer realm=\"blotter\", error=\"invalid_token\"")
        }
    }

    @Test func `a token without the route's scope is 403`() async throws {
        try await WebWorld.run { web in
            let authority = try await web.base.member()
            let reader = try await web.token(
                named: "reader", for: authority, permissions: [.read])
            let feeder = try await web.token(
                named: "feeder", for: authority, permissions: [.ingest, .trade])
            let posted = try await web.client.post(
                token: reader, batch(fill("t", "BUY", "1", at: "1")))
            expectProblem(posted, 403, "FORBIDDEN_SCOPE")
            for route in Routes.all where route.scope == .read && route.method == .get {
                expectProblem(
                    try await web.client.get(route.samplePath, token: feeder), 403,
                    "FORBIDDEN_SCOPE")
                // What a path names is not there yet.
                #expect(
                    try await web.client.get(route.samplePath, token: reader).status
                        == (route.hasSegments ? 404 : 200), "\(route.path)")
            }
            expectProblem(
                try await web.client.send("POST", "/v1/risk/check", token: feeder), 403,
                "FORBIDDEN_SCOPE")
            let stored = try await web.client.get("/v1/trades", token: reader)
            #expect(stored.json["trades"] == [])
        }
    }

    @Test func `another content type or coding is 415`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let body = Array(batch(fill("t", "BUY", "1", at: "1")).utf8)
            let types = ["text/plain", "application/ndjson", "application/jsonx", "", "json"]
            for type in types {
                let reply = try await web.client.send(
                    "POST", "/v1/fills", token: token, headers: [("Content-Type", type)],
                    body: body)
                expectProblem(reply, 415, "UNSUPPORTED_MEDIA_TYPE")
                #expect(reply.header("accept") == "application/json, application/x-ndjson")
                #expect(reply.json["detail"]?.string?.contains("application/json") == true)
            }
            let none = try await web.client.send("POST", "/v1/fills", token: token, body: body)
            expectProblem(none, 415, "UNSUPPORTED_MEDIA_TYPE")
            let compressed = try await web.client.send(
                "POST", "/v1/fills", token: token,
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "br")],
                body: body)
            expectProblem(compressed, 415, "UNSUPPORTED_MEDIA_TYPE")
            #expect(compressed.header("accept-encoding") == "gzip, identity")

            for type in ["application/json; charset=utf-8", "Application/JSON ;x=y"] {
                let reply = try await web.client.send(
                    "POST", "/v1/fills", token: token, headers: [("Content-Type", type)],
                    body: body)
                #expect(reply.status == 200, "\(type)")
            }
        }
    }

    @Test func `what is not JSON is 400 and stores nothing`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let good = batch(fill("t", "BUY", "1", at: "1"))
            for body in ["", " ", "{", "nul", "[1,]", good + "x", String(good.dropLast())] {
                expectProblem(
                    try await web.client.post(token: token, body), 400, "NOT_JSON")
            }
            let notText = try await web.client.send(
                "POST", "/v1/fills", token: token,
                headers: [("Content-Type", "application/json")], body: [0x22, 0xFF, 0x22])
            expectProblem(notText, 400, "NOT_JSON")
            let stored = try await web.client.get("/v1/trades", token: token)
            #expect(stored.json["trades"] == [])
        }
    }

    @Test func `JSON that is no batch is 422 and names the field`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let cases: [(String, String?)] = [
                ("[]", nil), ("1", nil), ("{}", "fills"), ("{\"fills\":{}}", "fills"),
                ("{\"fills\":[],\"portfolio\":1}", "portfolio"),
                ("{\"fills\":[],\"strategy\":\"a@b@c\"}", "strategy"),
                ("{\"fills\":[],\"atomic\":true}", "atomic"),
                ("{\"fills\":[],\"fills\":[]}", "fills"),
                ("{\"fills\":[],\"portfolio\":\"a\\u0000\"}", "portfolio"),
            ]
            for (body, field) in cases {
                let reply = try await web.client.post(token: token, body)
                expectProblem(reply, 422, "INVALID_FIELD", field: field)
            }
        }
    }

    @Test func `too many fills are 413, as many as allowed are not`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let one = fill("t", "BUY", "1", at: "1")
            func fills(_ count: Int) -> String {
                "{\"fills\":[" + Array(repeating: one, count: count).joined(separator: ",") + "]}"
            }
            expectProblem(
                try await web.client.post(token: token, fills(10_001)), 413, "TOO_MANY_FILLS")
            let empty = try await web.client.get("/v1/trades", token: token)
            #expect(empty.json["trades"] == [])
            let full = try await web.client.post(token: token, fills(10_000))
            #expect(full.status == 200)
            #expect(full.json["accepted"] == 1)
            #expect(full.json["duplicates"] == 9_999)
        }
    }

    @Test func `a body over the limit is 413, announced or not`() async throws {
        try await WebWorld.run(limits: WebLimits(maxBodyBytes: 2000)) { web in
            let (_, token) = try await web.member()
            let fits = batch(fill("t", "BUY", "1", at: "1"))
            let padded = fits + String(repeating: " ", count: 2000 - fits.utf8.count)
            #expect(try await web.client.post(token: token, padded).status == 200)
            let announced = try await web.client.post(token: token, padded + " ")
            expectProblem(announced, 413, "BODY_TOO_LARGE")
            #expect(announced.header("connection") == "close")

            let head = """
                POST /v1/fills HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\n\
                Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n
                """
            let chunk = "3e8\r\n" + String(repeating: " ", count: 1000) + "\r\n"
            let streamed = try await web.client.exchange(
                Array((head + chunk + chunk + chunk).utf8), replies: 1)
            expectProblem(try #require(streamed.first), 413, "BODY_TOO_LARGE")
            #expect(streamed.first?.header("connection") == "close")

            let short = "\(String(fits.utf8.count, radix: 16))\r\n\(fits)\r\n0\r\n\r\n"
            let chunked = try await web.client.exchange(
                Array((head + short).utf8), replies: 1)
            #expect(chunked.first?.status == 200)
            #expect(chunked.first?.json["duplicates"] == 1)
        }
    }

    @Test func `too many requests of a token are 429 until time has passed`() async throws {
        try await WebWorld.run(limits: WebLimits(requestsPerMinutePerToken: 3)) { web in
            let (authority, token) = try await web.member()
            let other = try await web.token(named: "other", for: authority)
            for _ in 1...3 {
                #expect(try await web.client.get("/v1/risk", token: token).status == 200)
            }
            let refused = try await web.client.get("/v1/risk", token: token)
            expectProblem(refused, 429, "RATE_LIMITED")
            #expect(refused.header("retry-after") == "20")
            #expect(refused.header("ratelimit-remaining") == "0")
            #expect(refused.header("ratelimit-reset") == "60")
            #expect(try await web.client.get("/v1/risk", token: other).status == 200)
            #expect(try await web.client.get("/healthz", token: token).status == 200)

            await web.world.advance(seconds: 19.5)
            let soon = try await web.client.get("/v1/risk", token: token)
            #expect(soon.header("retry-after") == "1")
            await web.world.advance(seconds: 0.5)
            #expect(try await web.client.get("/v1/risk", token: token).status == 200)
            #expect(try await web.client.get("/v1/risk", token: token).status == 429)
            await web.world.advance(seconds: 3600)
            for _ in 1...3 {
                #expect(try await web.client.get("/v1/risk", token: token).status == 200)
            }
            #expect(try await web.client.get("/v1/risk", token: token).status == 429)
        }
    }

    @Test func `a database that is away is 503 and tells nothing of itself`() async throws {
        let faults: [(StorageError, retryAfter: String)] = [
            (.unavailable(detail: "secret host"), "5"), (.busy(detail: "secret"), "1"),
            (.full(detail: "secret"), "60"), (.closed, "5"),
            (.commitOutcomeUnknown(detail: "secret"), "1"),
            (.connectionLost(detail: "secret"), "5"), (.readOnly(detail: "secret"), "60"),
            (.corrupt(detail: "secret"), "60"), (.serialization(detail: "secret"), "1"),
            (.timeout(detail: "secret"), "1"),
        ]
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(over: faulty) { web in
                let (_, token) = try await web.member()
                for (fault, retryAfter) in faults {
                    faulty.fail(with: fault)
                    for target in ["/readyz", "/v1/positions"] {
                        let reply = try await web.client.get(target, token: token)
                        expectProblem(reply, 503, "UNAVAILABLE")
                        #expect(reply.header("retry-after") == retryAfter)
                        #expect(!reply.text.contains("secret"))
                    }
                    #expect(try await web.client.get("/healthz").status == 200)
                }
                faulty.fail(with: nil)
                #expect(try await web.client.get("/readyz").status == 200)
                #expect(try await web.client.get("/v1/positions", token: token).status == 200)
            }
        }
    }

    @Test func `an unexpected error is 500 with the id under which it is logged`() async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(over: faulty) { web in
                let (_, token) = try await web.member()
                faulty.fail(with: .statement(detail: "no such table: secret"))
                let reply = try await web.client.get("/v1/positions", token: token)
                expectProblem(reply, 500, "INTERNAL")
                let id = try #require(reply.header("x-request-id"))
                #expect(reply.json["detail"]?.string?.contains(id) == true)
                #expect(!reply.text.contains("secret"))
                let logged = web.log.lines.filter { $0.level == .error }
                #expect(logged.map(\.metadata["request_id"]) == [id])
                #expect(logged.first?.metadata["error"]?.contains("secret") == true)
            }
        }
    }

    @Test
    func `faults are told in the order path, method, token, scope, type, size, JSON, content`()
        async throws
    {
        try await WebWorld.run(limits: WebLimits(maxBodyBytes: 1000)) { web in
            let authority = try await web.base.member()
            let token = try await web.token(for: authority)
            let reader = try await web.token(
                named: "reader", for: authority, permissions: [.read])
            let long = [UInt8](repeating: 0x78, count: 1001)
            let json = [("Content-Type", "application/json")]
            let wrong = "/v1/fills?atomic=perhaps"
            let client = web.client

            var reply = try await client.send("PUT", "/v1/fill?x", body: long)
            expectProblem(reply, 404, "NOT_FOUND")
            reply = try await client.send("PUT", wrong, body: long)
            expectProblem(reply, 405, "METHOD_NOT_ALLOWED")
            reply = try await client.send("POST", wrong, body: long)
            expectProblem(reply, 401, "UNAUTHORIZED")
            reply = try await client.send("POST", wrong, token: reader, body: long)
            expectProblem(reply, 403, "FORBIDDEN_SCOPE")
            reply = try await client.send("POST", wrong, token: token, body: long)
            expectProblem(reply, 415, "UNSUPPORTED_MEDIA_TYPE")
            reply = try await client.send("POST", wrong, token: token, headers: json, body: long)
            expectProblem(reply, 413, "BODY_TOO_LARGE")
            reply = try await client.send(
                "POST", wrong, token: token, headers: json, body: long.dropLast())
            expectProblem(reply, 400, "NOT_JSON")
            reply = try await client.post(wrong, token: token, "{}")
            expectProblem(reply, 422, "INVALID_FIELD", field: "atomic")
            reply = try await client.post(token: token, "{}")
            expectProblem(reply, 422, "INVALID_FIELD", field: "fills")
        }
    }

    @Test func `an unknown, repeated, empty or garbled parameter is 422`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            for route in Routes.all where route.scope != nil {
                let batches = ["/v1/quotes": "quotes", "/v1/fx": "rates"]
                let key = batches[route.path] ?? "fills"
                let body = route.method == .post ? Array("{\"\(key)\":[]}".utf8) : nil
                func send(_ query: String) async throws -> Reply {
                    try await web.client.send(
                        route.method.rawValue, "\(route.samplePath)?\(query)", token: token,
                        headers: [("Content-Type", "application/json")], body: body)
                }
                expectProblem(
                    try await send("portfolo=main"), 422, "UNKNOWN_FIELD", field: "portfolo")
                guard let known = route.parameters.first else { continue }
                for query in ["\(known)=main&\(known)=main", known, "\(known)=", "\(known)=%ff"]
                    + ["\(known)=%zz", "\(known)=a%00", "\(known)=%f", "\(known)=%"]
                {
                    expectProblem(try await send(query), 422, "INVALID_FIELD", field: known)
                }
            }
        }
    }
}
