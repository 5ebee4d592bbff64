public import Ledger
public import Records
import Storage
import World

/// What somebody wants to stop or to go on.
public enum StopTarget: Sendable, Hashable {
    /// All that the user trades.
    case all
    case portfolio(ExactText)
    case strategy(StrategyReference)
}

/// What came of it.
public struct StopOutcome: Sendable, Hashable {
    /// Whose trading it is about.
    public let user: User
    public let target: StopTarget
    /// What stops trading there now; none where it goes on.
    public let stops: [TradingStopRecord]
    /// What stops it elsewhere.
    public let otherStops: [TradingStopRecord]
    /// Orders that work on, as a stop cancels none.
    public let workingOrders: Int
    /// Stops that only an admin lifts; of a resume alone.
    public let keptStops: [TradingStopRecord]
}

extension RiskService {
    /// Stops trading at once: with `halted` no order leaves, with `reducing` only those that close.
    /// A stop of the caller's own that holds already is replaced. Throws `.notFound`.
    public func halt(
        _ target: StopTarget, _ state: TradingState = .halted, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> StopOutcome {
        try await change(target, of: caller.userID, update) { user, scope, tx, draw in
            try Self.stop(scope, .user, state, by: nil, of: user, tx, &draw)
        }
    }

    /// The same to somebody else, which only an admin lifts.
    public func halt(
        _ target: StopTarget, _ state: TradingState = .halted, of telegramUserID: Int64,
        by admin: Administrator, update: IncomingUpdate? = nil
    ) async throws -> StopOutcome {
        try await change(target, ofTelegramUser: telegramUserID, admin, update) {
            user, scope, tx, draw in
            try Self.stop(scope, .admin, state, by: admin.userID, of: user, tx, &draw)
        }
    }

    /// Lets the caller's trading go on where they had stopped it. Stops by an admin or a policy
    /// stay.
    public func resume(
        _ target: StopTarget, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> StopOutcome {
        try await change(target, of: caller.userID, update) { user, scope, tx, draw in
            try Self.resume(scope, [.user], by: nil, of: user, tx, &draw)
        }
    }

    /// Lets somebody's trading go on, whoever or whatever had stopped it.
    public func resume(
        _ target: StopTarget, of telegramUserID: Int64, by admin: Administrator,
        update: IncomingUpdate? = nil
    ) async throws -> StopOutcome {
        try await change(target, ofTelegramUser: telegramUserID, admin, update) {
            user, scope, tx, draw in
            try Self.resume(
                scope, TradingStopRecord.Setter.allCases, by: admin.userID, of: user, tx, &draw)
        }
    }

    /// What stops the caller's trading now.
    public func stops(for caller: Caller) async throws -> [TradingStopRecord] {
        let now = work.world.now()
        return try await work.read { try TradingStops.inForce(at: now, for: caller, in: $0) }
    }

    private typealias Change =
        @Sendable (
            User, RiskScope, any Transaction, inout Draw
        ) throws -> Void

    private func change(
        _ target: StopTarget, ofTelegramUser telegramUserID: Int64, _ admin: Administrator,
        _ update: IncomingUpdate?, _ body: @escaping Change
    ) async throws -> StopOutcome {
        let user = try await work.read { tx in
            try Users.with(telegramUserID: telegramUserID, in: tx)
        }
        guard let user else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_USER", field: "user",
                detail: "nobody with the Telegram id \(telegramUserID)")
        }
        return try await change(target, of: user.id, update, body)
    }

    private func change(
        _ target: StopTarget, of userID: UserID, _ update: IncomingUpdate?,
        _ body: @escaping Change
    ) async throws -> StopOutcome {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            guard let user = try Users.with(id: userID, in: tx), let caller = user.caller else {
                throw ServiceError(
                    .notFound, code: "UNKNOWN_USER", field: "user", detail: "no such member")
            }
            try Users.lock(caller, in: tx)
            let scope = try Self.scope(of: target, for: caller, in: tx)
            try body(user, scope, tx, &draw)
            let all = try TradingStops.inForce(at: draw.now, for: caller, in: tx)
            let stops = all.filter { $0.scope == scope }
            let working = try PlacedOrders.open(for: caller, in: tx).filter { order in
                let holding = order.holding
                return (scope.portfolioID ?? holding.portfolioID) == holding.portfolioID
                    && (scope.strategyID ?? holding.strategyID) == holding.strategyID
            }
            return StopOutcome(
                user: user, target: target, stops: stops,
                otherStops: all.filter { $0.scope != scope }, workingOrders: working.count,
                keptStops: stops.filter { $0.setBy != .user })
        }
    }

    private static func stop(
        _ scope: RiskScope, _ setter: TradingStopRecord.Setter, _ state: TradingState,
        by admin: UserID?, of user: User, _ tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard state != .active, let caller = user.caller else { return }
        try TradingStops.put(
            uid: draw.uid(), portfolio: scope.portfolioID, strategy: scope.strategyID,
            setBy: setter, state, until: nil,
            reason: admin == nil ? "stopped by hand" : "stopped by an admin", now: draw.now,
            for: caller, in: tx)
        try StopAudit.write(
            scope, state.rawValue, because: nil, by: admin, userID: user.id, now: draw.now, in: tx)
    }

    private static func resume(
        _ scope: RiskScope, _ setters: [TradingStopRecord.Setter], by admin: UserID?,
        of user: User, _ tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard let caller = user.caller else { return }
        let lifted = try TradingStops.inForce(at: draw.now, for: caller, in: tx)
            .contains { $0.scope == scope && setters.contains($0.setBy) }
        try TradingStops.lift(
            setters, portfolio: scope.portfolioID, strategy: scope.strategyID, for: caller, in: tx)
        guard lifted else { return }
        try StopAudit.write(
            scope, TradingState.active.rawValue, because: nil, by: admin, userID: user.id,
            now: draw.now, in: tx)
    }

    private static func scope(
        of target: StopTarget, for caller: Caller, in tx: any Transaction
    ) throws -> RiskScope {
        switch target {
        case .all: return .user
        case .portfolio(let name):
            let portfolio = try PortfolioService.resolve(name, for: caller, in: tx)
            return .portfolio(PortfolioNumber(portfolio.id.raw))
        case .strategy(let reference):
            guard let strategy = try StrategyService.find(reference, for: caller, in: tx) else {
                throw ServiceError.noStrategy(reference.description)
            }
            return .strategy(StrategyNumber(strategy.id.raw))
        }
    }
}

/// Breaches, and whether somebody has seen them.
extension RiskService {
    /// Notes that the caller has seen a breach. One that stands is cleared by itself as soon as its
    /// limit is not exceeded any more; one of an order is over with it. Throws `.notFound`.
    public func acknowledge(
        breach uid: String, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> RiskBreachRecord {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try RiskBreaches.acknowledge(uid: uid, now: draw.now, for: caller, in: tx)
            guard let breach = try RiskBreaches.with(uid: uid, for: caller, in: tx) else {
                throw ServiceError(
                    .notFound, code: "UNKNOWN_BREACH", field: "breach",
                    detail: "there is no such breach")
            }
            return breach
        }
    }
}
