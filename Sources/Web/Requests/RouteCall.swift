import Logging
import Services
import Storage

/// What all requests share.
struct Environment: Sendable {
    let services: Services
    let version: String
    private let migrator: Result<Migrator, StorageError>

    init(services: Services, version: String) {
        self.services = services
        self.version = version
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
    let body: RequestContent
    /// Its lines carry the request's id and the user's uid.
    var logger: Logger
    fileprivate let target: RequestTarget
    fileprivate let parameters: [String]

    init(
        environment: Environment, body: RequestContent, target: RequestTarget,
        parameters: [String], logger: Logger
    ) {
        self.environment = environment
        self.logger = logger
        self.body = body
        self.target = target
        self.parameters = parameters
    }

    var services: Services { environment.services }

    /// The query's parameters. Throws a 422 for one that the route does not have: a typing error
    /// must not change a report in silence.
    func query() throws(Problem) -> Query {
        try Query(target.query ?? "", parameters: parameters)
    }
}
