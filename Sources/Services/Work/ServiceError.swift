/// A request that can't be carried out, told so that its sender knows what to change.
///
/// Nothing was stored when one is thrown. Failures of the database are `StorageError`s.
public struct ServiceError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Absent, or another user's: the two look alike.
        case notFound
        /// The caller may not do this.
        case forbidden
        /// The caller is no member any more.
        case unauthorized
        /// A field has a value that can't be taken.
        case invalid
        /// It contradicts what is there.
        case conflict
        /// A stated limit is reached.
        case limit
    }

    public let kind: Kind
    /// For programs: upper case with underscores.
    public let code: String
    public let field: String?
    /// For people: one sentence without a full stop.
    public let detail: String

    public init(_ kind: Kind, code: String, field: String? = nil, detail: String) {
        self.kind = kind
        self.code = code
        self.field = field
        self.detail = detail
    }

    static func noPortfolio(_ name: String) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_PORTFOLIO", field: "portfolio",
            detail: "no portfolio named \(name)")
    }

    static let noDefaultPortfolio = ServiceError(
        .notFound, code: "UNKNOWN_PORTFOLIO", field: "portfolio",
        detail: "no portfolio was named, and there is no default one")

    static func noStrategy(_ name: String) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_STRATEGY", field: "strategy",
            detail: "no strategy named \(name)")
    }
}

extension ServiceError: CustomStringConvertible {
    public var description: String { field.map { "\($0): \(detail)" } ?? detail }
}
