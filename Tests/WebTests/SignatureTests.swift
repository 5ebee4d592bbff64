import Hashing
import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// Requests that carry `Blotter-Signature`.
struct SignatureTests {
    private func signature(
        _ web: WebWorld, _ token: String, _ method: String, _ target: String,
        _ body: [UInt8] = [], secondsAgo: Int64 = 0
    ) -> (String, String) {
        let seconds = web.world.now().microseconds / 1_000_000 - secondsAgo
        let message = Array("\(seconds)\n\(method)\n\(target)\n".utf8) + body
        let code = HMACSHA256.code(message, key: Array(token.utf8))
        let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ("Blotter-Signature", "t=\(seconds),v1=\(digits)")
    }

    @Test func `the code is that of RFC 4231's second case`() {
        let code = HMACSHA256.code(
            Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            code.prefix(8) == [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e],
            "5bdcc146bf60754e…")
    }

    @Test func `a signed request is carried out, another body under its signature is not`()
        async throws
    {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let json = ("Content-Type", "application/json")
            let body = Array(batch(fill("t1", "BUY", "1", at: "1")).utf8)
            let other = Array(batch(fill("t1", "BUY", "9", at: "1")).utf8)
            let signed = signature(web, token, "POST", "/v1/fills", body)
            let changed = try await web.client.send(
                "POST", "/v1/fills", token: token, headers: [json, signed], body: other)
            #expect(changed.status == 401 && changed.code == "INVALID_SIGNATURE")
            let elsewhere = try await web.client.send(
                "POST", "/v1/fills?atomic=true", token: token, headers: [json, signed], body: body)
            #expect(elsewhere.status == 401)
            #expect(try await web.base.count(of: "trades") == 0)
            let taken = try await web.client.send(
                "POST", "/v1/fills", token: token, headers: [json, signed], body: body)
            #expect(taken.json["accepted"] == 1)
            // Packed, it is signed as it is sent.
            let packed = gzipped(body)
            let again = try await web.client.send(
                "POST", "/v1/fills", token: token,
                headers: [
                    json, ("Content-Encoding", "gzip"),
                    signature(web, token, "POST", "/v1/fills", packed),
                ], body: packed)
            #expect(again.json["duplicates"] == 1)
        }
    }

    @Test func `a signature is good for five minutes either way, and under its token`()
        async throws
    {
        try await WebWorld.run { web in
            let (authority, token) = try await web.member()
            let other = try await web.token(named: "other", for: authority)
            for (secondsAgo, status) in [(300, 200), (-300, 200), (301, 401), (-301, 401)] {
                let reply = try await web.client.send(
                    "GET", "/v1/risk", token: token,
                    headers: [
                        signature(web, token, "GET", "/v1/risk", secondsAgo: Int64(secondsAgo))
                    ])
                #expect(reply.status == status, "\(secondsAgo) s")
            }
            let wrong = try await web.client.send(
                "GET", "/v1/risk", token: other,
                headers: [signature(web, token, "GET", "/v1/risk")])
            #expect(wrong.status == 401)
            for text in ["", "t=1", "v1=00,t=1", "t=x,v1=\(String(repeating: "0", count: 64))"] {
                let reply = try await web.client.send(
                    "GET", "/v1/risk", token: token, headers: [("Blotter-Signature", text)])
                #expect(reply.status == 401 && reply.code == "INVALID_SIGNATURE", "\(text)")
            }
        }
    }

    @Test func `a stream can't be signed`() async throws {
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            let reply = try await web.client.send(
                "POST", "/v1/fills", token: token,
                headers: [
                    ("Content-Type", "application/x-ndjson"),
                    signature(web, token, "POST", "/v1/fills"),
                ], body: [])
            #expect(reply.status == 422 && reply.field == "Blotter-Signature")
        }
    }
}
