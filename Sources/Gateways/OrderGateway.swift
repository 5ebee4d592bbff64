public import Ledger

/// A way to a broker: commands go in, and what comes of them comes out as events.
///
/// A gateway holds no history. Every order is named by the uid under which it is stored, which the
/// broker gets as the client's order id, so that whatever became of a call can be asked for. Calls
/// may come for several orders at once; those of one order come one after another.
public protocol OrderGateway: Sendable {
    /// The code of the broker in `brokers`.
    var brokerCode: String { get }
    /// Whether it keeps orders of one group from being filled beyond each other by itself; where it
    /// does not, whoever placed them cancels and reduces them.
    var honoursGroups: Bool { get }

    /// Sends an order. Sending one again under a uid that the broker knows places no second one.
    func place(_ order: GatewayOrder) async throws(GatewayFailure) -> GatewayAnswer
    /// Asks for an order's end. That it has come comes as an event.
    func cancel(_ uid: String) async throws(GatewayFailure) -> GatewayAnswer
    /// Asks for other terms of an order that works, as one step: it is never without either. Of an
    /// order with a group, `groupFilled` is as of `GatewayOrder`.
    func replace(
        _ uid: String, with instruction: OrderInstruction, groupFilled: Decimal?
    ) async throws(GatewayFailure) -> GatewayAnswer
    /// What the broker knows of an order; nil where it never had it.
    func order(_ uid: String) async throws(GatewayFailure) -> GatewayOrderState?
    /// All orders of an account that still work.
    func openOrders(ofAccount uid: String) async throws(GatewayFailure) -> [GatewayOrderState]
    func account(_ uid: String) async throws(GatewayFailure) -> GatewayAccount
    /// What happens to orders, each event at least once, those of one order in the order in which
    /// they came about. Has one reader.
    var events: AsyncStream<GatewayEvent> { get }
}

extension OrderGateway {
    public func replace(
        _ uid: String, with instruction: OrderInstruction
    ) async throws(GatewayFailure) -> GatewayAnswer {
        try await replace(uid, with: instruction, groupFilled: nil)
    }
}

/// An order on its way to a broker.
public struct GatewayOrder: Sendable, Hashable {
    public let uid: String
    public let accountUID: String
    public let instrument: Instrument
    public let instruction: OrderInstruction
    /// When it was placed with us.
    public let placedAt: Timestamp
    /// Orders with the same group cancel each other: as one of them is filled, the others are
    /// reduced by as much, and canceled where nothing is left.
    public let group: String?
    /// How much of the others of its group was known to be filled when its quantity was set: what
    /// was filled beyond it is taken off. Nil: what was filled since it was placed with us.
    public let groupFilled: Decimal?

    public init(
        uid: String, accountUID: String, instrument: Instrument, instruction: OrderInstruction,
        placedAt: Timestamp, group: String? = nil, groupFilled: Decimal? = nil
    ) {
        self.uid = uid
        self.accountUID = accountUID
        self.instrument = instrument
        self.instruction = instruction
        self.placedAt = placedAt
        self.group = group
        self.groupFilled = groupFilled
    }
}

/// What a broker says at once to a call.
public enum GatewayAnswer: Sendable, Hashable {
    /// It is taken; the broker's id of the order.
    case taken(brokerOrderID: ExactText)
    /// It is refused, for this reason.
    case refused(String)
}

/// Why a call has no answer.
public enum GatewayFailure: Error, Sendable, Hashable {
    /// Nothing reached the broker: the same call may be made again.
    case unsent(String)
    /// It may have reached the broker: what came of it has to be asked for, never sent again.
    case unknown(String)
}

/// An order as its broker sees it.
public struct GatewayOrderState: Sendable, Hashable {
    public let uid: String
    public let brokerOrderID: ExactText
    public let status: OrderStatus
    public let instruction: OrderInstruction
    /// All of its fills so far.
    public let fills: [GatewayFill]

    public init(
        uid: String, brokerOrderID: ExactText, status: OrderStatus, instruction: OrderInstruction,
        fills: [GatewayFill]
    ) {
        self.uid = uid
        self.brokerOrderID = brokerOrderID
        self.status = status
        self.instruction = instruction
        self.fills = fills
    }
}

/// An account as its broker sees it, in the account's base currency.
public struct GatewayAccount: Sendable, Hashable {
    public let currency: Currency
    public let cash: Decimal
    /// Cash and what is held at its mark.
    public let equity: Decimal
    /// What may still be bought for.
    public let buyingPower: Decimal

    public init(currency: Currency, cash: Decimal, equity: Decimal, buyingPower: Decimal) {
        self.currency = currency
        self.cash = cash
        self.equity = equity
        self.buyingPower = buyingPower
    }
}

/// Something that happened to an order.
public struct GatewayEvent: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case accepted
        case rejected(String)
        case filled(GatewayFill)
        case canceled(String?)
        case expired
        /// It works under other terms now.
        case replaced(OrderInstruction)
        /// Its stop price was reached: it works as a market or limit order from now on.
        case triggered
        /// A trailing stop follows the market.
        case stopMoved(to: Decimal)
    }

    public let uid: String
    public let brokerOrderID: ExactText?
    public let kind: Kind
    public let time: Timestamp

    public init(uid: String, brokerOrderID: ExactText?, kind: Kind, time: Timestamp) {
        self.uid = uid
        self.brokerOrderID = brokerOrderID
        self.kind = kind
        self.time = time
    }
}

/// A fill as a gateway tells of it.
public struct GatewayFill: Sendable, Hashable {
    /// The broker's id of the trade, its own among all fills of the account.
    public let id: ExactText
    public let quantity: Decimal
    public let price: Decimal
    /// Below zero for a rebate.
    public let fee: Decimal
    public let feeCurrency: Currency
    public let time: Timestamp

    public init(
        id: ExactText, quantity: Decimal, price: Decimal, fee: Decimal, feeCurrency: Currency,
        time: Timestamp
    ) {
        self.id = id
        self.quantity = quantity
        self.price = price
        self.fee = fee
        self.feeCurrency = feeCurrency
        self.time = time
    }
}
