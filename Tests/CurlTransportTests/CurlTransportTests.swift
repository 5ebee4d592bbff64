import CurlTransport
import Glibc
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct CurlTransportTests {
    private static let slow: HTTPServer.Handler = { _ in .hang }

    private func post(
        _ server: HTTPServer, _ path: String = "/", body: [UInt8] = Array("{}".utf8),
        timeoutSeconds: Double = 20
    ) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: server.url + path, headers: [("Content-Type", "application/json")],
            body: body, timeoutSeconds: timeoutSeconds)
    }

    private func error(_ body: () async throws -> HTTPResponse) async -> (any Error)? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request arrives whole and its answer comes back whole`() async throws {
        let server = try await HTTPServer.start { request in
            .answer(
                status: 201,
                headers: [
                    ("X-Method", request.method), ("X-Target", request.target),
                    ("X-Type", request.header("content-type") ?? "none"),
                    ("X-Expect", request.header("expect") ?? "none"), ("X-Blank", ""),
                ], body: request.body)
        }
        let transport = CurlTransport()
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let response = try await transport.send(post(server, "/a?b=%20c", body: body))
        #expect(response.status == 201)
        #expect(response.body == body)
        let headers = Dictionary(
            response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        #expect(headers["x-method"] == "POST")
        #expect(headers["x-target"] == "/a?b=%20c")
        #expect(headers["x-type"] == "application/json")
        #expect(headers["x-expect"] == "none")
        #expect(headers["x-blank"] == "")
        transport.close()
        await server.stop()
    }

    @Test(arguments: [HTTPRequest.Method.get, .post, .delete])
    func `every method works with and without a body`(method: HTTPRequest.Method) async throws {
        let server = try await HTTPServer.start { request in
            .answer(status: 200, body: Array(request.method.utf8) + request.body)
        }
        let transport = CurlTransport()
        for body in ["", "x=1"] {
            let response = try await transport.send(
                HTTPRequest(
                    method: method, url: server.url, body: Array(body.utf8), timeoutSeconds: 20))
            #expect(String(decoding: response.body, as: UTF8.self) == method.rawValue + body)
        }
        transport.close()
        await server.stop()
    }

    @Test func `requests one after another share a connection`() async throws {
        let server = try await HTTPServer.start { _ in .answer(status: 200) }
        let transport = CurlTransport()
        for _ in 0..<50 { _ = try await transport.send(post(server)) }
        #expect(server.acceptedConnections == 1)
        transport.close()
        await server.stop()
    }

    @Test func `sixty-four requests run at once`() async throws {
        // Each is answered only when all are there.
        let gate = Gate(count: 64)
        let server = try await HTTPServer.start { request in
            await gate.arrive()
            return .answer(status: 200, body: request.body)
        }
        let transport = CurlTransport()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let response = try await transport.send(
                        post(server, body: Array("\(number)".utf8)))
                    return Int(String(decoding: response.body, as: UTF8.self)) ?? -1_000
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 63 * 64 / 2)
        transport.close()
        await server.stop()
    }

    @Test func `an error status is an answer and a redirect is not followed`() async throws {
        let server = try await HTTPServer.start { request in
            request.path == "/500"
                ? .answer(status: 500, body: Array("<html>".utf8))
                : .answer(status: 302, headers: [("Location", "/500")])
        }
        let transport = CurlTransport()
        #expect(try await transport.send(post(server, "/500")).status == 500)
        #expect(try await transport.send(post(server, "/302")).status == 302)
        transport.close()
        await server.stop()
    }

    @Test func `a server that does not answer times out`() async throws {
        let server = try await HTTPServer.start(handler: Self.slow)
        let transport = CurlTransport()
        let error = await error {
            try await transport.send(post(server, timeoutSeconds: 0.2))
        }
        #expect(error as? TransportError == .timedOut)
        transport.close()
        await server.stop()
    }

    @Test func `a port nobody listens on is unreachable`() async throws {
        let server = try await HTTPServer.start(handler: Self.slow)
        let request = post(server, "/bot123:SECRET/getMe")
        await server.stop()
        let transport = CurlTransport()
        let error = await error { try await transport.send(request) }
        guard case .unreachable(let detail) = error as? TransportError else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(detail.contains("errno \(ECONNREFUSED)"))
        #expect(!detail.contains("SECRET"))
        transport.close()
    }

    @Test(arguments: [
        "file:///etc/passwd?SECRET", "ftp://127.0.0.1/SECRET", "http://127.0.0.1:99999/SECRET",
        "nonsense SECRET", "", "http://127.0.0.1/\u{0}SECRET", "http:///SECRET",
    ])
    func `a URL that cannot be used is unreachable and never quoted`(url: String) async throws {
        let transport = CurlTransport()
        let error = await error {
            try await transport.send(HTTPRequest(method: .get, url: url, timeoutSeconds: 5))
        }
        guard case .unreachable(let detail) = error as? TransportError else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(!detail.contains("SECRET"))
        transport.close()
    }

    @Test(arguments: [("X-A", "1\r\nX-B: 2"), ("X-A: 1\r\nX-B", "2"), ("", "1")])
    func `a header cannot smuggle another one in`(name: String, value: String) async throws {
        let server = try await HTTPServer.start { _ in .answer(status: 200) }
        let transport = CurlTransport()
        var request = post(server)
        request.headers = [(name, value)]
        let error = await error { [request] in try await transport.send(request) }
        #expect(
            error as? TransportError == .unreachable(detail: "a request header is not valid"))
        #expect(server.acceptedConnections == 0)
        transport.close()
        await server.stop()
    }

    @Test(arguments: [true, false])
    func `a body above the limit is refused`(isAnnounced: Bool) async throws {
        let server = try await HTTPServer.start { request in
            let count = Int(request.query ?? "") ?? 0
            let body = [UInt8](repeating: 65, count: count)
            return isAnnounced
                ? .answer(status: 200, body: body)
                : .answer(
                    status: 200, headers: [("Transfer-Encoding", "chunked")],
                    body: chunked(body))
        }
        let transport = CurlTransport(settings: .init(maximumBodyBytes: 1000))
        let whole = try await transport.send(post(server, "/?1000"))
        #expect(whole.body.count == 1000)
        let error = await error { try await transport.send(post(server, "/?1001")) }
        #expect(error as? TransportError == .tooLarge(limitBytes: 1000))
        transport.close()
        await server.stop()
    }

    @Test func `a connection cut before or within the answer is interrupted`() async throws {
        let server = try await HTTPServer.start { request in
            request.path == "/reset"
                ? .reset : .cut(status: 200, promisedBytes: 10, body: [1, 2, 3])
        }
        let transport = CurlTransport()
        for path in ["/reset", "/cut"] {
            let error = await error { try await transport.send(post(server, path)) }
            guard case .interrupted = error as? TransportError else {
                Issue.record("\(path): got \(String(describing: error))")
                continue
            }
        }
        transport.close()
        await server.stop()
    }

    @Test func `a kept connection that the server has closed meanwhile is not used`() async throws {
        let server = try await HTTPServer.start { _ in .answer(status: 200) }
        let transport = CurlTransport()
        for round in 1...5 {
            _ = try await transport.send(post(server))
            #expect(server.acceptedConnections == round)
            await server.dropConnections()
        }
        transport.close()
        await server.stop()
    }

    /// libcurl would by itself send it again on a new connection.
    @Test(arguments: [HTTPRequest.Method.post, .delete], [[], Array("{}".utf8)])
    func `what a kept connection lost is not sent twice`(
        method: HTTPRequest.Method, body: [UInt8]
    ) async throws {
        let count = Counter()
        let server = try await HTTPServer.start { request in
            guard request.path == "/lost" else { return .answer(status: 200) }
            count.increment()
            return .reset
        }
        let transport = CurlTransport()
        _ = try await transport.send(post(server))
        let request = HTTPRequest(
            method: method, url: server.url + "/lost", body: body, timeoutSeconds: 20)
        let error = await error { try await transport.send(request) }
        guard case .interrupted = error as? TransportError else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(count.value == 1)
        transport.close()
        await server.stop()
    }

    private func chunked(_ body: [UInt8]) -> [UInt8] {
        Array((String(body.count, radix: 16) + "\r\n").utf8) + body + Array("\r\n0\r\n\r\n".utf8)
    }
}
