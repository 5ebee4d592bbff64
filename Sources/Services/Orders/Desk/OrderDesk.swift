public import Gateways
public import Ledger
import Records
import Storage
import World

/// Carries what orders ask for to their gateways, after the commit that stored it, and what comes
/// of it back into the ledger.
///
/// A call that may have reached its broker is never made a second time: what came of it is asked
/// for. The calls of one order are made one after another, those of different orders beside each
/// other.
public struct OrderDesk: Sendable {
    private let orders: OrderService
    private let work: UnitOfWork
    private let gateways: [String: any OrderGateway]
    private let observe: @Sendable (Trouble) -> Void

    /// What went wrong on the way; the desk goes on.
    public enum Trouble: Sendable {
        /// The database was away, or a gateway's answer could not be stored; it is tried again.
        case storage(any Error)
        /// A gateway's event that the ledger could not take.
        case event(GatewayEvent, OrderService.Recorded)
        /// An event that could not be stored, though the database is there. It is let go, so that
        /// it does not hold up those of everybody else; its order is taken up again as it is
        /// stored when the service starts the next time.
        case lost(GatewayEvent, any Error)
        /// A gateway gave no answer.
        case silence(gateway: String, order: String, GatewayFailure)
    }

    /// Calls that are made beside each other.
    private static let batch = 50
    private static let outagePauseSeconds: Int64 = 5
    /// An order of which the broker knows nothing, as often as this, never arrived.
    private static let askingsUntilLost = 5
    /// Why such an order is rejected.
    static let neverArrived = "it never reached the broker"

    public init(
        _ services: Services, gateways: [any OrderGateway],
        observe: @escaping @Sendable (Trouble) -> Void = { _ in }
    ) {
        orders = services.orders
        work = services.work
        self.gateways = Dictionary(gateways.map { ($0.brokerCode, $0) }) { first, _ in first }
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns. Once for one service.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for gateway in gateways.values {
                group.addTask { await listen(to: gateway) }
            }
            group.addTask { await carry() }
        }
    }

    // MARK: Events

    private func listen(to gateway: any OrderGateway) async {
        for await event in gateway.events {
            await take(event, from: gateway)
        }
    }

    /// Stores an event, however long the database is away.
    private func take(_ event: GatewayEvent, from gateway: any OrderGateway) async {
        while !Task.isCancelled {
            do {
                let recorded = try await orders.record(event, from: gateway.brokerCode)
                switch recorded {
                case .stored, .known: break
                case .illegal, .refused, .unknownOrder: observe(.event(event, recorded))
                }
                return
            } catch {
                guard let error = error as? StorageError, error.isOutage else {
                    if !(error is CancellationError) { observe(.lost(event, error)) }
                    return
                }
                observe(.storage(error))
                let next = work.world.now().adding(seconds: Self.outagePauseSeconds)
                try? await work.world.sleep(until: next)
            }
        }
    }

    /// Stores all events that gateways have told by now; for programs that have no `run`.
    public func takeEvents(_ events: [GatewayEvent], from gateway: any OrderGateway) async {
        for event in events { await take(event, from: gateway) }
    }

    // MARK: Calls

    private func carry() async {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wake.yield()
        let announcements = Task {
            for await _ in work.submissionsGrew { wake.yield() }
        }
        var timer = Task {}
        var isFresh = true
        for await _ in wakes {
            var next: Timestamp?
            do {
                if isFresh { try await begin() }
                isFresh = false
                next = try await carryDue()
            } catch is CancellationError {
                break
            } catch {
                observe(.storage(error))
                next = work.world.now().adding(seconds: Self.outagePauseSeconds)
            }
            timer.cancel()
            guard let next else { continue }
            timer = Task {
                try? await work.world.sleep(until: next)
                if !Task.isCancelled { wake.yield() }
            }
        }
        timer.cancel()
        announcements.cancel()
    }

    /// At the start: what was on its way when the process ended may have arrived.
    public func begin() async throws {
        try await work.write { tx, draw in
            try Submissions.doubtWhatWasSent(now: draw.now, in: tx)
        }
    }

    /// Makes all calls that are due; returns when the next one is, nil where none waits.
    public func carryDue() async throws -> Timestamp? {
        while true {
            let now = work.world.now()
            let (due, next) = try await work.read { tx in
                (
                    try Submissions.due(before: now, limit: Self.batch, in: tx),
                    try Submissions.nextDue(in: tx)
                )
            }
            guard !due.isEmpty else { return next }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for submission in due {
                    group.addTask { try await carry(submission) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func carry(_ submission: Submission) async throws {
        guard let gateway = gateways[submission.gateway] else {
            return try await settle(
                submission, .failed, "no gateway to \(submission.gateway) is set up")
        }
        if try await isSettled(submission, by: gateway) { return }
        switch submission.state {
        case .waiting: try await send(submission, to: gateway)
        case .sending, .unknown: try await ask(about: submission, gateway)
        case .done, .failed: break
        }
    }

    /// What its gateway knows by itself, and terms that others have overtaken, need not leave.
    private func isSettled(
        _ submission: Submission, by gateway: any OrderGateway
    ) async throws -> Bool {
        if gateway.honoursGroups, submission.exitCause == .group {
            try await settle(submission, .done)
            return true
        }
        guard submission.kind == .replace,
            try await work.read({ try Submissions.isOvertaken(submission, in: $0) })
        else { return false }
        try await settle(submission, .failed, "it was overtaken by what was asked for since")
        return true
    }

    private func send(_ submission: Submission, to gateway: any OrderGateway) async throws {
        // Until it is stored that it leaves, it may not leave.
        let order = try await work.write { tx, draw -> GatewayOrder? in
            guard
                let order = try OrderService.lockedOrder(
                    submission.orderUID, at: submission.gateway, in: tx),
                submission.mayLeave(for: order)
            else { return nil }
            try Submissions.set(
                .sending, of: submission, attempts: submission.attempts + 1,
                due: draw.now.adding(seconds: 60), now: draw.now, in: tx)
            return try GatewayOrder(order, in: tx)
        }
        guard let order else {
            return try await settle(submission, .failed, "the order has ended", rejects: false)
        }
        let answer: GatewayAnswer
        do throws(GatewayFailure) {
            answer = try await call(gateway, submission, order)
        } catch {
            await tell(error, of: submission)
            switch error {
            case .unsent(let reason): try await wait(submission, .waiting, reason)
            case .unknown(let reason): try await wait(submission, .unknown, reason)
            }
            return
        }
        try await take(answer, to: submission)
    }

    private func call(
        _ gateway: any OrderGateway, _ submission: Submission, _ order: GatewayOrder
    ) async throws(GatewayFailure) -> GatewayAnswer {
        switch submission.kind {
        case .place: return try await gateway.place(order)
        case .cancel: return try await gateway.cancel(order.uid)
        case .replace:
            guard let terms = OrderTermsJSON.read(submission.termsJSON) else {
                return .refused("its terms can't be read")
            }
            return try await gateway.replace(
                order.uid, with: terms, groupFilled: order.groupFilled)
        }
    }

    private func tell(_ failure: GatewayFailure, of submission: Submission) async {
        observe(
            .silence(
                gateway: submission.gateway, order: submission.orderUID, failure))
    }
}

/// What comes of calls.
extension OrderDesk {
    /// Looks at it again after a pause that grows with the attempts.
    private func wait(
        _ submission: Submission, _ state: Submission.State, _ error: String
    ) async throws {
        try await work.write { tx, draw in
            let pause = Int64(1) << min(submission.attempts, 6)
            try Submissions.set(
                state, of: submission, attempts: submission.attempts + 1, error: error,
                due: draw.now.adding(seconds: pause), now: draw.now, in: tx)
        }
    }

    private func settle(
        _ submission: Submission, _ state: Submission.State, _ error: String? = nil,
        rejects: Bool = true
    ) async throws {
        try await work.write { tx, draw in
            try Self.settle(submission, state, error, in: tx, draw)
            if rejects, submission.kind == .place, state == .failed, let error {
                try Self.reject(submission, because: error, in: tx, &draw)
            }
        }
    }

    private static func settle(
        _ submission: Submission, _ state: Submission.State, _ error: String?,
        in tx: any Transaction, _ draw: Draw
    ) throws {
        try Submissions.set(
            state, of: submission, attempts: submission.attempts, error: error, due: draw.now,
            now: draw.now, in: tx)
    }

    private static func reject(
        _ submission: Submission, because reason: String, in tx: any Transaction,
        _ draw: inout Draw
    ) throws {
        guard
            let order = try OrderService.lockedOrder(
                submission.orderUID, at: submission.gateway, in: tx)
        else { return }
        let event = GatewayEvent(
            uid: order.uid, brokerOrderID: nil, kind: .rejected(reason), time: draw.now)
        _ = try OrderService.record(event, of: order, in: tx, &draw)
    }

    private func take(_ answer: GatewayAnswer, to submission: Submission) async throws {
        try await work.write { tx, draw in
            switch answer {
            case .taken(let brokerOrderID):
                try Self.settle(submission, .done, nil, in: tx, draw)
                guard submission.kind == .place,
                    let order = try OrderService.lockedOrder(
                        submission.orderUID, at: submission.gateway, in: tx)
                else { return }
                let event = GatewayEvent(
                    uid: order.uid, brokerOrderID: brokerOrderID, kind: .accepted, time: draw.now)
                _ = try OrderService.record(event, of: order, in: tx, &draw)
            case .refused(let reason):
                try Self.settle(submission, .failed, reason, in: tx, draw)
                if submission.kind == .place {
                    try Self.reject(submission, because: reason, in: tx, &draw)
                }
            }
        }
    }

    /// Resolves what may have arrived, by asking.
    private func ask(about submission: Submission, _ gateway: any OrderGateway) async throws {
        let state: GatewayOrderState?
        do throws(GatewayFailure) {
            state = try await gateway.order(submission.orderUID)
        } catch {
            await tell(error, of: submission)
            return try await wait(submission, .unknown, "no answer")
        }
        guard let state else {
            if submission.kind == .place, submission.attempts < Self.askingsUntilLost {
                return try await wait(submission, .unknown, "the broker does not know it yet")
            }
            return try await settle(submission, .failed, Self.neverArrived)
        }
        for event in state.events(at: work.world.now()) { await take(event, from: gateway) }
        switch submission.kind {
        case .place: try await settle(submission, .done)
        case .cancel:
            // To ask for the end again of what still works harms nothing.
            state.status.isOpen
                ? try await wait(submission, .waiting, "it still works")
                : try await settle(submission, .done)
        case .replace:
            let isInForce = OrderTermsJSON.read(submission.termsJSON) == state.instruction
            isInForce || !state.status.isOpen
                ? try await settle(submission, .done)
                : try await wait(submission, .waiting, "the old terms are in force")
        }
    }
}

extension GatewayOrder {
    init(_ order: PlacedOrder, in tx: any Transaction) throws {
        let others = try order.bracket.map { bracket in
            try PlacedOrders.of(bracket.id, for: order.owner, in: tx).filter { $0.id != order.id }
        }
        self.init(
            uid: order.uid, accountUID: order.accountUID, instrument: order.instrument,
            instruction: order.instruction, placedAt: order.placedAt, group: order.bracket?.uid,
            groupFilled: others.map { $0.sumOfFilled ?? .zero })
    }
}

extension Submission {
    /// An exit that has ended in the ledger has to be ended at its gateway.
    fileprivate func mayLeave(for order: PlacedOrder) -> Bool {
        if order.progress.status.isOpen { return true }
        return kind == .cancel && exitCause != nil && order.progress.status == .canceled
    }
}

extension GatewayOrderState {
    /// What must have happened for it to be as it is.
    fileprivate func events(at now: Timestamp) -> [GatewayEvent] {
        func event(_ kind: GatewayEvent.Kind, _ time: Timestamp) -> GatewayEvent {
            GatewayEvent(uid: uid, brokerOrderID: brokerOrderID, kind: kind, time: time)
        }
        var events = fills.map { event(.filled($0), $0.time) }
        switch status {
        case .rejected: return [event(.rejected("the broker refused it"), now)]
        case .draft, .simulated, .denied, .pending: return events
        case .new, .partiallyFilled, .filled, .canceled, .expired:
            events.insert(event(.accepted, now), at: 0)
        }
        events.append(event(.replaced(instruction), now))
        if status == .canceled { events.append(event(.canceled(nil), now)) }
        if status == .expired { events.append(event(.expired, now)) }
        return events
    }
}
