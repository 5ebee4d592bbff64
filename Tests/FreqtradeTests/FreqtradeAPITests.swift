import CurlTransport
import Freqtrade
import TestSupport
import Testing
import Transport

/// The client of freqtrade's REST API, against a server that answers as told.
struct FreqtradeAPITests {
    private func withBot(
        _ handler: @escaping HTTPServer.Handler,
        _ body: (FreqtradeAPI, HTTPServer) async throws -> Void
    ) async throws {
        let server = try await HTTPServer.start(handler: handler)
        let transport = CurlTransport()
        defer { transport.close() }
        let api = FreqtradeAPI(
            transport: transport, baseURL: server.url + "/", username: "ada", password: "p:w é")
        do {
            try await body(api, server)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
    }

    @Test func `each question is one GET with the credentials`() async throws {
        let answers = [
            "/api/v1/trade/7": "{\"trade_id\":7}", "/api/v1/status": "[]",
            "/api/v1/trades?limit=500&offset=1000": "{\"trades\":[]}",
        ]
        try await withBot { request in
            guard request.method == "GET", let answer = answers[request.target],
                request.header("authorization") == "Basic YWRhOnA6dyDDqQ=="
            else { return .answer(status: 500) }
            return .answer(status: 200, body: Array(answer.utf8))
        } _: { (api, _) async throws in
            #expect(try await api.trade(7) == Array("{\"trade_id\":7}".utf8))
            #expect(try await api.openTrades() == Array("[]".utf8))
            #expect(
                try await api.closedTrades(limit: 500, offset: 1000)
                    == Array("{\"trades\":[]}".utf8))
        }
    }

    @Test(arguments: [
        (401, FreqtradeError.unauthorized), (403, .unauthorized), (404, .notFound),
        (500, .server(status: 500)), (302, .server(status: 302)),
    ])
    func `a refusal is told by its kind`(status: Int, error: FreqtradeError) async throws {
        try await withBot { _ in
            .answer(status: status)
        } _: { (api, _) async throws in
            _ = await #expect(throws: error) { _ = try await api.openTrades() }
        }
    }

    @Test func `a trade that the bot does not have is no error`() async throws {
        try await withBot { _ in
            .answer(status: 404)
        } _: { (api, _) async throws in
            #expect(try await api.trade(1) == nil)
        }
    }

    @Test func `a bot that is away, or breaks off, is told without its address`() async throws {
        try await withBot { _ in
            .reset
        } _: { (api, server) async throws in
            await #expect(throws: FreqtradeError.self) { _ = try await api.openTrades() }
            await server.stop()
            do {
                _ = try await api.openTrades()
                Issue.record("nobody listens there")
            } catch {
                #expect("\(error)".contains("can't be reached"))
                #expect(!"\(error)".contains("127.0.0.1"))
            }
        }
    }
}
