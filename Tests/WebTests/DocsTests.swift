import Foundation
import Hashing
import Testing

/// The page that shows the API's description.
struct DocsTests {
    @Test func `the page is whole in itself, and its policy lets nothing else in`() async throws {
        try await WebWorld.run { web in
            let reply = try await web.client.get("/docs")
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "text/html; charset=utf-8")
            let policy = try #require(reply.header("content-security-policy"))
            #expect(policy.hasPrefix("default-src 'none'; ") && !policy.contains("unsafe"))
            for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
                let parts = reply.text.components(separatedBy: "<\(tag)>")
                #expect(parts.count == 2, "\(tag)")
                let text = parts[1].components(separatedBy: "</\(tag)>")[0]
                #expect(text.count > 500, "\(tag)")
                let hash = Data(SHA256.digest(Array(text.utf8))).base64EncodedString()
                #expect(policy.contains("\(directive) 'sha256-\(hash)'"))
            }
            #expect(!reply.text.contains("http://") && !reply.text.contains("https://"))
            #expect(!reply.text.contains(" style=") && !reply.text.contains(" onclick="))
        }
    }
}
