public import Records

/// What an admin may do about somebody's standing in the group.
public enum MembershipChange: String, Sendable, CaseIterable {
    case deactivate, activate, promote, demote

    /// Whether it changes anything for a user as they are. Throws `.conflict` where it can't be
    /// done.
    func isDue(for user: User) throws(ServiceError) -> Bool {
        switch (self, user.state) {
        case (.deactivate, .approved): return true
        case (.deactivate, .deactivated): return false
        case (.activate, .deactivated): return true
        case (.activate, .approved): return false
        case (.promote, .approved): return !user.isAdmin
        case (.demote, .approved): return user.isAdmin
        case (.activate, .pending), (.activate, .rejected):
            throw ServiceError(
                .conflict, code: "NOT_A_MEMBER", field: "user",
                detail: "this user never was a member: /approve lets them in")
        case (.deactivate, _), (.promote, _), (.demote, _):
            throw ServiceError(
                .conflict, code: "NOT_A_MEMBER", field: "user",
                detail: "this user is no member, but \(user.state.rawValue)")
        }
    }

    /// Whether the group has an admin less after it.
    func takesAnAdmin(_ user: User) -> Bool {
        switch self {
        case .deactivate, .demote: user.isAdmin && user.state == .approved
        case .activate, .promote: false
        }
    }

    var auditAction: AuditEntry.Action {
        switch self {
        case .deactivate: .deactivate
        case .activate: .activate
        case .promote: .promote
        case .demote: .demote
        }
    }
}

/// What became of a change, or would become of it.
public struct MembershipOutcome: Sendable, Hashable {
    public let user: User
    /// False where they stood so before.
    public let isChanged: Bool
    /// API tokens that were revoked, hooks that were turned off.
    public var tokens = 0
    public var hooks = 0
}
