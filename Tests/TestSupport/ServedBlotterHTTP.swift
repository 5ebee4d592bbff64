import NIOCore
import NIOHTTP1
import NIOPosix
public import Wire

/// What a service on this machine answered.
public struct ServedReply: Sendable {
    public let status: Int
    /// Names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }
    /// Null where it is none.
    public var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Requests to a port of 127.0.0.1, each on a connection of its own: what is under way ends with
/// an error as soon as the other side is gone, and nothing is ever sent twice.
struct ServedBlotterHTTP: Sendable {
    let port: Int
    private static let timeout = TimeAmount.seconds(60)

    func send(
        _ method: String, _ target: String, token: String?, contentType: String?, body: [UInt8]
    ) async throws -> ServedReply {
        var headers: HTTPHeaders = ["Host": "127.0.0.1", "Connection": "close"]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let contentType { headers.add(name: "Content-Type", value: contentType) }
        if !body.isEmpty { headers.add(name: "Content-Length", value: "\(body.count)") }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method), uri: target, headers: headers)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let reply = loop.makePromise(of: ServedReply.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(ReplyCollector(reply: reply))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            let alarm = loop.scheduleTask(in: Self.timeout) { channel.close(promise: nil) }
            // The server may answer, and leave, before it has read everything.
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.write(
                HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            let answer = try await reply.futureResult.get()
            alarm.cancel()
            channel.close(promise: nil)
            return answer
        } catch {
            reply.fail(error)
            throw error
        }
    }
}

extension ServedBlotterHTTP {
    /// Opens a connection and sends bytes on it; it stays open until it is closed.
    func open(sending bytes: [UInt8]) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        return channel
    }
}

/// Why there is no answer.
private enum NoAnswer: Error { case connectionEnded }

/// Gathers one answer; an interim one (1xx) does not count.
private final class ReplyCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let reply: EventLoopPromise<ServedReply>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(reply: EventLoopPromise<ServedReply>) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head.status.code < 200 ? nil : head
        case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
        case .end:
            guard let head else { return }
            reply.succeed(
                ServedReply(
                    status: Int(head.status.code),
                    headers: head.headers.map { (name: $0.name.lowercased(), value: $0.value) },
                    body: body))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        reply.fail(NoAnswer.connectionEnded)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reply.fail(error)
        context.close(promise: nil)
    }
}
