import Hashing
import Ledger
public import Records
import Storage
import Wire
import World

/// A hook that was called, and whether its address alone proved that it may be.
public struct CalledHook: Sendable, Hashable {
    public let hook: HookRecord
    /// False where the address names the hook in the open, and the message has to hold its secret.
    let isProven: Bool

    /// What its calls may do.
    var authority: Authority { hook.authority }
}

/// What became of a call.
public enum HookAnswer: Sendable, Hashable {
    case stored(tradeUID: String)
    /// It came before, and its fill is stored.
    case duplicate(tradeUID: String)
    /// It tells of no fill.
    case ignored
    /// Its fill is pulled from the bot now.
    case pulling
    /// It is on disk, and its fill is stored once the database takes it.
    case received
    /// It is kept until its owner decides.
    case quarantined(FillRefusal)
    /// It could not be stored, and there is no more room to keep it: it has to be sent again.
    case quarantineFull(FillRefusal)
    /// The hook's owner has turned it off.
    case turnedOff
}

/// The way from a call into the ledger, or into quarantine: nothing that came is lost in silence.
public struct HookIntake: Sendable {
    let work: UnitOfWork
    let trades: TradeService
    let quarantine: Quarantine
    /// Told which trade of which bot to pull.
    let doorbells: FreqtradeDoorbells

    /// The hook that an address means; nil for what is unknown, of another kind, or of someone who
    /// is no member (any more).
    public func hook(
        at address: String, kind: HookRecord.Kind
    ) async throws -> CalledHook? {
        let hook: HookRecord?
        let secret = HookSecret(address)
        if let secret {
            hook = try await work.read { try Hooks.with(secretHash: secret.hash, in: $0) }
        } else if address.utf8.count == 36, kind == .tradingView {
            hook = try await work.read { try Hooks.with(uid: address, in: $0) }
        } else {
            return nil
        }
        guard let hook, hook.kind == kind, hook.owner.caller != nil else { return nil }
        return CalledHook(hook: hook, isProven: secret != nil)
    }

    /// Takes a call in. Nil where it does not prove that it may call. What came is on disk, as a
    /// fill or in quarantine, once this returns; throws `StorageError` where it can't be.
    ///
    /// A message of TradingView is known by its content: sent again, it is a duplicate. Freqtrade
    /// tells nothing to know a fill by, so there each message is one of its own.
    public func take(
        _ body: [UInt8], contentType: String?, of called: CalledHook
    ) async throws -> HookAnswer? {
        let hook = called.hook
        let contentType = HookMessage.outerType(contentType)
        let payload = Result { () throws(FillRefusal) in
            try HookPayload(body, contentType: contentType)
        }
        let template = try HookTemplates.template(of: hook)
        let carried = (try? payload.get()).flatMap(template.secret)
        guard called.isProven || carried?.matches(hash: hook.secretHash) == true else {
            return nil
        }
        guard hook.isActive else {
            try await noteCall(of: hook)
            return .turnedOff
        }
        let message = HookMessage(
            body: carried.map { HookMessage.body(body, without: $0) } ?? body,
            contentType: contentType, receivedAt: work.world.now())
        guard hook.restBot == nil else {
            try await noteCall(of: hook)
            doorbells.ring(hook, trade: (try? payload.get())?.tradeID)
            return .pulling
        }
        if case .success(let payload) = payload, !template.admits(payload) {
            try await noteCall(of: hook)
            return .ignored
        }
        switch hook.kind {
        case .tradingView: return try await takeAlert(message, hook, template)
        case .freqtrade: return try await takeWeak(message, hook, template)
        }
    }

    private func noteCall(of hook: HookRecord) async throws {
        try await work.write { tx, draw in
            try Hooks.noteCall(of: hook.id, now: draw.now, for: hook.caller, in: tx)
        }
    }
}

/// Alerts of TradingView.
extension HookIntake {
    private func takeAlert(
        _ message: HookMessage, _ hook: HookRecord, _ template: HookTemplate
    ) async throws -> HookAnswer {
        let reading = message.read(by: template, of: hook)
        let identity = message.identity(of: hook)
        let refusal: FillRefusal
        do {
            let fill = try reading.fill.get()
            let report = try await trades.ingest(
                IngestRequest(fills: [.success(fill)], source: .broker), as: hook.authority
            ) { report, tx, draw in
                guard report.rejected == 0 else { return }
                try Hooks.noteCall(of: hook.id, now: draw.now, for: hook.caller, in: tx)
                try Hooks.noteFills(report.accepted, of: hook.id, for: hook.caller, in: tx)
                try AlertSequence(hook: hook).follow(reading, identity, in: tx, &draw)
            }
            switch report.outcomes.first {
            case .accepted(let uid): return .stored(tradeUID: uid)
            case .duplicate(let uid): return .duplicate(tradeUID: uid)
            case .rejected(let found): refusal = found
            case nil: refusal = .invalid(nil, "the message did not reach the ledger")
            }
        } catch let found as FillRefusal {
            refusal = found
        } catch let error as ServiceError {
            refusal = FillRefusal(error)
        }
        return try await quarantine.keep(message, identity: identity, for: refusal, hook) {
            tx, draw in
            try AlertSequence(hook: hook).follow(reading, identity, in: tx, &draw)
        }
    }
}

/// Messages of freqtrade that are all there is.
extension HookIntake {
    private func takeWeak(
        _ message: HookMessage, _ hook: HookRecord, _ template: HookTemplate
    ) async throws -> HookAnswer {
        if case .failure(let refusal) = message.read(by: template, of: hook).fill {
            return try await quarantine.keep(message, identity: nil, for: refusal, hook)
        }
        // First it is on disk under an id of its own; then its fill is stored under that id, as
        // often as it takes.
        let uid = try await quarantine.receive(message, hook)
        guard let uid else { return .pulling }
        do {
            return try await quarantine.store(uid, message, hook, template)
        } catch is StorageError {
            // Sent again it would be another fill: `resume` stores this one.
            return .received
        }
    }

    /// Stores what was taken in and not stored, because the process ended in between.
    public func resume() async throws {
        let before = work.world.now().adding(seconds: -60)
        let uids = try await work.read {
            try HookDeliveries.hooksWithReceived(before: before, for: .owner, in: $0)
        }
        for uid in uids {
            let hook = try await work.read { try Hooks.with(uid: uid, in: $0) }
            guard let hook else { continue }
            let deliveries = try await work.read {
                try HookDeliveries.received(of: hook.id, before: before, for: hook.caller, in: $0)
            }
            let template = try HookTemplates.template(of: hook)
            for delivery in deliveries {
                _ = try await quarantine.store(
                    delivery.uid, HookMessage(delivery), hook, template, isAnswered: true)
            }
        }
    }
}

extension HookRecord {
    var caller: Caller { Caller(userID: owner.id, isAdmin: owner.isAdmin) }

    /// What its calls may do.
    var authority: Authority {
        Authority(
            caller: caller, userUID: owner.uid, permissions: [.ingest], portfolioID: portfolioID,
            strategyID: strategyID)
    }
}

extension FillRefusal {
    /// What holds for the hook as a whole: its portfolio, its template.
    init(_ error: ServiceError) {
        self.init(
            code: Code(rawValue: error.code) ?? .invalidField, field: error.field,
            detail: error.detail)
    }
}
