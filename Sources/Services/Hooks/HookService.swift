public import Ledger
public import Records
import Storage
import World

/// Hooks as their owners see them: made, listed, changed.
public struct HookService: Sendable {
    let work: UnitOfWork
    public let settings: HookSettings

    /// A hook's secret in the clear, the only time that it is.
    public struct Made: Sendable, Hashable {
        public let hook: HookRecord
        public let secret: String
        /// Where to call it; begins with a slash where `http.public_url` is not set.
        public let url: String
        /// The same without the secret, for senders that carry it in the message.
        public let openURL: String
    }

    /// The caller's, by name.
    public func all(for caller: Caller) async throws -> [HookRecord] {
        try await work.read { try Hooks.all(for: caller, in: $0) }
    }

    /// Throws `.conflict` where the name is taken, `.limit`, `.notFound` for an unknown portfolio.
    public func create(
        name: String, kind: HookRecord.Kind, portfolio: ExactText?, strategy: StrategyReference?,
        for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Made {
        let name = try Name.checked(name, field: "name")
        guard !name.text.contains(" ") else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "name", detail: "expected a single word")
        }
        let secret = HookSecret.make(from: work.world.randomBytes(SecretCode.randomByteCount))
        let hook = try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            let known = try Hooks.all(for: caller, in: tx)
            guard !known.contains(where: { $0.name == name }) else {
                throw ServiceError(
                    .conflict, code: "NAME_TAKEN", field: "name",
                    detail: "there is a hook named \(name) already")
            }
            guard known.count < Limits.hooksPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_HOOKS",
                    detail: "a user has at most \(Limits.hooksPerUser) hooks")
            }
            let portfolio =
                if let portfolio {
                    try PortfolioService.resolve(portfolio, for: caller, in: tx)
                } else {
                    try Portfolios.standard(for: caller, in: tx)
                }
            guard let portfolio else { throw ServiceError.noDefaultPortfolio }
            let strategy = try strategy.map {
                try StrategyService.findOrAdd($0, for: caller, in: tx, &draw).id
            }
            try Hooks.insert(
                uid: draw.uid(), name: name, kind: kind, secretHash: secret.hash,
                portfolio: portfolio.id, strategy: strategy, now: draw.now, for: caller, in: tx)
            return try Self.audited(.create, name, for: caller, in: tx, draw.now)
        }
        return made(hook, secret)
    }

    /// Gives the hook another secret; the old one opens nothing any more. Throws `.notFound`.
    public func renewSecret(
        of name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> Made {
        let secret = HookSecret.make(from: work.world.randomBytes(SecretCode.randomByteCount))
        let hook = try await change(name, for: caller, update) { hook, tx, _ in
            try Hooks.setSecretHash(secret.hash, of: hook.id, for: caller, in: tx)
        }
        return made(hook, secret)
    }

    /// Nil goes back to the built-in template. Throws `.invalid` with the field at fault.
    public func setTemplate(
        _ text: String?, of name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> HookRecord {
        try await change(name, for: caller, update) { hook, tx, _ in
            let template = try text.map { try HookTemplate(parsing: $0, for: hook.kind) }
            try Hooks.setTemplate(template?.json, of: hook.id, for: caller, in: tx)
        }
    }

    public func setActive(
        _ isActive: Bool, _ name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> HookRecord {
        try await change(name, for: caller, update) { hook, tx, _ in
            try Hooks.setActive(isActive, of: hook.id, for: caller, in: tx)
        }
    }

    /// The bots that this member may pull fills from, by name.
    public func bots(forTelegramUser id: Int64) -> [ExactText] {
        settings.bots.filter { $0.value.telegramUserID == nil || $0.value.telegramUserID == id }
            .keys.sorted().map { ExactText($0) }
    }

    /// Pulls the hook's fills from this bot from now on, but what was filled until its last message
    /// that is a fill of its own; nil takes its messages again. Throws `.notFound` for a bot that
    /// is not in `hooks.freqtrade_file`, or not the member's.
    public func setBot(
        _ bot: ExactText?, of name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> HookRecord {
        try await change(name, for: caller, update) { hook, tx, now in
            guard hook.kind == .freqtrade else {
                throw ServiceError(
                    .invalid, code: "INVALID_FIELD", field: "hook",
                    detail: "fills are pulled from freqtrade alone, \(hook.name) is a hook for"
                        + " \(hook.kind.rawValue)")
            }
            if let bot, !bots(forTelegramUser: hook.owner.telegramUserID).contains(bot) {
                throw ServiceError(
                    .notFound, code: "UNKNOWN_BOT", field: "bot",
                    detail: "no bot named \(bot) is yours in the file that"
                        + " hooks.freqtrade_file names; an admin adds it there")
            }
            if bot == nil, let syncedAt = hook.restSyncedAt {
                // What waits of the time before the bot was asked would be stored a second time.
                try HookDeliveries.settlePulled(
                    of: hook.id, from: hook.weakUntil, until: syncedAt, now: now, for: caller,
                    in: tx)
            }
            try Hooks.setBot(bot, of: hook.id, for: caller, in: tx)
        }
    }

    private func change(
        _ name: ExactText, for caller: Caller, _ update: IncomingUpdate?,
        _ body: @escaping @Sendable (HookRecord, any Transaction, Timestamp) throws -> Void
    ) async throws -> HookRecord {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            guard let hook = try Hooks.named(name, for: caller, in: tx) else {
                throw ServiceError.noHook(name)
            }
            try body(hook, tx, draw.now)
            return try Self.audited(.update, name, for: caller, in: tx, draw.now)
        }
    }

    private static func audited(
        _ action: AuditEntry.Action, _ name: ExactText, for caller: Caller,
        in tx: any Transaction, _ now: Timestamp
    ) throws -> HookRecord {
        guard let hook = try Hooks.named(name, for: caller, in: tx) else {
            throw ServiceError.noHook(name)
        }
        try AuditLog.append(
            [AuditEntry(action, .hook, id: hook.id.raw, detailsJSON: Details.named(name))],
            userID: caller.userID, now: now, in: tx)
        return hook
    }

    private func made(_ hook: HookRecord, _ secret: HookSecret) -> Made {
        let base = (settings.publicURL ?? "") + "/v1/hooks/\(hook.kind.rawValue)/"
        return Made(
            hook: hook, secret: secret.text, url: base + secret.text, openURL: base + hook.uid)
    }
}

extension ServiceError {
    static func noHook(_ name: ExactText) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_HOOK", field: "hook", detail: "no hook named \(name)")
    }
}
