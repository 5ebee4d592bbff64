import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Services
import World

/// What the HTTP server is bound by.
public struct WebLimits: Sendable, Hashable {
    /// Bytes of one request's body; a longer one is answered with 413.
    public var maxBodyBytes: Int
    /// Requests beyond it are answered with 429.
    public var requestsPerMinutePerToken: Int
    /// Connections open at once; further ones wait until one of them ends.
    public var connections: Int
    /// A connection on which nothing comes for so long, and nothing is being answered, is closed;
    /// longer than a body may take, which ends with an answer.
    public var idleTimeoutSeconds: Int
    /// Requests with a token that are answered at once, streams included; further ones get a 503,
    /// and those of one user beyond half of it.
    public var concurrentRequests: Int
    /// A body has to arrive within, of a stream each piece after the one before it; a slower one
    /// gets a 408.
    public var bodyTimeoutSeconds: Int
    /// A client that reads nothing of its answer for so long is cut off.
    public var stalledTimeoutSeconds: Int
    /// How long a client may go on sending what nobody reads, once it has its whole answer, before
    /// the connection is cut.
    public var lingerSeconds: Int

    public init(
        maxBodyBytes: Int = 8_388_608, requestsPerMinutePerToken: Int = 6000,
        connections: Int = 1000, idleTimeoutSeconds: Int = 180, concurrentRequests: Int = 256,
        bodyTimeoutSeconds: Int = 60, stalledTimeoutSeconds: Int = 30,
        lingerSeconds: Int = 5
    ) {
        self.maxBodyBytes = maxBodyBytes
        self.requestsPerMinutePerToken = requestsPerMinutePerToken
        self.connections = connections
        self.idleTimeoutSeconds = idleTimeoutSeconds
        self.concurrentRequests = concurrentRequests
        self.bodyTimeoutSeconds = bodyTimeoutSeconds
        self.stalledTimeoutSeconds = stalledTimeoutSeconds
        self.lingerSeconds = lingerSeconds
    }
}

/// The HTTP API: a long-running service that ends with its group, after the requests under way.
public struct WebServer: Service {
    private let host: String
    private let port: Int
    private let limits: WebLimits
    private let logger: Logger
    private let requestIDs: RequestIDs
    private let responder: Responder
    private let onServerRunning: @Sendable (_ port: Int) async -> Void

    /// `publicURL` is where the service is reached from outside. Port 0 takes any free one;
    /// `onServerRunning` is told which was bound.
    public init(
        services: Services, limits: WebLimits = WebLimits(), version: String,
        publicURL: String? = nil, host: String, port: Int, logger: Logger,
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.onServerRunning = onServerRunning
        requestIDs = RequestIDs(prefix: services.work.world.randomBytes(6))
        responder = Responder(
            environment: Environment(
                services: services, version: version, publicURL: publicURL),
            limits: limits, requestIDs: requestIDs, logger: logger)
    }

    /// Throws `WebServerError` where it can't listen.
    public func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw WebServerError(error, host: host, port: port)
        } catch let error as SocketAddressError.UnknownHost {
            throw WebServerError.cannotListen(
                host: host, port: port, reason: "there is no such host (\(error.errorDescription))")
        }
    }

    private var application: Application<Responder> {
        var configuration = ApplicationConfiguration(
            address: .hostname(host, port: port), serverName: Responder.serverName)
        configuration.availableConnectionsDelegate = .maximum(limits.connections, logger: logger)
        let requestIDs = requestIDs
        let patience = Int64(limits.stalledTimeoutSeconds)
        let onServerRunning = onServerRunning
        // What goes well is for us to say.
        var frameworkLogger = logger
        frameworkLogger.logLevel = max(logger.logLevel, .notice)
        return Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        StalledWrites(patience: .seconds(patience)),
                        FrameworkAnswers(requestIDs: requestIDs),
                    ],
                    idleTimeout: .seconds(Int64(limits.idleTimeoutSeconds)))),
            configuration: configuration,
            onServerRunning: { channel in
                await onServerRunning(channel.localAddress?.port ?? 0)
            }, logger: frameworkLogger)
    }
}
