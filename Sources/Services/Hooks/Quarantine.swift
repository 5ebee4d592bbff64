import Ledger
public import Records
import Storage
import World

/// What came through hooks and is no trade yet: kept with its reason, looked at, tried again,
/// discarded.
public struct Quarantine: Sendable {
    let work: UnitOfWork
    let trades: TradeService
    /// Told of messages whose fills are pulled by now.
    let doorbells: FreqtradeDoorbells

    /// An owner is told at most so often of one hook.
    private static let secondsBetweenNotices: Int64 = 15 * 60
    /// For so long it is known what was retried or discarded.
    private static let memorySeconds: Int64 = 365 * 24 * 3600

    /// What a message says was pulled from the hook's bot, or will be.
    private struct FillIsPulled: Error {}

    /// Keeps a message that could not be stored; one that came before is counted, unless it was
    /// fetched again by ourselves. One of freqtrade is not kept where the hook has a bot by now.
    func keep(
        _ message: HookMessage, identity: String?, for refusal: FillRefusal, _ hook: HookRecord,
        wasFetched: Bool = false,
        alongside: @escaping @Sendable (any Transaction, inout Draw) throws -> Void = { _, _ in }
    ) async throws -> HookAnswer {
        let answer = try await work.write { tx, draw -> HookAnswer in
            try Users.lock(hook.caller, in: tx)
            if !wasFetched {
                try Hooks.noteCall(of: hook.id, now: draw.now, for: hook.caller, in: tx)
                if try Self.hasBot(hook, in: tx) { return .pulling }
            }
            try alongside(tx, &draw)
            let reason = HookDelivery.Reason(refusal)
            var known: HookDelivery.Status?
            if let identity {
                known = try HookDeliveries.status(
                    identity: identity, of: hook.id, for: hook.caller, in: tx)
                try HookDeliveries.count(
                    again: wasFetched ? 0 : 1, identity: identity, of: hook.id,
                    for: hook.caller, in: tx)
            }
            if known == .discarded { return .quarantined(refusal) }
            if known != .quarantined {
                guard try Self.hasRoom(hook, in: tx, &draw) else {
                    return .quarantineFull(refusal)
                }
            }
            if let identity, known != nil {
                try HookDeliveries.renew(
                    identity: identity, of: hook.id, contentType: message.contentType,
                    body: message.body, reason: reason, for: hook.caller, in: tx)
            } else {
                try HookDeliveries.insert(
                    uid: draw.uid(), hook: hook.id, status: .quarantined, identity: identity,
                    contentType: message.contentType, body: message.body, reason: reason,
                    now: message.receivedAt, for: hook.caller, in: tx)
            }
            if known != .quarantined { try Self.tell(of: refusal, hook, in: tx, &draw) }
            return .quarantined(refusal)
        }
        if answer == .pulling { doorbells.ring(hook, trade: message.tradeID) }
        return answer
    }

    /// Puts a message on disk before its fill is stored; returns its uid, or nil where the hook has
    /// a bot by now, which is asked then. It needs no room: only what fails does.
    func receive(_ message: HookMessage, _ hook: HookRecord) async throws -> String? {
        let uid = try await work.write { tx, draw -> String? in
            try Users.lock(hook.caller, in: tx)
            try Hooks.noteCall(of: hook.id, now: draw.now, for: hook.caller, in: tx)
            if try Self.hasBot(hook, in: tx) { return nil }
            let uid = draw.uid()
            try HookDeliveries.insert(
                uid: uid, hook: hook.id, status: .received, identity: nil,
                contentType: message.contentType, body: message.body, reason: nil,
                now: message.receivedAt, for: hook.caller, in: tx)
            return uid
        }
        if uid == nil { doorbells.ring(hook, trade: message.tradeID) }
        return uid
    }

    private static func hasBot(_ hook: HookRecord, in tx: any Transaction) throws -> Bool {
        try Hooks.with(id: hook.id, for: hook.caller, in: tx)?.restBot != nil
    }

    /// Stores the fill of a message that was received under this uid; it is known by it, so this
    /// may be repeated. Where it fails and there is no room to keep it, it is forgotten, unless
    /// `isAnswered`: then nobody would send it again, and it stays received.
    func store(
        _ uid: String, _ message: HookMessage, _ hook: HookRecord, _ template: HookTemplate,
        isAnswered: Bool = false
    ) async throws -> HookAnswer {
        let outcome = try await ingest(uid, message, hook, template) { tx, _ in
            try HookDeliveries.remove(uid: uid, for: hook.caller, in: tx)
        }
        switch outcome {
        case .fill(.accepted(let tradeUID)): return .stored(tradeUID: tradeUID)
        case .fill(.duplicate(let tradeUID)): return .duplicate(tradeUID: tradeUID)
        case .pulling:
            try await work.write { tx, _ in
                try HookDeliveries.remove(uid: uid, for: hook.caller, in: tx)
            }
            doorbells.ring(hook, trade: message.tradeID)
            return .pulling
        case .fill(.rejected(let refusal)):
            return try await work.write { tx, draw in
                try Users.lock(hook.caller, in: tx)
                guard try Self.hasRoom(hook, in: tx, &draw) else {
                    if !isAnswered {
                        try HookDeliveries.remove(uid: uid, for: hook.caller, in: tx)
                    }
                    return .quarantineFull(refusal)
                }
                try HookDeliveries.quarantine(
                    uid: uid, reason: HookDelivery.Reason(refusal), for: hook.caller, in: tx)
                try Self.tell(of: refusal, hook, in: tx, &draw)
                return .quarantined(refusal)
            }
        }
    }

    /// Stores the fill of a kept message, and with it what `alongside` writes. What came as a
    /// message while the hook had no bot is a fill of its own; what came later is pulled.
    private func ingest(
        _ uid: String, _ message: HookMessage, _ hook: HookRecord, _ template: HookTemplate,
        alongside: @escaping @Sendable (any Transaction, inout Draw) throws -> Void
    ) async throws -> RetryOutcome {
        let isWeak = hook.kind == .freqtrade && !message.isPulled
        if isWeak, hook.restBot != nil, message.receivedAt > hook.weakUntil ?? .distantPast {
            return .pulling
        }
        // A message of freqtrade is known by the delivery, whatever its content.
        let identity = isWeak ? "ftw-\(uid)" : nil
        do {
            let fill = try message.read(by: template, of: hook, identity: identity).fill.get()
            let report = try await trades.ingest(
                IngestRequest(fills: [.success(fill)], source: .broker), as: hook.authority
            ) { report, tx, draw in
                guard report.rejected == 0 else { return }
                try Hooks.noteFills(report.accepted, of: hook.id, for: hook.caller, in: tx)
                if isWeak, report.accepted > 0,
                    try !Hooks.noteWeakFill(
                        at: message.receivedAt, of: hook.id, for: hook.caller, in: tx)
                {
                    throw FillIsPulled()
                }
                try alongside(tx, &draw)
            }
            return .fill(
                report.outcomes.first
                    ?? .rejected(.invalid(nil, "the message did not reach the ledger")))
        } catch is FillIsPulled {
            return .pulling
        } catch let refusal as FillRefusal {
            return .fill(.rejected(refusal))
        } catch let error as ServiceError {
            return .fill(.rejected(FillRefusal(error)))
        }
    }

    /// Whether one more can be kept; where not, its owner is told.
    private static func hasRoom(
        _ hook: HookRecord, in tx: any Transaction, _ draw: inout Draw
    ) throws -> Bool {
        try HookDeliveries.prune(
            before: draw.now.adding(seconds: -memorySeconds), for: hook.caller, in: tx)
        let count = try HookDeliveries.countQuarantined(for: hook.caller, in: tx)
        guard count >= Limits.quarantinedPerUser else { return true }
        if try mayTell(hook, in: tx, draw.now) {
            try Notice.quarantineFull(hook: hook.name.text).post(to: hook.owner, in: tx, &draw)
        }
        return false
    }

    private static func tell(
        of refusal: FillRefusal, _ hook: HookRecord, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard try mayTell(hook, in: tx, draw.now) else { return }
        let waiting = try HookDeliveries.countQuarantined(for: hook.caller, in: tx)
        let reason = refusal.field.map { "\($0): \(refusal.detail)" } ?? refusal.detail
        try Notice.quarantined(hook: hook.name.text, reason: reason, waiting: waiting)
            .post(to: hook.owner, in: tx, &draw)
    }

    private static func mayTell(
        _ hook: HookRecord, in tx: any Transaction, _ now: Timestamp
    ) throws -> Bool {
        let told = try Hooks.with(id: hook.id, for: hook.caller, in: tx)?.toldAt
        if let told, now.wholeSeconds(since: told) < secondsBetweenNotices { return false }
        try Hooks.noteTold(of: hook.id, now: now, for: hook.caller, in: tx)
        return true
    }
}

/// For the owner.
extension Quarantine {
    /// What waits, oldest first.
    public func waiting(for caller: Caller) async throws -> [HookDelivery] {
        try await work.read {
            try HookDeliveries.quarantined(
                limit: Limits.quarantinedPerUser, for: caller, in: $0)
        }
    }

    /// Throws `.notFound`.
    public func delivery(
        _ id: HookDeliveryID, for caller: Caller
    ) async throws -> HookDelivery {
        let found = try await work.read { try HookDeliveries.with(id: id, for: caller, in: $0) }
        guard let found else { throw ServiceError.noDelivery(id) }
        return found
    }

    /// Tries a message again, by the hook's template as it is now. What is stored stays stored,
    /// so it may be repeated. Throws `.notFound` for what is unknown or does not wait (any more).
    public func retry(
        _ id: HookDeliveryID, for caller: Caller
    ) async throws -> RetryOutcome {
        let delivery = try await delivery(id, for: caller)
        guard delivery.status == .quarantined,
            let hook = try await work.read({
                try Hooks.with(id: delivery.hookID, for: caller, in: $0)
            })
        else { throw ServiceError.noDelivery(id) }
        let message = HookMessage(delivery)
        @Sendable func settle(_ tx: any Transaction, _ draw: inout Draw) throws {
            _ = try HookDeliveries.settle(
                uid: delivery.uid, as: .retried, now: draw.now, for: caller, in: tx)
        }
        let outcome = try await ingest(
            delivery.uid, message, hook, try HookTemplates.template(of: hook), alongside: settle)
        switch outcome {
        case .fill(.accepted), .fill(.duplicate): break
        case .fill(.rejected(let refusal)):
            try await work.write { tx, _ in
                try HookDeliveries.quarantine(
                    uid: delivery.uid, reason: HookDelivery.Reason(refusal), for: caller, in: tx)
            }
        case .pulling:
            try await work.write { try settle($0, &$1) }
            doorbells.ring(hook, trade: message.tradeID)
        }
        return outcome
    }

    /// Drops messages for good; returns how many of them still waited.
    public func discard(
        _ ids: [HookDeliveryID], for caller: Caller
    ) async throws -> Int {
        try await work.write { tx, draw in
            var count = 0
            for id in ids {
                guard let delivery = try HookDeliveries.with(id: id, for: caller, in: tx),
                    delivery.status == .quarantined,
                    try HookDeliveries.settle(
                        uid: delivery.uid, as: .discarded, now: draw.now, for: caller, in: tx)
                else { continue }
                count += 1
                try AuditLog.append(
                    [
                        AuditEntry(
                            .reject, .hook, id: delivery.hookID.raw,
                            detailsJSON: Details.object(["delivery_uid": delivery.uid]))
                    ], userID: caller.userID, now: draw.now, in: tx)
            }
            return count
        }
    }
}

/// What became of a message that was tried again.
public enum RetryOutcome: Sendable, Hashable {
    case fill(FillOutcome)
    /// It is no fill of its own any more: what it tells of is pulled from the hook's bot.
    case pulling
}

extension HookDelivery.Reason {
    init(_ refusal: FillRefusal) {
        self.init(code: refusal.code.rawValue, field: refusal.field, detail: refusal.detail)
    }
}

extension ServiceError {
    fileprivate static func noDelivery(_ id: HookDeliveryID) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_DELIVERY", field: "number",
            detail: "nothing with the number \(id) waits in your quarantine")
    }
}
