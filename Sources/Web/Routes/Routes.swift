import HTTPTypes
import Records
public import Services

/// The one list of all routes: what is served, documented and tested.
public enum Routes {
    public static let all: [Route] = [
        .health,
        .readiness,
        .openAPI,
        .docs,
        .postFills,
        .postCorrections,
        .postQuotes,
        .postRates,
        .rates,
        .positions,
        .why,
        .performance,
        .trades,
        .campaigns,
        .campaign,
        .orders,
        .order,
        .postOrder,
        .replaceOrder,
        .deleteOrder,
        .postOrderReports,
        .postHeartbeat,
        .risk,
        .riskCheck,
        .freqtradeHook,
        .tradingViewHook,
    ]
}

/// One thing that can be asked of the server.
public struct Route: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    public let method: Method
    /// A segment in braces stands for any text in its place: `/v1/campaigns/{uid}`.
    public let path: String
    /// What a token has to allow; nil where none is needed.
    public var scope: Authority.Permission? {
        switch handler {
        case .open, .hook: nil
        case .authorized(let permission, _): permission
        }
    }
    /// The query's; any other one is refused.
    public var parameters: [String] { description.query.map(\.name) }
    /// One sentence without a full stop.
    public let summary: String
    let description: RouteDescription
    let handler: Handler

    enum Handler: Sendable {
        case open(@Sendable (RouteCall) async throws -> Answer)
        /// What stands in its path as `{hook}` says whose it is, and that it may be called.
        case hook(
            HookRecord.Kind, @Sendable (RouteCall, CalledHook) async throws -> Answer)
        case authorized(
            Authority.Permission, @Sendable (RouteCall, Authority) async throws -> Answer)
    }

    /// `details` are paragraphs in CommonMark; `isCreating` where what is new is answered by a 201
    /// and what was there by a 200; `refusals` are those that do not follow from the
    /// other arguments (see `problems`).
    init(
        _ method: Method, _ path: String, _ tag: RouteTag, summary: String,
        details: String? = nil, parameters: [RouteParameter] = [],
        segments: [RouteParameter] = [], request: Content? = nil, answer: Content,
        isCreating: Bool = false, refusals: [ProblemCode] = [], _ handler: Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        description = RouteDescription(
            tag: tag, details: details, query: parameters, segments: segments,
            request: request, answer: answer, isCreating: isCreating, refusals: refusals)
        self.handler = handler
    }
}

/// Finds routes by path and method.
struct RouteTable: Sendable {
    /// A route, with what stood in the places of its path's parameters, still encoded.
    struct Match: Sendable {
        let route: Route
        let segments: [String: Substring]
    }

    private struct Place: Sendable {
        let pattern: PathPattern
        let routes: [Route]
    }

    private let fixed: [String: [Route]]
    private let places: [Place]

    init(_ routes: [Route]) {
        let byPath = Dictionary(grouping: routes, by: \.path)
        fixed = byPath.filter { PathPattern($0.key).isFixed }
        places = byPath.filter { !PathPattern($0.key).isFixed }
            .map { Place(pattern: PathPattern($0.key), routes: $0.value) }
            .sorted { $0.pattern.path < $1.pattern.path }
    }

    /// HEAD is served where GET is. Throws a 404 for an unknown path, else a 405. A path as it
    /// stands goes before one with parameters.
    func route(_ method: HTTPRequest.Method, _ path: Substring) throws(Problem) -> Match {
        if let routes = fixed[String(path)] {
            return Match(route: try Self.route(method, among: routes), segments: [:])
        }
        for place in places {
            if let segments = place.pattern.segments(of: path) {
                return Match(
                    route: try Self.route(method, among: place.routes), segments: segments)
            }
        }
        throw Problem(.notFound, "there is no such path")
    }

    private static func route(
        _ method: HTTPRequest.Method, among candidates: [Route]
    ) throws(Problem) -> Route {
        let wanted = method == .head ? "GET" : method.rawValue
        if let route = candidates.first(where: { $0.method.rawValue == wanted }) { return route }
        let allowed = candidates.map { $0.method == .get ? "GET, HEAD" : $0.method.rawValue }
            .joined(separator: ", ")
        var problem = Problem(.methodNotAllowed, "this path takes \(allowed)")
        problem.headers[.allow] = allowed
        throw problem
    }
}
