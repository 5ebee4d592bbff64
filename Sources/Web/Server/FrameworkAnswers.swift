import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Puts a problem in the place of what the framework itself answers to bytes that are no request.
///
/// Every answer of ours carries a request id, so one without is the framework's.
final class FrameworkAnswers: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let requestIDs: RequestIDs
    private var headersAreTooLarge = false

    init(requestIDs: RequestIDs) { self.requestIDs = requestIDs }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case HTTPParserError.headerOverflow = error { headersAreTooLarge = true }
        context.fireErrorCaught(error)
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard case .head(let head) = unwrapOutboundIn(data), head.status.code >= 400,
            head.headerFields[.xRequestID] == nil
        else {
            context.write(data, promise: promise)
            return
        }
        var answer = Answer(head.status == .badRequest ? problem : .internal(requestID: nil))
        answer.headers[.xRequestID] = requestIDs.next()
        answer.headers[.server] = Responder.serverName
        answer.headers[.connection] = "close"
        let response = answer.head
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(
            wrapOutboundOut(.body(ByteBuffer(bytes: answer.wholeBody ?? []))), promise: promise)
    }

    private var problem: Problem {
        headersAreTooLarge
            ? Problem(
                .headersTooLarge,
                "the request's address and headers are too large")
            : Problem(.badRequest, "this is no HTTP/1.1 request")
    }
}
