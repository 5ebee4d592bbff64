import HTTPTypes
import Ledger
import Services
import Storage
import Wire

/// Why a request was not carried out (RFC 9457): a code for programs, a sentence for people, and
/// nothing about what goes on inside.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    /// Upper case with underscores.
    let code: String
    let detail: String
    /// The member, column or parameter at fault.
    let field: String?
    var headers: HTTPFields = [:]
    /// Members beside the usual ones.
    var extras: @Sendable (inout JSONObjectWriter) -> Void = { _ in }

    init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, field: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
    }
}

extension Problem: JSONWritable {
    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { problem in
            problem.write("type", "about:blank")
            problem.write("title", status.reasonPhrase)
            problem.write("status", status.code)
            problem.write("detail", detail)
            problem.write("code", code)
            if let field { problem.write("field", field) }
            extras(&problem)
        }
    }
}

extension Problem {
    static func invalid(_ field: String?, _ detail: String) -> Problem {
        Problem(.invalidField, detail, field: field)
    }

    /// `challenge` is the error code of RFC 6750 §3.1; nil where no token came.
    static func unauthorized(_ detail: String, challenge: String?) -> Problem {
        var problem = Problem(.unauthorized, detail)
        problem.headers[.wwwAuthenticate] = Problem.challenge(challenge)
        return problem
    }

    static func challenge(_ error: String?) -> String {
        let realm = "Bearer realm=\"blotter\""
        return error.map { "\(realm), error=\"\($0)\"" } ?? realm
    }

    static let unknownHook = Problem(.unknownHook, "there is no such hook")

    static func rateLimited(
        what: String = "token", retryAfterSeconds seconds: Int
    ) -> Problem {
        var problem = Problem(
            .rateLimited, "this \(what) is used too often: go on in \(seconds) s")
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    static func unavailable(_ detail: String, retryAfterSeconds seconds: Int) -> Problem {
        var problem = Problem(.unavailable, detail)
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    static let stopping = Problem.unavailable(
        "the service is about to stop", retryAfterSeconds: 1)

    static func `internal`(requestID: String?) -> Problem {
        Problem(
            .internal,
            requestID.map { "unexpected error, in the log under request_id \($0)" }
                ?? "unexpected error")
    }

    /// What a client is told about an error of whatever kind.
    init(_ error: any Error, requestID: String) {
        switch error {
        case let problem as Problem: self = problem
        case let error as ServiceError: self.init(error)
        case let error as StorageError:
            self = Problem(outage: error) ?? .internal(requestID: requestID)
        case is CancellationError:
            self = .stopping
        default: self = .internal(requestID: requestID)
        }
    }

    private init(_ error: ServiceError) {
        if error.kind == .unauthorized {
            self = .unauthorized(error.detail, challenge: "invalid_token")
            return
        }
        let status: HTTPResponse.Status =
            switch error.kind {
            case .notFound: .notFound
            case .forbidden: .forbidden
            case .unauthorized: .unauthorized
            case .invalid: .unprocessableContent
            case .conflict, .limit: .conflict
            }
        self.init(status, error.code, error.detail, field: error.field)
    }

    /// Nil where the database is well and the error is ours.
    init?(outage error: StorageError) {
        switch error {
        case .busy, .serialization, .timeout:
            self = .unavailable("the database is too busy", retryAfterSeconds: 1)
        case .commitOutcomeUnknown:
            self = .unavailable(
                "the connection to the database broke while it stored this: repeat the request",
                retryAfterSeconds: 1)
        case .full:
            self = .unavailable("the database has no space left", retryAfterSeconds: 60)
        case .corrupt:
            self = .unavailable("the database is damaged", retryAfterSeconds: 60)
        case .readOnly:
            self = .unavailable("the database takes no writes", retryAfterSeconds: 60)
        case .schema(let advice):
            self = .unavailable(advice, retryAfterSeconds: 60)
        case .unavailable, .connectionLost, .closed:
            self = .unavailable("the database can't be reached", retryAfterSeconds: 5)
        case .constraint, .decoding, .statement:
            return nil
        }
    }
}
