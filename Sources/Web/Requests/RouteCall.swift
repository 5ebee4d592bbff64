import Ledger
import Logging
import Services
import Storage
import Wire

/// What all requests share.
struct Environment: Sendable {
    let services: Services
    let version: String
    /// The API's description, ready to be sent.
    let openAPI: [UInt8]
    private let migrator: Result<Migrator, StorageError>

    init(services: Services, version: String, publicURL: String? = nil) {
        self.services = services
        self.version = version
        openAPI =
            OpenAPIDocument(
                routes: Routes.all, version: version, publicURL: publicURL
            ).json
        migrator = Result { () throws(StorageError) in
            try Migrator.blotter(services.work.database, world: services.work.world)
        }
    }

    /// Throws `StorageError` unless the database answers and has this binary's schema.
    func checkReadiness() async throws {
        try await migrator.get().requireCurrent()
    }
}

/// A request as its route gets it.
struct RouteCall: Sendable {
    let environment: Environment
    var body: RequestContent
    /// Its lines carry the request's id and the user's uid.
    var logger: Logger
    fileprivate let target: RequestTarget
    fileprivate let parameters: [String]
    fileprivate let segments: [String: Substring]

    init(
        environment: Environment, body: RequestContent, target: RequestTarget,
        match: RouteTable.Match, logger: Logger
    ) {
        self.environment = environment
        self.logger = logger
        self.body = body
        self.target = target
        parameters = match.route.parameters
        segments = match.segments
    }

    var services: Services { environment.services }

    /// The query's parameters. Throws a 422 for one that the route does not have: a typing error
    /// must not change a report in silence.
    func query() throws(Problem) -> Query {
        try Query(target.query ?? "", parameters: parameters)
    }

    /// What stands in the path in the place of a parameter, decoded. Throws a 422 for what is too
    /// long or no text without U+0000.
    func segment(_ name: String) throws(Problem) -> ExactText {
        let segment = segments[name] ?? ""
        guard segment.utf8.count <= PathPattern.segmentLimitBytes else {
            throw .invalid(name, "longer than \(PathPattern.segmentLimitBytes) bytes")
        }
        guard let text = PercentEncoding.decode(segment.utf8, plusIsBlank: false),
            !text.utf8.contains(0)
        else { throw .invalid(name, "not percent-encoded UTF-8 without U+0000") }
        return ExactText(text)
    }
}
