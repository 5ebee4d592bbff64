import HTTPTypes
public import Services

/// The one list of all routes: what is served, documented and tested.
public enum Routes {
    public static let all: [Route] = [
        .health,
        .readiness,
        .postFills,
        .postCorrections,
        .postQuotes,
        .postRates,
        .rates,
        .positions,
        .performance,
        .trades,
        .orders,
        .risk,
    ]
}

/// One thing that can be asked of the server.
public struct Route: Sendable {
    public enum Method: String, Sendable, CaseIterable { case get = "GET", post = "POST" }

    public let method: Method
    public let path: String
    /// What a token has to allow; nil where none is needed.
    public var scope: Authority.Permission? {
        switch handler {
        case .open: nil
        case .authorized(let permission, _): permission
        }
    }
    /// The query's; any other one is refused.
    public let parameters: [String]
    /// One sentence without a full stop.
    public let summary: String
    let handler: Handler

    enum Handler: Sendable {
        case open(@Sendable (RouteCall) async throws -> Answer)
        case authorized(
            Authority.Permission, @Sendable (RouteCall, Authority) async throws -> Answer)
    }

    init(
        _ method: Method, _ path: String, parameters: [String] = [], summary: String,
        _ handler: Handler
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.summary = summary
        self.handler = handler
    }
}

/// Finds routes by path and method.
struct RouteTable: Sendable {
    private let routes: [String: [Route]]

    init(_ routes: [Route]) {
        self.routes = Dictionary(grouping: routes, by: \.path)
    }

    /// HEAD is served where GET is. Throws a 404 for an unknown path, else a 405.
    func route(_ method: HTTPRequest.Method, _ path: Substring) throws(Problem) -> Route {
        guard let candidates = routes[String(path)] else {
            throw Problem(.notFound, "NOT_FOUND", "there is no such path")
        }
        let wanted = method == .head ? "GET" : method.rawValue
        if let route = candidates.first(where: { $0.method.rawValue == wanted }) { return route }
        let allowed = candidates.map { $0.method == .get ? "GET, HEAD" : $0.method.rawValue }
            .joined(separator: ", ")
        var problem = Problem(
            .methodNotAllowed, "METHOD_NOT_ALLOWED", "this path takes \(allowed)")
        problem.headers[.allow] = allowed
        throw problem
    }
}
