public import Gateways
public import Ledger
public import Records
import World

/// A gateway that answers as a test tells it to, and remembers what it was asked.
public final class ScriptedGateway: OrderGateway {
    /// What comes of the next call that would change something.
    public enum Behaviour: Sendable {
        case taken
        case refused(String)
        case unsent
        /// It arrives, and its answer is lost.
        case answerLost
        /// It is lost on its way, and nobody can tell.
        case callLost
        /// Questions have no answer either.
        case away
    }

    private struct State {
        var script: [Behaviour] = []
        var isAway = false
        var orders: [String: GatewayOrderState] = [:]
        var calls: [String] = []
    }

    public let brokerCode: String
    public let honoursGroups: Bool
    public let events: AsyncStream<GatewayEvent>
    private let continuation: AsyncStream<GatewayEvent>.Continuation
    private let state = Lock(State())

    public init(brokerCode: String = Account.paperBroker, honoursGroups: Bool = false) {
        self.brokerCode = brokerCode
        self.honoursGroups = honoursGroups
        (events, continuation) = AsyncStream.makeStream()
    }

    /// Behaves so for the calls to come, one after another; then takes all.
    public func script(_ behaviours: Behaviour...) {
        state.withLock { $0.script += behaviours }
    }

    /// Whether questions have no answer.
    public func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    /// What it was asked for, in order.
    public var calls: [String] { state.withLock { $0.calls } }

    /// The orders that still work, as the broker has them.
    public var working: [GatewayOrderState] {
        state.withLock { $0.orders.values.filter(\.status.isOpen) }.sorted { $0.uid < $1.uid }
    }

    /// The orders that arrived.
    public var arrived: [String] { state.withLock { $0.orders.keys.sorted() } }

    /// Changes what the broker knows of an order.
    public func change(
        _ uid: String, status: OrderStatus? = nil, fills: [GatewayFill]? = nil
    ) {
        state.withLock { state in
            guard let order = state.orders[uid] else { return }
            state.orders[uid] = GatewayOrderState(
                uid: uid, brokerOrderID: order.brokerOrderID, status: status ?? order.status,
                instruction: order.instruction, fills: fills ?? order.fills)
        }
    }

    private func perform(
        _ call: String, _ effect: (inout [String: GatewayOrderState]) -> GatewayAnswer
    ) throws(GatewayFailure) -> GatewayAnswer {
        let result: Result<GatewayAnswer, GatewayFailure> = state.withLock { state in
            state.calls.append(call)
            switch state.script.isEmpty ? .taken : state.script.removeFirst() {
            case .taken: return .success(effect(&state.orders))
            case .refused(let reason): return .success(.refused(reason))
            case .unsent: return .failure(.unsent("no connection"))
            case .answerLost:
                _ = effect(&state.orders)
                return .failure(.unknown("timed out"))
            case .callLost: return .failure(.unknown("timed out"))
            case .away:
                state.isAway = true
                return .failure(.unknown("timed out"))
            }
        }
        return try result.get()
    }

    public func place(_ order: GatewayOrder) throws(GatewayFailure) -> GatewayAnswer {
        try perform("place \(order.uid)") { orders in
            let id = ExactText("b-\(order.uid)")
            if orders[order.uid] == nil {
                orders[order.uid] = GatewayOrderState(
                    uid: order.uid, brokerOrderID: id, status: .new,
                    instruction: order.instruction, fills: [])
            }
            return .taken(brokerOrderID: id)
        }
    }

    public func cancel(_ uid: String) throws(GatewayFailure) -> GatewayAnswer {
        try perform("cancel \(uid)") { orders in
            guard let order = orders[uid] else { return .refused("unknown order") }
            orders[uid] = GatewayOrderState(
                uid: uid, brokerOrderID: order.brokerOrderID, status: .canceled,
                instruction: order.instruction, fills: order.fills)
            return .taken(brokerOrderID: order.brokerOrderID)
        }
    }

    public func replace(
        _ uid: String, with instruction: OrderInstruction, groupFilled: Decimal?
    ) throws(GatewayFailure) -> GatewayAnswer {
        try perform("replace \(uid)") { orders in
            guard let order = orders[uid] else { return .refused("unknown order") }
            orders[uid] = GatewayOrderState(
                uid: uid, brokerOrderID: order.brokerOrderID, status: order.status,
                instruction: instruction, fills: order.fills)
            return .taken(brokerOrderID: order.brokerOrderID)
        }
    }

    public func order(_ uid: String) throws(GatewayFailure) -> GatewayOrderState? {
        let (isAway, order) = state.withLock { state in
            state.calls.append("ask \(uid)")
            return (state.isAway, state.orders[uid])
        }
        if isAway { throw .unsent("no connection") }
        return order
    }

    public func openOrders(ofAccount uid: String) throws(GatewayFailure) -> [GatewayOrderState] {
        state.withLock { $0.orders.values.filter(\.status.isOpen) }
    }

    public func account(_ uid: String) throws(GatewayFailure) -> GatewayAccount {
        throw .unsent("no account")
    }
}
