import Ledger
public import Records
import Storage

/// Who may come in: registration, and the admins' answer to it.
public struct UserService: Sendable {
    let work: UnitOfWork
    let limits: Limits
    /// Telegram ids of those whom the configuration makes admins at every start, whatever was
    /// decided about that in between.
    public let appointedAdmins: Set<Int64>
    let money: MoneySettings
    let seen = SeenUsers()

    /// What became of a `/start`.
    public enum Registration: Sendable, Hashable {
        case approved(User)
        /// Waits for an admin; `isNew` where the admins were told just now.
        case pending(User, isNew: Bool)
        case rejected
        case deactivated
        /// As many wait already as the group may have members.
        case full
    }

    /// What became of an admin's answer.
    public enum Decision: Sendable, Hashable {
        case approved(User)
        case rejected(User)
        /// It had been decided before; nothing changed.
        case already(User)
    }

    /// Who sends this? Nil for a stranger.
    public func user(telegramUserID: Int64) async throws -> User? {
        try await work.read { try Users.with(telegramUserID: telegramUserID, in: $0) }
    }

    public func all(for admin: Administrator) async throws -> [User] {
        try await work.read { try Users.all(for: admin, in: $0) }
    }

    /// Notes the wish to join and tells the admins, once.
    public func register(
        telegramUserID: Int64, username: String?, update: IncomingUpdate? = nil
    ) async throws -> Registration {
        let limits = limits
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            if let known = try UserService.known(telegramUserID, username: username, in: tx) {
                return known
            }
            try Users.lockMembership(in: tx)
            // They may have come in while we waited.
            if let known = try UserService.known(telegramUserID, username: username, in: tx) {
                return known
            }
            guard try Users.count(of: .pending, in: tx) < limits.maxUsers else { return .full }
            let user = try UserService.add(
                telegramUserID: telegramUserID, username: username, in: tx, &draw)
            for admin in try Users.admins(in: tx) {
                try Notice.approvalRequest(
                    userUID: user.uid, telegramUserID: telegramUserID, username: username
                ).post(to: admin, in: tx, &draw)
            }
            return .pending(user, isNew: true)
        }
    }

    /// Adds a user without a chat. Repeating it is harmless: what is there is kept, and what is
    /// asked for on top of it is done.
    public func add(
        telegramUserID: Int64, username: String?, isAdmin: Bool, approve: Bool
    ) async throws -> User {
        let (limits, money) = (limits, money)
        return try await work.write { tx, draw in
            try Users.lockMembership(in: tx)
            var user =
                try Users.with(telegramUserID: telegramUserID, in: tx)
                ?? UserService.add(
                    telegramUserID: telegramUserID, username: username, in: tx, &draw)
            if let username, user.username != username {
                try Users.rename(user.id, username: username, in: tx)
            }
            if isAdmin, !user.isAdmin {
                try Users.setAdmin(user.id, true, by: .owner, in: tx)
                try UserService.audit(.update, user, by: .owner, in: tx, draw)
            }
            if approve, user.state != .approved {
                try UserService.admit(user, by: .owner, limits, money, in: tx, &draw)
            }
            user = try Users.with(id: user.id, in: tx) ?? user
            return user
        }
    }

    /// Lets a user in: with a paper account and a default portfolio `main`, so that their next
    /// message can trade. Throws `.notFound` and, where the group is full, `.limit`.
    public func approve(
        _ telegramUserID: Int64, by admin: Administrator, update: IncomingUpdate? = nil
    ) async throws -> Decision {
        let (limits, money) = (limits, money)
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lockMembership(in: tx)
            let user = try UserService.find(telegramUserID, in: tx)
            if user.state == .approved { return .already(user) }
            try UserService.admit(user, by: admin, limits, money, in: tx, &draw)
            let approved = try Users.with(id: user.id, in: tx) ?? user
            try Notice.approved.post(to: approved, in: tx, &draw)
            return .approved(approved)
        }
    }

    /// Declines a user who waits. Throws `.notFound`, and `.conflict` for a member.
    public func reject(
        _ telegramUserID: Int64, by admin: Administrator, update: IncomingUpdate? = nil
    ) async throws -> Decision {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lockMembership(in: tx)
            let user = try UserService.find(telegramUserID, in: tx)
            switch user.state {
            case .pending: break
            case .rejected: return .already(user)
            case .approved, .deactivated:
                throw ServiceError(
                    .conflict, code: "ALREADY_APPROVED",
                    detail: "this user is a member already and can't be rejected")
            }
            try Users.setActive(user.id, false, by: admin, in: tx)
            try UserService.audit(.reject, user, by: admin, in: tx, draw)
            try Notice.rejected.post(to: user, in: tx, &draw)
            return .rejected(try Users.with(id: user.id, in: tx) ?? user)
        }
    }

    /// Makes those that the configuration names admins, and lets them in.
    public func ensureAdmins(_ telegramUserIDs: [Int64]) async throws {
        for telegramUserID in telegramUserIDs {
            let known = try await user(telegramUserID: telegramUserID)
            if let known, known.isAdmin, known.approvedAt != nil { continue }
            _ = try await add(
                telegramUserID: telegramUserID, username: nil, isAdmin: true, approve: true)
        }
    }
}

extension UserService {
    /// How someone stands who has been here before; their present name is noted.
    private static func known(
        _ telegramUserID: Int64, username: String?, in tx: any Transaction
    ) throws -> Registration? {
        guard var user = try Users.with(telegramUserID: telegramUserID, in: tx) else { return nil }
        if let username, user.username != username {
            try Users.rename(user.id, username: username, in: tx)
            user = try Users.with(id: user.id, in: tx) ?? user
        }
        return switch user.state {
        case .approved: .approved(user)
        case .pending: .pending(user, isNew: false)
        case .rejected: .rejected
        case .deactivated: .deactivated
        }
    }

    static func find(
        _ telegramUserID: Int64, in tx: any Transaction
    ) throws -> User {
        guard let user = try Users.with(telegramUserID: telegramUserID, in: tx) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_USER", field: "user",
                detail: "nobody with the Telegram id \(telegramUserID) has asked to join")
        }
        return user
    }

    private static func add(
        telegramUserID: Int64, username: String?, in tx: any Transaction, _ draw: inout Draw
    ) throws -> User {
        if let user = try Users.insert(
            uid: draw.uid(), telegramUserID: telegramUserID, username: username, now: draw.now,
            in: tx)
        {
            try AuditLog.append(
                [AuditEntry(.create, .user, id: user.id.raw)], userID: user.id, now: draw.now,
                in: tx)
            return user
        }
        return try find(telegramUserID, in: tx)
    }

    private static func admit(
        _ user: User, by admin: Administrator, _ limits: Limits, _ money: MoneySettings,
        in tx: any Transaction, _ draw: inout Draw
    ) throws {
        try requireRoom(limits, in: tx)
        try Users.approve(user.id, by: admin, now: draw.now, in: tx)
        try audit(.approve, user, by: admin, in: tx, draw)
        let caller = Caller(userID: user.id, isAdmin: user.isAdmin)
        if try Portfolios.all(for: caller, in: tx).isEmpty {
            try PortfolioService.add(
                name: "main", to: .broker(code: "PAPER", .usd), newAccountName: "paper",
                isDefault: true, money, for: caller, in: tx, &draw)
        }
    }

    /// Throws `.limit` where the group has as many members as it may.
    static func requireRoom(_ limits: Limits, in tx: any Transaction) throws {
        guard try Users.count(of: .approved, in: tx) < limits.maxUsers else {
            throw ServiceError(
                .limit, code: "GROUP_FULL",
                detail: "the group has its \(limits.maxUsers) members (limits.max_users)")
        }
    }

    static func audit(
        _ action: AuditEntry.Action, _ user: User, by admin: Administrator,
        detailsJSON: String = "{}", in tx: any Transaction, _ draw: Draw
    ) throws {
        try AuditLog.append(
            [AuditEntry(action, .user, id: user.id.raw, detailsJSON: detailsJSON)],
            userID: admin.userID, now: draw.now, in: tx)
    }
}
