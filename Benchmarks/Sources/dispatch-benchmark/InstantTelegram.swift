import Synchronization
import Transport

/// A Bot API server without a wire: hands out the updates that it has, a hundred at a time, takes
/// every message, and tells when the last one that it waits for is there.
final class InstantTelegram: HTTPTransport {
    private struct State {
        var updates: ArraySlice<[UInt8]> = []
        var repliesMissing = 0
        var isLastPollAnswered = false
        var whenDone: CheckedContinuation<Void, Never>?

        /// Once all replies are there, and all updates are confirmed where none is replied to.
        mutating func takeWhoWaits(isConfirmed: Bool) -> CheckedContinuation<Void, Never>? {
            guard repliesMissing <= 0, isConfirmed || isLastPollAnswered else { return nil }
            defer { whenDone = nil }
            return whenDone
        }
    }

    private let state = Mutex(State())

    /// Returns when `updates` are answered: by as many `replies` as they ask for, and confirmed.
    func serve(_ updates: [[UInt8]], replies: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.updates = updates[...]
                state.repliesMissing = replies
                state.isLastPollAnswered = false
                state.whenDone = continuation
            }
        }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let method = request.url.split(separator: "/").last ?? ""
        switch method {
        case "getUpdates": return try await poll()
        case "sendMessage", "sendRichMessage":
            state.withLock { state in
                state.repliesMissing -= 1
                return state.takeWhoWaits(isConfirmed: false)
            }?.resume()
            return Self.answer(#"{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}"#)
        case "getMe":
            return Self.answer(
                #"{"id":1,"is_bot":true,"first_name":"bench","username":"bench_bot"}"#)
        default: return Self.answer("true")
        }
    }

    private func poll() async throws -> HTTPResponse {
        while true {
            let (batch, done) = state.withLock { state in
                let batch = state.updates.prefix(100)
                state.updates = state.updates.dropFirst(batch.count)
                state.isLastPollAnswered = batch.isEmpty
                return (batch, state.takeWhoWaits(isConfirmed: batch.isEmpty))
            }
            done?.resume()
            if !batch.isEmpty {
                return Self.answer(Array(batch.joined(separator: [0x2C])), isList: true)
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private static func answer(_ result: String) -> HTTPResponse { answer(Array(result.utf8)) }

    private static func answer(_ result: [UInt8], isList: Bool = false) -> HTTPResponse {
        let list = isList ? Array("[".utf8) + result + Array("]".utf8) : result
        return HTTPResponse(
            status: 200, body: Array(#"{"ok":true,"result":"#.utf8) + list + Array("}".utf8))
    }
}
