import CurlTransport
import Telegram
import TestSupport
import Testing
import Transport

/// Answers every request with the same.
struct StubTransport: HTTPTransport {
    let answer: @Sendable (HTTPRequest) throws -> HTTPResponse

    init(status: Int = 200, _ body: String) {
        answer = { _ in HTTPResponse(status: status, body: Array(body.utf8)) }
    }

    init(answer: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse) {
        self.answer = answer
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse { try answer(request) }
}

/// A stand-in, a transport and a client that talk to each other.
struct Bench {
    let telegram: StandInTelegram
    let transport: CurlTransport
    let api: BotAPI

    init(_ options: StandInTelegram.Options = .init()) async throws {
        telegram = try await StandInTelegram.start(options)
        transport = CurlTransport()
        api = BotAPI(
            transport: transport, baseURL: telegram.baseURL,
            token: try #require(BotToken(options.token)))
    }

    func close() async {
        transport.close()
        await telegram.stop()
    }
}

func telegramError(_ body: () async throws -> some Sendable) async -> TelegramError? {
    do {
        _ = try await body()
        Issue.record("no error was thrown")
        return nil
    } catch {
        return error as? TelegramError
    }
}

/// SplitMix64: the same seed gives the same numbers.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
