import Ledger
public import Records
public import Storage
import World

/// Actions that wait for a Confirm button: proposed, decided once by the one they were proposed
/// to, carried out once.
///
/// Carrying out is done between `take` and `finish`, and may have to be tried again when the
/// process ends in between: it has to be idempotent by the action's token.
public struct ActionService: Sendable {
    let work: UnitOfWork

    /// For so long an action can be decided where its kind says nothing else.
    public static let lifetimeSeconds: Int64 = 15 * 60
    /// For so long its result is known.
    private static let memorySeconds: Int64 = 30 * 24 * 3600

    /// What a press on a button leads to.
    public enum Turn: Sendable, Hashable {
        /// It is confirmed: carry it out, then `finish` it.
        case due(PendingAction)
        /// It was carried out before.
        case done(PendingAction, ActionOutcome)
        /// It was confirmed before, so it can't be discarded; what came of it is not known yet.
        case underway(PendingAction)
        /// It is discarded, by this press or an earlier one.
        case discarded(PendingAction)
        /// Nobody decided in time.
        case expired(PendingAction)

        public var action: PendingAction {
            switch self {
            case .due(let action), .done(let action, _), .underway(let action),
                .discarded(let action), .expired(let action):
                action
            }
        }
    }

    /// Stores a proposal, to be decided within `lifetimeSeconds`. An update that is delivered again
    /// gets what it proposed the first time. The one that it replaces is discarded. Throws `.limit`
    /// where too many wait already.
    public func propose(
        kind: String, contentJSON: String,
        lifetimeSeconds: Int64 = ActionService.lifetimeSeconds, replacing old: String? = nil,
        for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> PendingAction {
        try await work.write { tx, draw in
            try Users.lock(caller, in: tx)
            if let update,
                let known = try PendingActions.with(updateID: update.id, for: caller, in: tx)
            {
                return known
            }
            let now = draw.now
            try PendingActions.prune(
                before: now.adding(seconds: -Self.memorySeconds), for: caller, in: tx)
            if let old {
                _ = try PendingActions.decide(old, as: .discard, now: now, for: caller, in: tx)
            }
            guard
                try PendingActions.countOpen(now: now, for: caller, in: tx)
                    < Limits.openActionsPerUser
            else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_ACTIONS",
                    detail: "\(Limits.openActionsPerUser) proposals wait for your Confirm or"
                        + " Discard: decide on some, or wait until they expire")
            }
            let token = draw.uid()
            try PendingActions.insert(
                token: token, updateID: update?.id, kind: kind, contentJSON: contentJSON,
                now: now, expiresAt: now.adding(seconds: lifetimeSeconds), for: caller, in: tx)
            return try Self.action(token, for: caller, in: tx)
        }
    }

    /// Lays an action before somebody else than the one whose unit of work this is, as part of it:
    /// an admin is to decide, say. They alone can, by buttons with the token that is returned; a
    /// notice brings those to them. How many are laid before one user is bounded by what asks.
    public static func offer(
        kind: String, contentJSON: String,
        lifetimeSeconds: Int64 = ActionService.lifetimeSeconds, to user: User,
        in tx: any Transaction, _ draw: inout Draw
    ) throws -> String {
        let decider = Caller(userID: user.id, isAdmin: user.isAdmin)
        let now = draw.now
        try PendingActions.prune(
            before: now.adding(seconds: -memorySeconds), for: decider, in: tx)
        let token = draw.uid()
        try PendingActions.insert(
            token: token, updateID: nil, kind: kind, contentJSON: contentJSON, now: now,
            expiresAt: now.adding(seconds: lifetimeSeconds), for: decider, in: tx)
        return token
    }

    /// What an update made when it came the first time; nil where it made nothing, or comes now.
    public func made(
        by update: IncomingUpdate?, for caller: Caller
    ) async throws -> PendingAction? {
        guard let update else { return nil }
        return try await work.read {
            try PendingActions.with(updateID: update.id, for: caller, in: $0)
        }
    }

    /// The newest of a kind that waits for the caller's decision.
    public func newest(kind: String, for caller: Caller) async throws -> PendingAction? {
        let now = work.world.now()
        return try await work.read {
            try PendingActions.newest(kind: kind, now: now, for: caller, in: $0)
        }
    }

    /// What was proposed to the caller under this token, whatever has become of it. Throws
    /// `.notFound`.
    public func proposed(_ token: String, for caller: Caller) async throws -> PendingAction {
        try await work.read { tx in try Self.action(token, for: caller, in: tx) }
    }

    /// Decides, unless it was decided before; repeating changes nothing. Throws `.notFound` for
    /// what was proposed to somebody else, never, or too long ago to be known.
    public func take(
        _ token: String, as decision: PendingAction.Decision, for caller: Caller
    ) async throws -> Turn {
        try await work.write { tx, draw in
            _ = try PendingActions.decide(token, as: decision, now: draw.now, for: caller, in: tx)
            let action = try Self.action(token, for: caller, in: tx)
            switch action.decision {
            case nil: return .expired(action)
            case .discard: return .discarded(action)
            case .confirm:
                if let outcome = Self.outcome(of: action) { return .done(action, outcome) }
                return decision == .confirm ? .due(action) : .underway(action)
            }
        }
    }

    /// Keeps what came of a confirmed action and returns it; where it was finished before, what
    /// came of it then. Throws `.notFound`.
    public func finish(
        _ action: PendingAction, with outcome: ActionOutcome, for caller: Caller
    ) async throws -> ActionOutcome {
        try await work.write { tx, draw in
            try PendingActions.finish(
                action.token, resultJSON: outcome.json, now: draw.now, for: caller, in: tx)
            let finished = try Self.action(action.token, for: caller, in: tx)
            return Self.outcome(of: finished) ?? outcome
        }
    }

    private static func outcome(of action: PendingAction) -> ActionOutcome? {
        action.resultJSON.flatMap(ActionOutcome.init(json:))
    }

    private static func action(
        _ token: String, for caller: Caller, in tx: any Transaction
    ) throws -> PendingAction {
        guard let action = try PendingActions.with(token: token, for: caller, in: tx) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_ACTION",
                detail: "these buttons are for whoever asked, and only for a while: send the"
                    + " command yourself")
        }
        return action
    }
}
