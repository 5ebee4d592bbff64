public import Transport

/// Sends requests with libcurl: one thread of its own, many requests at once over kept connections.
///
/// HTTP/1.1, TLS verified against the system's certificates, redirects not followed. A request
/// whose body may have reached the server is never sent a second time. The environment's
/// `https_proxy` and `no_proxy` are obeyed.
public final class CurlTransport: HTTPTransport {
    public struct Settings: Sendable {
        /// A larger response body ends in `TransportError.tooLarge`.
        public var maximumBodyBytes: Int
        /// For name lookup, TCP and TLS together; a request's own timeout counts as well.
        public var connectTimeoutSeconds: Double
        /// Connections kept open for reuse; more may be open while requests are under way.
        public var keptConnections: Int
        /// Requests under way at once; more wait their turn, and waiting counts as part of their
        /// timeout.
        public var maximumConnections: Int

        public init(
            maximumBodyBytes: Int = 16 * 1024 * 1024, connectTimeoutSeconds: Double = 10,
            keptConnections: Int = 16, maximumConnections: Int = 256
        ) {
            self.maximumBodyBytes = maximumBodyBytes
            self.connectTimeoutSeconds = connectTimeoutSeconds
            self.keptConnections = keptConnections
            self.maximumConnections = maximumConnections
        }
    }

    private let loop: CurlLoop

    public init(settings: Settings = Settings()) {
        loop = CurlLoop(settings: settings)
    }

    deinit { loop.close() }

    /// Throws `TransportError`, or `CancellationError` when the task is cancelled; the connection
    /// is then dropped at once. At most 24 hours are taken as a timeout.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try Task.checkCancellation()
        let call = try CurlCall(request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.start(call, continuation)
            }
        } onCancel: {
            loop.cancel(call)
        }
    }

    /// What is under way and what is sent later fails with `TransportError.closed`. Returns at
    /// once, and may be called more than once.
    public func close() {
        loop.close()
    }
}
