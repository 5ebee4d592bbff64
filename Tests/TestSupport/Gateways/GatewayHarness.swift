public import Gateways
public import Ledger

/// A gateway with a market in the hands of the test: what a gateway has to bring along to be held
/// to the contract.
public protocol GatewayHarness: Sendable {
    var gateway: any OrderGateway { get }
    /// One that trades at every hour, at prices around 100, in whole units.
    var instrument: Instrument { get }
    /// May spend 100,000 of the instrument's currency, holds nothing at first and may sell short.
    var accountUID: String { get }

    func now() -> Timestamp
    /// Lets the market show a bid and an ask, of this size on both sides; nil is more than enough.
    func market(bid: Decimal, ask: Decimal, size: Decimal?) async throws
    /// Lets the account hold this much of the instrument.
    func hold(_ quantity: Decimal) async throws
}

/// What a gateway did against the contract.
public struct ContractBreach: Error, CustomStringConvertible {
    public let description: String
}

/// Throws what is wrong unless `holds`.
func require(_ holds: Bool, _ wrong: @autoclosure () -> String) throws {
    guard holds else { throw ContractBreach(description: wrong()) }
}

/// A harness in use: short ways to place orders, and what was told of each so far.
struct GatewayTrial {
    let harness: any GatewayHarness
    private var iterator: AsyncStream<GatewayEvent>.Iterator
    private var told: [String: [GatewayEvent]] = [:]

    init(_ harness: any GatewayHarness) {
        self.harness = harness
        iterator = harness.gateway.events.makeAsyncIterator()
    }

    var gateway: any OrderGateway { harness.gateway }

    func instruction(
        _ side: Side, _ quantity: Decimal, _ pricing: OrderPricing,
        _ timeInForce: TimeInForce = .goodTillCanceled, reduceOnly: Bool = false
    ) throws -> OrderInstruction {
        try OrderInstruction(
            side: side, quantity: quantity, pricing: pricing, timeInForce: timeInForce,
            isReduceOnly: reduceOnly)
    }

    func place(
        _ uid: String, _ instruction: OrderInstruction, group: String? = nil,
        knowing groupFilled: Decimal? = nil
    ) async throws -> GatewayAnswer {
        try await gateway.place(
            GatewayOrder(
                uid: uid, accountUID: harness.accountUID, instrument: harness.instrument,
                instruction: instruction, placedAt: harness.now(), group: group,
                groupFilled: groupFilled))
    }

    /// Places an order that has to be taken.
    func take(
        _ uid: String, _ instruction: OrderInstruction, group: String? = nil,
        knowing groupFilled: Decimal? = nil
    ) async throws {
        let answer = try await place(uid, instruction, group: group, knowing: groupFilled)
        guard case .taken = answer else {
            throw ContractBreach(description: "\(uid) was \(answer)")
        }
    }

    func expectRefused(_ answer: GatewayAnswer) throws {
        guard case .refused(let reason) = answer else {
            throw ContractBreach(description: "it was \(answer), and had to be refused")
        }
        try require(!reason.isEmpty, "it was refused without a reason")
    }

    func expectTaken(_ answer: GatewayAnswer) throws {
        guard case .taken = answer else {
            throw ContractBreach(description: "it was \(answer), and had to be taken")
        }
    }

    /// Waits until so many events of an order have come; one that comes twice counts once.
    mutating func events(of uid: String, _ count: Int) async throws -> [GatewayEvent] {
        while told[uid, default: []].count < count {
            guard let event = await iterator.next(isolation: nil) else {
                throw ContractBreach(
                    description: "of \(uid) came \(told[uid] ?? []), and \(count) were expected")
            }
            if !told[event.uid, default: []].contains(event) {
                told[event.uid, default: []].append(event)
            }
        }
        return told[uid] ?? []
    }

    /// Waits for as many events as there are kinds, and compares those.
    mutating func expect(_ uid: String, _ kinds: [EventKind]) async throws {
        let found = try await events(of: uid, kinds.count).map { EventKind($0.kind) }
        try require(found == kinds, "of \(uid) came \(found), and \(kinds) were expected")
    }

    func state(_ uid: String) async throws -> GatewayOrderState {
        guard let state = try await gateway.order(uid) else {
            throw ContractBreach(description: "\(uid) is not known")
        }
        return state
    }

    func expect(_ uid: String, _ status: OrderStatus, filled: Decimal) async throws {
        let state = try await state(uid)
        let sum = try state.fills.reduce(Decimal.zero) { sum, fill in try sum + fill.quantity }
        try require(state.status == status, "\(uid) is \(state.status), not \(status)")
        try require(sum == filled, "of \(uid) \(sum) is filled, not \(filled)")
    }

    func openUIDs() async throws -> [String] {
        try await gateway.openOrders(ofAccount: harness.accountUID).map(\.uid).sorted()
    }
}

/// What an event is, without its figures.
enum EventKind: Equatable {
    case accepted, rejected, filled, canceled, expired, replaced, triggered, stopMoved

    init(_ kind: GatewayEvent.Kind) {
        self =
            switch kind {
            case .accepted: .accepted
            case .rejected: .rejected
            case .filled: .filled
            case .canceled: .canceled
            case .expired: .expired
            case .replaced: .replaced
            case .triggered: .triggered
            case .stopMoved: .stopMoved
            }
    }
}
