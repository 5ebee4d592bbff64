public import Ledger
public import Records
import Storage
public import World

/// API tokens: made once, shown once, kept as a hash.
public struct TokenService: Sendable {
    /// Between two notes of when a token was last used: not every use is worth a write.
    private static let useNotedEverySeconds: Int64 = 60

    let work: UnitOfWork
    public var world: any World { work.world }
    /// When the use of tokens was last noted, by their uid.
    private let noted = Lock<[String: Timestamp]>([:])

    init(work: UnitOfWork) { self.work = work }

    /// Makes a token and returns it in the clear, the only time that it is. Repeating makes another
    /// one. It ends by itself `lifetimeDays` from now, where that is given. Throws `.conflict`
    /// where the name is taken, `.notFound` for an unknown portfolio.
    public func create(
        name: String, permissions: Set<Authority.Permission>, portfolio: ExactText?,
        strategy: StrategyReference?, lifetimeDays: Int? = nil, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> String {
        let name = try Name.checked(name, field: "name")
        if let lifetimeDays, !Limits.tokenLifetimeDays.contains(lifetimeDays) {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "expires_in_days",
                detail: "expected a whole number of days from 1 to "
                    + "\(Limits.tokenLifetimeDays.upperBound)")
        }
        guard !permissions.isEmpty else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "scope",
                detail: "expected one or more of ingest, trade, read")
        }
        let token = APIToken.make(from: work.world.randomBytes(APIToken.randomByteCount))
        let scopes = Authority.Permission.allCases.filter(permissions.contains)
            .map(\.rawValue).joined(separator: ",")
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            try caller.requireMember(in: tx)
            var live = try Tokens.live(for: caller, in: tx)
            // One that has ended by itself stands in nobody's way.
            for expired in live where expired.hasExpired(at: draw.now) && expired.name == name {
                _ = try Tokens.revoke(named: name, now: draw.now, for: caller, in: tx)
            }
            live.removeAll { $0.hasExpired(at: draw.now) }
            guard !live.contains(where: { $0.name == name }) else {
                throw ServiceError(
                    .conflict, code: "NAME_TAKEN", field: "name",
                    detail: "there is a token named \(name) already")
            }
            guard live.count < Limits.tokensPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_TOKENS",
                    detail: "a user has at most \(Limits.tokensPerUser) tokens; revoke one first")
            }
            let portfolio = try portfolio.map {
                try PortfolioService.resolve($0, for: caller, in: tx).id
            }
            let strategy = try strategy.map {
                try StrategyService.findOrAdd($0, for: caller, in: tx, &draw).id
            }
            try Tokens.insert(
                uid: draw.uid(), name: name, hash: token.hash, scopes: scopes,
                portfolio: portfolio, strategy: strategy,
                expiresAt: lifetimeDays.map { draw.now.adding(seconds: Int64($0) * 86_400) },
                now: draw.now,
                for: caller, in: tx)
            try AuditLog.append(
                [AuditEntry(.create, .token, id: nil, detailsJSON: Details.named(name))],
                userID: caller.userID, now: draw.now, in: tx)
        }
        return token.text
    }

    /// The caller's tokens that work, oldest first.
    public func live(for caller: Caller) async throws -> [TokenRecord] {
        try await work.read { try Tokens.live(for: caller, in: $0) }
    }

    /// Ends the token with this uid at once; one that has ended stays so. Throws `.notFound` where
    /// the caller never had it.
    public func revoke(uid: String, for caller: Caller) async throws {
        try await work.write { tx, draw in
            guard let token = try Tokens.with(uid: uid, for: caller, in: tx) else {
                throw ServiceError.noToken(uid)
            }
            guard token.revokedAt == nil else { return }
            _ = try Tokens.revoke(named: token.name, now: draw.now, for: caller, in: tx)
            try AuditLog.append(
                [AuditEntry(.delete, .token, id: nil, detailsJSON: Details.named(token.name))],
                userID: caller.userID, now: draw.now, in: tx)
        }
    }

    /// Ends a token at once. Throws `.notFound`.
    public func revoke(
        named name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            guard try Tokens.revoke(named: name, now: draw.now, for: caller, in: tx) else {
                throw ServiceError.noToken(name.text)
            }
            try AuditLog.append(
                [AuditEntry(.delete, .token, id: nil, detailsJSON: Details.named(name))],
                userID: caller.userID, now: draw.now, in: tx)
        }
    }

    /// What a token allows; nil for one that is unknown, revoked, expired, or of someone who is no
    /// member (any more).
    public func authenticate(_ text: String) async throws -> Authority? {
        guard let token = APIToken(text) else { return nil }
        let now = work.world.now()
        guard let record = try await work.read({ try Tokens.with(hash: token.hash, in: $0) }),
            record.revokedAt == nil, !record.hasExpired(at: now),
            let caller = record.owner.caller
        else { return nil }
        await noteUse(of: record, now, caller)
        let permissions = record.scopes.split(separator: ",")
            .compactMap { Authority.Permission(rawValue: String($0)) }
        return Authority(
            caller: caller, userUID: record.owner.uid, permissions: Set(permissions),
            portfolioID: record.portfolioID, strategyID: record.strategyID)
    }

    /// To the minute. A token that can't be noted is as good as any.
    private func noteUse(of token: TokenRecord, _ now: Timestamp, _ caller: Caller) async {
        let isDue = noted.withLock { noted in
            let last = max(noted[token.uid] ?? .distantPast, token.lastUsedAt ?? .distantPast)
            guard last < now.adding(seconds: -TokenService.useNotedEverySeconds) else {
                return false
            }
            noted[token.uid] = now
            return true
        }
        guard isDue else { return }
        _ = try? await work.write { tx, _ in
            try Tokens.touch(uid: token.uid, now: now, for: caller, in: tx)
        }
    }
}

extension ServiceError {
    fileprivate static func noToken(_ name: String) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_TOKEN", field: "name", detail: "no token named \(name)")
    }
}

extension TokenRecord {
    /// Whether it has ended by itself.
    public func hasExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
