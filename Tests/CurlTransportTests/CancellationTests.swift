import CurlTransport
import TestSupport
import Testing
import Transport

/// Cancelling and closing: every request ends exactly once, and with the right error.
@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
    private func request(_ server: HTTPServer, _ path: String = "/") -> HTTPRequest {
        HTTPRequest(
            method: .post, url: server.url + path, body: Array("{}".utf8), timeoutSeconds: 50)
    }

    @Test func `cancelling a request under way drops its connection`() async throws {
        let arrived = Gate(count: 2)
        let left = Gate(count: 2)
        let server = try await HTTPServer.start { _ in
            await arrived.arrive()
            try? await Task.sleep(for: .seconds(50))
            await left.arrive()
            return .hang
        }
        let transport = CurlTransport()
        let request = request(server)
        let task = Task { try await transport.send(request) }
        await arrived.arrive()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The handler is cancelled when its client leaves.
        await left.arrive()
        transport.close()
        await server.stop()
    }

    @Test func `a task cancelled beforehand sends nothing`() async throws {
        let server = try await HTTPServer.start { _ in .answer(status: 200) }
        let transport = CurlTransport()
        let request = request(server)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await transport.send(request)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.acceptedConnections == 0)
        transport.close()
        await server.stop()
    }

    @Test func `closing fails what is under way and what comes later`() async throws {
        let arrived = Gate(count: 9)
        let server = try await HTTPServer.start { _ in
            await arrived.arrive()
            return .hang
        }
        let transport = CurlTransport()
        let request = request(server)
        let tasks = (0..<8).map { _ in Task { try await transport.send(request) } }
        await arrived.arrive()
        transport.close()
        for task in tasks {
            await #expect(throws: TransportError.closed) { try await task.value }
        }
        await #expect(throws: TransportError.closed) { try await transport.send(request) }
        transport.close()
        await server.stop()
    }

    @Test func `a transport that is let go ends its thread and connections`() async throws {
        let server = try await HTTPServer.start { _ in .answer(status: 200) }
        do {
            let transport = CurlTransport()
            _ = try await transport.send(request(server))
            #expect(server.openConnections == 1)
        }
        while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
        await server.stop()
    }

    @Test func `a storm of cancellations ends every request exactly once`() async throws {
        let server = try await HTTPServer.start { request in
            try? await Task.sleep(for: .microseconds(Int(request.query ?? "") ?? 0))
            return .answer(status: 200, body: request.body)
        }
        let transport = CurlTransport()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        var plans: [(pause: Int, delay: Int)] = []
        for _ in 0..<600 {
            plans.append((Int(random.next() % 4000), Int(random.next() % 3000)))
        }
        let request = request(server, "/?")
        let outcomes = await withTaskGroup(of: String.self) { group in
            for plan in plans {
                group.addTask {
                    await Self.run(transport, request, plan)
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes.values.reduce(0, +) == 600, "seed \(seed)")
        #expect(Set(outcomes.keys).isSubset(of: ["answered", "cancelled"]), "seed \(seed)")
        // The transport is as good as new.
        #expect(try await transport.send(request).status == 200)
        transport.close()
        await server.stop()
    }

    /// Sends, cancels after `delay` µs, and says how it ended.
    private static func run(
        _ transport: CurlTransport, _ request: HTTPRequest, _ plan: (pause: Int, delay: Int)
    ) async -> String {
        var request = request
        request.url += "\(plan.pause)"
        let task = Task { [request] in try await transport.send(request) }
        try? await Task.sleep(for: .microseconds(plan.delay))
        task.cancel()
        do {
            let response = try await task.value
            return response.status == 200 && response.body.count == 2 ? "answered" : "wrong"
        } catch is CancellationError {
            return "cancelled"
        } catch {
            return "\(error)"
        }
    }
}
