import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server on the loopback interface that can misbehave on demand.
///
/// Connections are kept alive; one request at a time on each. A handler's task is cancelled when
/// its client goes away.
public final class HTTPServer: Sendable {
    public struct Request: Sendable {
        public let method: String
        /// Path and query, as they came.
        public let target: String
        /// Names in lower case.
        public let headers: [(name: String, value: String)]
        public let body: [UInt8]

        public var path: String { String(target.prefix { $0 != "?" }) }
        public var query: String? {
            target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
        }
        public func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }
    }

    public enum Reply: Sendable {
        case answer(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [])
        /// The head and a part of the promised body, then the connection ends.
        case cut(status: Int, promisedBytes: Int, body: [UInt8])
        /// No answer; the connection is reset.
        case reset
        /// No answer; the connection stays open until the client leaves.
        case hang
    }

    public typealias Handler = @Sendable (Request) async -> Reply

    /// Never 0: the port that was bound.
    public let port: Int
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Connections accepted since the start.
    public var acceptedConnections: Int { connections.withLock { $0.accepted } }
    public var openConnections: Int { connections.withLock { $0.open.count } }

    private let listener: any Channel
    private let connections: Guarded<HTTPServerConnections>

    private init(
        port: Int, listener: any Channel, connections: Guarded<HTTPServerConnections>
    ) {
        self.port = port
        self.listener = listener
        self.connections = connections
    }

    /// Listens on 127.0.0.1; port 0 takes a free one. Throws where the port is taken.
    public static func start(port: Int = 0, handler: @escaping Handler) async throws -> HTTPServer {
        let connections = Guarded(HTTPServerConnections())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(
                        HTTPServerConnection(handler: handler, connections: connections))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return HTTPServer(
            port: listener.localAddress?.port ?? 0, listener: listener, connections: connections)
    }

    /// Closes the listener and every connection.
    public func stop() async {
        try? await listener.close().get()
        await dropConnections()
    }

    /// Closes every connection, as servers do with idle ones.
    public func dropConnections() async {
        for channel in connections.withLock({ Array($0.open.values) }) {
            try? await channel.close().get()
        }
    }
}

struct HTTPServerConnections {
    var open: [ObjectIdentifier: any Channel] = [:]
    var accepted = 0
}

/// One connection: collects a request, hands it over, writes the reply.
private final class HTTPServerConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let handler: HTTPServer.Handler
    private let connections: Guarded<HTTPServerConnections>
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var task: Task<Void, Never>?

    private static let maximumBodyBytes = 64 * 1024 * 1024

    init(handler: @escaping HTTPServer.Handler, connections: Guarded<HTTPServerConnections>) {
        self.handler = handler
        self.connections = connections
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        connections.withLock {
            $0.open[ObjectIdentifier(channel)] = channel
            $0.accepted += 1
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let channel = context.channel
        connections.withLock { $0.open[ObjectIdentifier(channel)] = nil }
        task?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.removeAll()
        case .body(let bytes):
            body.append(contentsOf: bytes.readableBytesView)
            if body.count > Self.maximumBodyBytes { context.close(promise: nil) }
        case .end:
            guard let head else { return }
            self.head = nil
            respond(to: head, channel: context.channel)
        }
    }

    private func respond(to head: HTTPRequestHead, channel: any Channel) {
        let request = HTTPServer.Request(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name.lowercased(), $0.value) }, body: body)
        body = []
        let handler = self.handler
        let isKeptAlive = head.isKeepAlive
        task = Task {
            let reply = await handler(request)
            guard !Task.isCancelled else { return }
            await HTTPServerWriter(channel: channel, isKeptAlive: isKeptAlive).write(reply)
        }
    }
}

/// Writes replies by hand, so that they can be wrong.
private struct HTTPServerWriter {
    let channel: any Channel
    let isKeptAlive: Bool

    func write(_ reply: HTTPServer.Reply) async {
        switch reply {
        case .answer(let status, let headers, let body):
            await send(head(status, headers, bodyBytes: body.count), body)
            if !isKeptAlive { try? await channel.close().get() }
        case .cut(let status, let promisedBytes, let body):
            await send(head(status, [], bodyBytes: promisedBytes), body)
            try? await channel.close().get()
        case .reset:
            let onCloseReset = linger(l_onoff: 1, l_linger: 0)
            try? await (channel as? any SocketOptionProvider)?.setSoLinger(onCloseReset).get()
            try? await channel.close().get()
        case .hang: break
        }
    }

    private func send(_ head: String, _ body: [UInt8]) async {
        var buffer = channel.allocator.buffer(capacity: head.utf8.count + body.count)
        buffer.writeString(head)
        buffer.writeBytes(body)
        try? await channel.writeAndFlush(buffer).get()
    }

    private func head(
        _ status: Int, _ headers: [(name: String, value: String)], bodyBytes: Int
    ) -> String {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var lines = ["HTTP/1.1 \(status) \(reason)"]
        lines += headers.map { "\($0.name): \($0.value)" }
        if !headers.contains(where: { $0.name.lowercased() == "transfer-encoding" }) {
            lines.append("Content-Length: \(bodyBytes)")
        }
        if !isKeptAlive { lines.append("Connection: close") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }
}
