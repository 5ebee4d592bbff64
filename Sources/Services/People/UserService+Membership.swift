import Ledger
public import Records
import Storage

extension UserService {
    /// What `change` would come to, without doing it. Throws what it would.
    public func rehearse(
        _ change: MembershipChange, _ telegramUserID: Int64, by admin: Administrator
    ) async throws -> MembershipOutcome {
        let limits = limits
        return try await work.read { tx in
            let user = try UserService.find(telegramUserID, in: tx)
            let isDue = try UserService.check(change, user, by: admin, limits, in: tx)
            return MembershipOutcome(user: user, isChanged: isDue)
        }
    }

    /// Changes somebody's standing, once: repeated it changes nothing. It is told to the one it is
    /// about. Deactivation ends all that acts in their name at once: tokens are revoked, hooks
    /// turned off, and what is being stored for them is refused from the next unit of work on.
    ///
    /// Throws `.notFound` for a stranger, `.conflict` for one who is no member and for the last
    /// admin, `.limit` where the group is full, `.forbidden` where the one who decides is no admin
    /// any more.
    public func change(
        _ change: MembershipChange, _ telegramUserID: Int64, by admin: Administrator
    ) async throws -> MembershipOutcome {
        let limits = limits
        return try await work.write { tx, draw in
            // From here on nobody else decides: two admins who remove each other at once do it
            // one after the other.
            try Users.lockMembership(in: tx)
            let user = try UserService.find(telegramUserID, in: tx)
            guard try UserService.check(change, user, by: admin, limits, in: tx) else {
                return MembershipOutcome(user: user, isChanged: false)
            }
            let ended = try UserService.carryOut(change, user, by: admin, in: tx, &draw)
            try UserService.audit(
                change.auditAction, user, by: admin,
                detailsJSON: change == .deactivate
                    ? Details.object([
                        "tokens": String(ended.tokens), "hooks": String(ended.hooks),
                    ]) : "{}", in: tx, draw)
            try Notice.membership(change).post(to: user, in: tx, &draw)
            return MembershipOutcome(
                user: try UserService.find(telegramUserID, in: tx), isChanged: true,
                tokens: ended.tokens, hooks: ended.hooks)
        }
    }

    /// Whether the change is due. Throws what forbids it.
    private static func check(
        _ change: MembershipChange, _ user: User, by admin: Administrator, _ limits: Limits,
        in tx: any Transaction
    ) throws -> Bool {
        try requireAdmin(admin, in: tx)
        guard try change.isDue(for: user) else { return false }
        if change.takesAnAdmin(user),
            try Users.admins(in: tx).allSatisfy({ $0.id == user.id })
        {
            throw ServiceError(
                .conflict, code: "LAST_ADMIN", field: "user",
                detail: "this is the last admin: promote another member first")
        }
        if change == .activate { try requireRoom(limits, in: tx) }
        return true
    }

    /// They were one when they sent the command; another may have decided about them since.
    static func requireAdmin(_ admin: Administrator, in tx: any Transaction) throws {
        guard let id = admin.userID else { return }
        guard try Users.with(id: id, in: tx)?.caller?.isAdmin == true else {
            throw ServiceError(
                .forbidden, code: "NOT_AN_ADMIN", detail: "only an admin may do this")
        }
    }

    /// Returns how many tokens and hooks it ended.
    private static func carryOut(
        _ change: MembershipChange, _ user: User, by admin: Administrator, in tx: any Transaction,
        _ draw: inout Draw
    ) throws -> (tokens: Int, hooks: Int) {
        switch change {
        case .deactivate:
            let caller = Caller(userID: user.id, isAdmin: false)
            // A token that is being made waits, and is refused then.
            try Users.lock(caller, in: tx)
            try Users.setActive(user.id, false, by: admin, in: tx)
            try OrderService.cancelAll(for: caller, in: tx, &draw)
            return (
                try Tokens.revokeAll(now: draw.now, for: caller, in: tx),
                try Hooks.turnAllOff(for: caller, in: tx)
            )
        case .activate: try Users.setActive(user.id, true, by: admin, in: tx)
        case .promote: try Users.setAdmin(user.id, true, by: admin, in: tx)
        case .demote: try Users.setAdmin(user.id, false, by: admin, in: tx)
        }
        return (0, 0)
    }
}

extension UserService {
    /// Everyone with what they have and when they were last heard of, in the order in which they
    /// came.
    public func listings(for admin: Administrator) async throws -> [UserListing] {
        // What it tells should be of now; where it can't be written, the list is worth more.
        try? await storeSeen()
        return try await work.read { try Users.listings(for: admin, in: $0) }
    }

    /// Who let a user in or declined them: nil where nobody has decided. The owner at the command
    /// line is no user.
    public func decider(about user: User) async throws -> Decider? {
        try await work.read { tx in
            try AuditList.lastDecision(about: user.id, in: tx).map { decision in
                decision.actor.map(Decider.admin) ?? .owner
            }
        }
    }

    public enum Decider: Sendable, Hashable {
        case admin(User)
        case owner
    }
}

extension Caller {
    /// Throws `.unauthorized` where their membership has ended since they were let in.
    func requireMember(in tx: any Transaction) throws {
        guard try Users.isMember(self, in: tx) else {
            throw ServiceError(
                .unauthorized, code: "UNAUTHORIZED",
                detail: "the owner of this token is no member any more")
        }
    }
}
