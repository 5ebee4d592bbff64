import NIOCore
import NIOHTTPTypes

/// Ends a connection whose client does not read what it is sent.
final class StalledWrites: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: TimeAmount
    private var pending = 0
    /// Whether something was sent since the last look.
    private var moved = false
    private var isWatching = false

    init(patience: TimeAmount) { self.patience = patience }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        // A head alone never fills a socket.
        if case .head = unwrapOutboundIn(data) {
            context.write(data, promise: promise)
            return
        }
        let promise = promise ?? context.eventLoop.makePromise()
        pending += 1
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            pending -= 1
            moved = true
        }
        if !isWatching { watch(context) }
        context.write(data, promise: promise)
    }

    private func watch(_ context: ChannelHandlerContext) {
        isWatching = true
        moved = false
        context.eventLoop.assumeIsolated().scheduleTask(in: patience) { [self] in
            isWatching = false
            guard pending > 0 else { return }
            if moved { watch(context) } else { context.close(promise: nil) }
        }
    }
}
