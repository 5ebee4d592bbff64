import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import Records
import Services
import World

/// A connection, as far as a request has to do with it.
struct Connection: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// Without the port, which changes with each connection.
    var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "unknown" }
}

/// Answers every request: finds its route, admits its sender, lets the route answer, writes down
/// what happened.
struct Responder: HTTPResponder {
    typealias Context = Connection

    static let serverName = "blotter"
    let environment: Environment
    let limits: WebLimits
    let requestIDs: RequestIDs
    let logger: Logger
    private let table = RouteTable(Routes.all)
    private let gate: Gate
    private let slots: Slots

    init(
        environment: Environment, limits: WebLimits, requestIDs: RequestIDs, logger: Logger
    ) {
        self.environment = environment
        self.limits = limits
        self.requestIDs = requestIDs
        self.logger = logger
        gate = Gate(
            tokens: environment.services.tokens, hooks: environment.services.hookIntake,
            requestsPerMinutePerToken: limits.requestsPerMinutePerToken)
        slots = Slots(count: limits.concurrentRequests)
    }

    func respond(to request: Request, context: Connection) async throws -> Response {
        var record = RequestRecord(
            id: requestIDs.next(), startedAt: environment.services.work.world.uptimeSeconds())
        let target = RequestTarget(request.head.path ?? "/")
        let body = RequestContent(request, limits: limits, channel: context.channel)
        var answer: Answer
        do {
            answer = try await self.answer(request, target, body, context, &record)
        } catch {
            let problem = Problem(error, requestID: record.id)
            if problem.status.code >= 500 { log(error, record) }
            answer = Answer(problem)
        }
        answer.headers[.xRequestID] = record.id
        answer.headers[.cacheControl] = "no-store"
        if let reading = record.reading {
            answer.headers.append(contentsOf: reading.headers)
        }
        let isWhole = answer.wholeBody != nil
        let closes = request.closesConnection || (isWhole && body.isLeftUnread)
        if closes { answer.headers[.connection] = "close" }
        // A body that is produced holds the request's slot, and ends the request, only at its end.
        let status = answer.status
        let finished = record
        if isWhole { log(request.method, target, status, finished) }
        guard closes || !isWhole else { return answer.response(to: request.method, ended: nil) }
        return answer.response(to: request.method) {
            withExtendedLifetime(finished.slot) {
                if !isWhole { log(request.method, target, status, finished) }
            }
            if closes { closeSoon(context.channel) }
        }
    }

    private func answer(
        _ request: Request, _ target: RequestTarget, _ body: RequestContent,
        _ connection: Connection, _ record: inout RequestRecord
    ) async throws -> Answer {
        let match = try table.route(request.method, target.path)
        let route = match.route
        if !match.segments.isEmpty { record.path = route.path }
        var call = RouteCall(
            environment: environment, body: body, target: target,
            match: match, logger: logger)
        call.logger[metadataKey: "request_id"] = "\(record.id)"
        switch route.handler {
        case .open(let handle):
            return try await handle(call)
        case .hook(let kind, let handle):
            let called = try await gate.hook(
                at: call.segment("hook").text, kind: kind)
            record.userUID = called.hook.owner.uid
            call.logger[metadataKey: "user_uid"] = "\(called.hook.owner.uid)"
            call.logger[metadataKey: "hook_uid"] = "\(called.hook.uid)"
            record.slot = try takeSlot(for: called.hook.owner.uid)
            return try await handle(call, called)
        case .authorized(let permission, let handle):
            let authority = try await gate.authority(
                of: request.headers, from: connection.remoteAddress, &record.reading)
            record.userUID = authority.userUID
            call.logger[metadataKey: "user_uid"] = record.userUID.map { "\($0)" }
            try gate.admit(authority, to: permission)
            call.body.signature = try gate.signature(of: request)
            if route.method == .get { try call.body.signature?.check([]) }
            record.slot = try takeSlot(for: authority.userUID)
            return try await handle(call, authority)
        }
    }

    private func takeSlot(for userUID: String?) throws(Problem) -> Slots.Slot {
        do {
            return try slots.take(for: userUID ?? "")
        } catch {
            let detail =
                switch error {
                case .all(let count): "\(count) requests are being answered already"
                case .ofOne(let count): "\(count) requests of yours are being answered already"
                }
            throw .unavailable(detail, retryAfterSeconds: 1)
        }
    }

    /// The framework keeps the connection open, and would read what comes to its end. What is still
    /// to be sent is sent first: who does not take it is cut off by `StalledWrites`.
    private func closeSoon(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: .seconds(Int64(limits.lingerSeconds))) {
            channel.getOption(.bufferedWritableBytes).whenComplete { buffered in
                if case .success(let bytes) = buffered, bytes > 0 {
                    closeSoon(channel)
                } else {
                    channel.close(promise: nil)
                }
            }
        }
    }
}

/// What is written down about a request, beside its answer.
private struct RequestRecord: Sendable {
    let id: String
    let startedAt: Double
    var userUID: String?
    /// The route's, where what was in its place says what is traded.
    var path: String?
    /// How often its token is used; nil before that was looked at.
    var reading: RateLimiter.Reading?
    /// Its place among those that are being answered.
    var slot: Slots.Slot?
}

extension Responder {
    /// Never headers, query, body or a path's parameters: they hold tokens and what users trade.
    private func log(
        _ method: HTTPRequest.Method, _ target: RequestTarget, _ status: HTTPResponse.Status,
        _ record: RequestRecord
    ) {
        let level: Logger.Level = target.isProbe && status.code < 400 ? .debug : .info
        guard logger.logLevel <= level else { return }
        let elapsed = environment.services.work.world.uptimeSeconds() - record.startedAt
        var metadata: Logger.Metadata = [
            "method": "\(method.rawValue.prefix(16))",
            "path": "\(record.path ?? String(target.path.prefix(200)))",
            "status": "\(status.code)", "microseconds": "\(Int(elapsed * 1e6))",
            "request_id": "\(record.id)",
        ]
        if let userUID = record.userUID { metadata["user_uid"] = "\(userUID)" }
        logger.log(level: level, "request", metadata: metadata)
    }

    private func log(_ error: any Error, _ record: RequestRecord) {
        logger.error(
            "request failed",
            metadata: ["error": "\(error)", "request_id": "\(record.id)"])
    }
}

extension Request {
    /// The framework itself knows only the lower case.
    fileprivate var closesConnection: Bool {
        guard let connection = headers[.connection] else { return false }
        return connection.split(separator: ",").contains { option in
            option.trimmingBlanks.lowercased() == "close"
        }
    }
}
