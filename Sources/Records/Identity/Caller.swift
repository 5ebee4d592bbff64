/// In whose name a query runs. Every owned table is read and written through one, so a query that
/// forgets whose data it means does not compile.
public struct Caller: Sendable, Hashable {
    public let userID: UserID
    public let isAdmin: Bool

    public init(userID: UserID, isAdmin: Bool) {
        self.userID = userID
        self.isAdmin = isAdmin
    }

    /// Proof that the caller may look at every user's rows; nil for anyone but an admin.
    public var administrator: Administrator? { isAdmin ? Administrator(userID: userID) : nil }
}

/// Proof that a query across users is asked for by an admin, or by the owner at the command line.
public struct Administrator: Sendable, Hashable {
    /// Nil at the command line, where the owner of the files is the administrator.
    public let userID: UserID?

    init(userID: UserID?) { self.userID = userID }

    /// The owner of the installation: for the command line and the start of the service.
    public static let owner = Administrator(userID: nil)
}
