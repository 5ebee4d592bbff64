public import Records
import Storage

extension UserService {
    /// For so long an admin can decide about a member who wants to leave.
    public static let erasureLifetimeSeconds: Int64 = 7 * 24 * 3600

    /// Throws `.conflict` where no other admin is there to confirm it, above all for the last one.
    public func checkMayLeave(_ caller: Caller) async throws {
        try await work.read { tx in
            _ = try Self.adminsToAsk(caller.userID, in: tx)
        }
    }

    /// Asks the other admins, once each; returns how many can decide. Throws as `checkMayLeave`
    /// does.
    public func askToErase(_ caller: Caller, _ erasure: Erasure) async throws -> Int {
        try await work.write { tx, draw in
            try Users.lockMembership(in: tx)
            let admins = try Self.adminsToAsk(caller.userID, in: tx)
            guard let user = try Users.with(id: caller.userID, in: tx) else { return 0 }
            let request = ErasureRequest(user, erasure)
            let asked = Set(
                try PendingActions.open(kind: ErasureRequest.kind, now: draw.now, in: tx)
                    .filter { ErasureRequest(json: $0.action.contentJSON) == request }
                    .map(\.userID))
            for admin in admins where !asked.contains(admin.id) {
                let token = try ActionService.offer(
                    kind: ErasureRequest.kind, contentJSON: request.contentJSON,
                    lifetimeSeconds: Self.erasureLifetimeSeconds, to: admin, in: tx, &draw)
                try Notice.erasureRequest(request, token: token).post(to: admin, in: tx, &draw)
            }
            return admins.count
        }
    }

    /// Erases a member, or what says who they were, with everything that others hold about them.
    /// What they may do ends with it. That it was done stays in the audit log, without them.
    ///
    /// False where they are gone already. Throws `.conflict` for the last admin.
    public func erase(_ request: ErasureRequest, by admin: Administrator) async throws -> Bool {
        try await work.write { tx, draw in
            try Users.lockMembership(in: tx)
            guard let user = try Users.with(uid: request.userUID, for: admin, in: tx),
                user.telegramUserID == request.telegramUserID
            else { return false }
            _ = try Self.adminsToAsk(user.id, in: tx)
            try Traces.scrub(user, by: admin, in: tx)
            switch request.erasure {
            case .erase: try Traces.erase(user.id, by: admin, in: tx)
            case .anonymise: try Traces.anonymise(user.id, by: admin, in: tx)
            }
            try AuditLog.append(
                [
                    AuditEntry(
                        .delete, .user, id: user.id.raw,
                        detailsJSON: Details.object(["erasure": request.erasure.rawValue]))
                ], userID: admin.userID, now: draw.now, in: tx)
            return true
        }
    }

    private static func adminsToAsk(_ id: UserID, in tx: any Transaction) throws -> [User] {
        let others = try Users.admins(in: tx).filter { $0.id != id }
        guard !others.isEmpty else {
            throw ServiceError(
                .conflict, code: "LAST_ADMIN", field: "user",
                detail: "there is no other admin who could confirm it: let somebody be one first")
        }
        return others
    }
}
