import Logging
import Records
import Services
import TestSupport
import Testing
import Web

struct LogTests {
    @Test func `a request is one line with what is needed to find it`() async throws {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let user = try #require(
                try await web.services.users.all(for: .owner)
                    .first { $0.id == authority.caller.userID })
            let reply = try await web.client.get("/v1/trades?symbol=SECRET", token: token)
            _ = try await web.client.get("/nowhere")
            _ = try await web.client.get("/healthz")
            let lines = web.log.requests
            #expect(lines.map(\.level) == [.info, .info, .debug])
            #expect(
                lines.first?.metadata.filter { !$0.key.hasPrefix("hb.") } == [
                    "method": "GET", "path": "/v1/trades", "status": "200", "microseconds": "0",
                    "user_uid": "\(user.uid)",
                    "request_id": reply.header("x-request-id") ?? "none",
                ])
            #expect(lines.map(\.metadata["status"]) == ["200", "404", "200"])
            #expect(lines.last?.metadata["user_uid"] == nil)
        }
    }

    @Test func `neither tokens, queries nor bodies are ever logged`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            _ = try await web.client.post(
                "/v1/fills?atomic=QUERYSECRET", token: token,
                batch(fill("BODYSECRET", "BUY", "1", at: "1")))
            _ = try await web.client.post(token: token, "{\"BODYSECRET\":1}")
            _ = try await web.client.get("/v1/trades?cursor=QUERYSECRET", token: token)
            _ = try await web.client.get("/v1/trades", token: "TOKENSECRET")
            _ = try await web.client.get("/v1/positions/PATHSECRET/why", token: token)
            #expect(web.log.requests.count == 5)
            #expect(web.log.requests.last?.metadata["path"] == "/v1/positions/{symbol}/why")
            #expect(!web.log.text.contains("SECRET"))
            #expect(!web.log.text.contains(token.dropFirst(4).prefix(20)))
        }
    }

    @Test func `an endless path is cut`() async throws {
        try await WebWorld.run { web in
            let path = "/" + String(repeating: "x", count: 5000)
            let reply = try await web.client.get(path)
            #expect(reply.status == 404)
            #expect(web.log.requests.first?.metadata["path"]?.utf8.count == 200)
        }
    }
}
