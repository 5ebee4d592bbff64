import NIOCore
import NIOPosix
import Testing
import Wire

/// What came back for one request.
struct Reply: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    /// The problem's, where it is one.
    var code: String? { json["code"]?.string }
    var field: String? { json["field"]?.string }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

struct ClientError: Error, CustomStringConvertible {
    let description: String
}

/// Speaks HTTP/1.1 by hand over a socket of its own for each exchange, so that it can be rude.
///
/// Every reply to one request is held against the API's description: one that is not as described
/// is an issue of the test that got it.
struct WebClient: Sendable {
    let port: Int

    func send(
        _ method: String = "GET", _ target: String, token: String? = nil,
        headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Reply {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: test"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += headers.map { "\($0): \($1)" }
        if let body { lines.append("Content-Length: \(body.count)") }
        let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        let replies = try await exchange(
            head + (body ?? []), replies: 1, toHead: method == "HEAD")
        guard let reply = replies.last else { throw ClientError(description: "no reply") }
        for fault in DescribedAPI.own.faults(of: reply, to: method, target) {
            Issue.record("\(method) \(target) answered what is not described: \(fault)")
        }
        return reply
    }

    func get(_ target: String, token: String? = nil) async throws -> Reply {
        try await send("GET", target, token: token)
    }

    func post(
        _ target: String = "/v1/fills", token: String? = nil, _ json: String
    ) async throws -> Reply {
        try await send(
            "POST", target, token: token, headers: [("Content-Type", "application/json")],
            body: Array(json.utf8))
    }

    /// Sends bytes as they are and returns the replies, interim ones (1xx) too: as soon as there
    /// are so many final ones, or the server has closed the connection. `leaving` tells the server
    /// after the bytes that no more will come.
    func exchange(
        _ bytes: [UInt8], replies count: Int, toHead: Bool = false, leaving: Bool = false
    ) async throws -> [Reply] {
        try await connect { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // The server may answer, and leave, before it has read everything.
                group.addTask {
                    try? await outbound.write(ByteBuffer(bytes: bytes))
                    if leaving { outbound.finish() }
                }
                var parser = ReplyParser(toHead: toHead)
                do {
                    for try await part in inbound {
                        try parser.take(Array(part.readableBytesView))
                        if parser.finalReplies >= count { break }
                    }
                } catch is IOError {
                    // A reset ends the connection like any other end.
                }
                group.cancelAll()
                return parser.replies
            }
        }
    }

    /// Returns what the server sent after `bytes` until it closed the connection.
    func exchangeUntilClosed(_ bytes: [UInt8]) async throws -> [Reply] {
        try await exchange(bytes, replies: .max)
    }

    /// As `exchangeUntilClosed`, but whatever the bytes have begun, nothing follows them.
    func exchangeAndLeave(_ bytes: [UInt8]) async throws -> [Reply] {
        try await exchange(bytes, replies: .max, leaving: true)
    }

    /// Talks over one connection: `body` gets what sends bytes, and what waits for the next bytes
    /// of the server's, nil once it has closed the connection.
    func converse(
        _ body:
            @escaping @Sendable (
                _ send: ([UInt8]) async throws -> Void, _ receive: () async throws -> [UInt8]?
            ) async throws -> Void
    ) async throws {
        try await connect { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            try await body(
                { try await outbound.write(ByteBuffer(bytes: $0)) },
                { try await parts.next(isolation: #isolation).map { Array($0.readableBytesView) } })
        }
    }

    private func connect<Result: Sendable>(
        _ body:
            @Sendable (
                NIOAsyncChannelInboundStream<ByteBuffer>,
                NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(inbound, outbound)
        }
    }
}

/// Takes bytes, gives replies.
private struct ReplyParser {
    private(set) var replies: [Reply] = []
    private let toHead: Bool
    private var buffer: [UInt8] = []

    init(toHead: Bool) { self.toHead = toHead }

    var finalReplies: Int { replies.count { $0.status >= 200 } }

    mutating func take(_ bytes: [UInt8]) throws {
        buffer += bytes
        while try takeReply() {}
    }

    private mutating func takeReply() throws -> Bool {
        guard let end = position(of: "\r\n\r\n", from: 0) else { return false }
        let lines = String(decoding: buffer[..<end], as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let first = lines.first?.split(separator: " ", maxSplits: 2), first.count >= 2,
            first[0] == "HTTP/1.1", let status = Int(first[1])
        else { throw ClientError(description: "no status line: \(lines.first ?? "")") }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (
                name: line[..<colon].lowercased(),
                value: String(line[colon...].dropFirst().drop { $0 == " " })
            )
        }
        guard let (body, next) = try body(after: end + 4, status, headers) else { return false }
        buffer.removeFirst(next)
        replies.append(Reply(status: status, headers: headers, body: body))
        return true
    }

    private func body(
        after start: Int, _ status: Int, _ headers: [(name: String, value: String)]
    ) throws -> ([UInt8], next: Int)? {
        if status < 200 || toHead { return ([], start) }
        if headers.contains(where: { $0.name == "transfer-encoding" }) {
            return try chunkedBody(from: start)
        }
        guard let text = headers.first(where: { $0.name == "content-length" })?.value,
            let length = Int(text)
        else { throw ClientError(description: "a reply without a length: \(headers)") }
        guard buffer.count >= start + length else { return nil }
        return (Array(buffer[start..<start + length]), start + length)
    }

    private func chunkedBody(from start: Int) throws -> ([UInt8], next: Int)? {
        var body: [UInt8] = []
        var index = start
        while let end = position(of: "\r\n", from: index) {
            let size = Int(String(decoding: buffer[index..<end], as: UTF8.self), radix: 16)
            guard let size else { throw ClientError(description: "no chunk size") }
            guard buffer.count >= end + 4 + size else { return nil }
            body += buffer[end + 2..<end + 2 + size]
            index = end + 4 + size
            if size == 0 { return (body, index) }
        }
        return nil
    }

    private func position(of mark: String, from start: Int) -> Int? {
        let mark = Array(mark.utf8)
        guard buffer.count >= start + mark.count else { return nil }
        return (start...buffer.count - mark.count).first { index in
            buffer[index..<index + mark.count].elementsEqual(mark)
        }
    }
}
