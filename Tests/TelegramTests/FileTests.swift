import Telegram
import TestSupport
import Testing
import Transport

/// Files that people send to the bot.
struct FileTests {
    private let token = BotToken("987654321:AAE-verySecret_part0123456789abcdefg")

    private func api(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) throws -> BotAPI {
        BotAPI(
            transport: StubTransport(answer: answer), baseURL: "https://example.org",
            token: try #require(token))
    }

    private func file(path: String, size: Int? = nil) -> HTTPResponse {
        let size = size.map { ",\"file_size\":\($0)" } ?? ""
        let body =
            "{\"ok\":true,\"result\":{\"file_id\":\"f\",\"file_unique_id\":\"u\","
            + "\"file_path\":\"\(path)\"\(size)}}"
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    @Test func `a document that was sent is fetched byte by byte`() async throws {
        let bench = try await Bench()
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        bench.telegram.user(7).sends(content, named: "a b.bin", caption: "look")
        let updates = try await bench.api.call(GetUpdates(pollTimeoutSeconds: 1)).updates
        guard case .message(let message)? = updates.first?.content else {
            Issue.record("\(updates)")
            return
        }
        #expect(message.text == nil && message.caption == "look")
        let document = try #require(message.document)
        #expect(document.name == "a b.bin" && document.sizeBytes == 300_000)
        #expect(try await bench.api.file(document.fileID) == content)
        await #expect(throws: TelegramError.fileTooLarge(limitBytes: 1000)) {
            try await bench.api.file(document.fileID, limitBytes: 1000)
        }
        await #expect(throws: TelegramError.self) { try await bench.api.file("unknown") }
        bench.telegram.fault(.serverErrorPage(status: 502), on: "download")
        await #expect(throws: TelegramError.self) { try await bench.api.file(document.fileID) }
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `a server that lies about the size is cut off`() async throws {
        let server = try await HTTPServer.start { request in
            request.path.hasPrefix("/file/")
                ? .answer(status: 200, body: [UInt8](repeating: 1, count: 200_000))
                : .answer(status: 200, body: file(path: "documents/x").body)
        }
        let bench = try await Bench()
        let api = BotAPI(
            transport: bench.transport, baseURL: server.url, token: try #require(token))
        await #expect(throws: TelegramError.fileTooLarge(limitBytes: 100_000)) {
            try await api.file("f", limitBytes: 100_000)
        }
        await bench.close()
        await server.stop()
    }

    @Test(arguments: ["../../secret", "a//b", "", "a/./b"])
    func `a path that leads elsewhere is not followed`(_ path: String) async throws {
        let api = try api { request in
            request.url.contains("/file/")
                ? HTTPResponse(status: 200, body: []) : file(path: path)
        }
        await #expect(throws: TelegramError.malformed) { try await api.file("f") }
    }

    @Test func `a server that keeps files on its own disk is told apart, and never read`()
        async throws
    {
        let api = try api { request in
            request.url.contains("/file/")
                ? HTTPResponse(status: 200, body: Array("root".utf8))
                : file(path: "/var/lib/telegram-bot-api/987654321/documents/file_0.csv")
        }
        let error = await #expect(throws: TelegramError.fileKeptByServer) {
            try await api.file("f")
        }
        #expect(error?.description.contains("start it without --local") == true)
    }

    @Test func `a path's characters can't change the address`() async throws {
        let api = try api { request in
            request.url.contains("/file/")
                ? HTTPResponse(status: 200, body: Array(request.url.utf8))
                : file(path: "documents/a b?c#ä%.csv")
        }
        let url = String(decoding: try await api.file("f"), as: UTF8.self)
        #expect(url.hasSuffix("/documents/a%20b%3Fc%23%C3%A4%25.csv"))
    }

    @Test(arguments: [(401, TelegramError.unauthorized), (404, .server(status: 404))])
    func `a refused download says why, and never where`(
        _ status: Int, _ expected: TelegramError
    ) async throws {
        let api = try api { request in
            request.url.contains("/file/")
                ? HTTPResponse(status: status, body: Array(request.url.utf8))
                : file(path: "documents/x")
        }
        let error = await #expect(throws: TelegramError.self) { try await api.file("f") }
        #expect(error == expected)
        #expect(!"\(String(describing: error))".contains("verySecret"))
    }
}
