public import Gateways
public import Ledger

/// An order that works, as it has to be known to go on with it after a restart.
public struct PaperRestingOrder: Sendable, Hashable {
    /// With the instruction that is in force: of a trailing stop, with its stand.
    public let order: GatewayOrder
    /// All of its fills so far: the next one's id counts on from them.
    public let fills: [GatewayFill]
    /// Whether its stop price was reached.
    public let isTriggered: Bool
    /// When the latest quote was made that it was filled on: from this one it has had its share.
    public let filledOnQuoteOf: Timestamp?

    public init(
        order: GatewayOrder, fills: [GatewayFill] = [], isTriggered: Bool = false,
        filledOnQuoteOf: Timestamp? = nil
    ) {
        self.order = order
        self.fills = fills
        self.isTriggered = isTriggered
        self.filledOnQuoteOf = filledOnQuoteOf
    }

    var filled: Decimal {
        // A sum that did not fit would be far beyond any quantity.
        fills.reduce(.zero) { sum, fill in (try? sum + fill.quantity) ?? sum }
    }

    var isComplete: Bool { filled >= order.instruction.quantity }
}

/// An order that the exchange knows.
struct PaperOrder: Sendable {
    /// By which orders are treated in the order in which they came.
    let number: Int
    /// As it was placed; its instruction may have been replaced.
    let placed: GatewayOrder
    let book: Int
    var instruction: OrderInstruction
    var status: OrderStatus
    var filled: Decimal
    var fills: [GatewayFill]
    var isTriggered: Bool
    var filledOnQuoteOf: Timestamp?
    /// When it expires, where it is for the day.
    var deadline: Timestamp?
    /// Of a trailing stop, the best price that it was held against since this run began: up to that
    /// price its stop can't move.
    var followed: Decimal?

    var uid: String { placed.uid }
    var side: Side { instruction.side }
    var isWorking: Bool { status.isOpen }
    /// Whether its stop price has not been reached yet.
    var waits: Bool { instruction.pricing.waitsForTrigger && !isTriggered }
    var brokerOrderID: ExactText { ExactText(uid) }
    var group: PaperGroup.Key? {
        placed.group.map { PaperGroup.Key(account: placed.accountUID, name: $0) }
    }

    /// What is left to fill.
    var remaining: Decimal {
        // Filled is at most the quantity, so the difference fits.
        (try? instruction.quantity - filled) ?? .zero
    }

    var state: GatewayOrderState {
        GatewayOrderState(
            uid: uid, brokerOrderID: brokerOrderID, status: status, instruction: instruction,
            fills: fills)
    }

    var resting: PaperRestingOrder {
        PaperRestingOrder(
            order: GatewayOrder(
                uid: uid, accountUID: placed.accountUID, instrument: placed.instrument,
                instruction: instruction, placedAt: placed.placedAt, group: placed.group,
                groupFilled: placed.groupFilled),
            fills: fills, isTriggered: isTriggered, filledOnQuoteOf: filledOnQuoteOf)
    }
}

/// Orders that cancel each other.
struct PaperGroup: Sendable {
    struct Key: Sendable, Hashable {
        let account: String
        let name: String
    }

    /// Those that work, ascending.
    var working: [Int] = []
    /// Members that are remembered, whether they work or not.
    var remembered = 0
    /// What was filled of any of them in this run, and when.
    var fills: [(time: Timestamp, quantity: Decimal)] = []
    /// In all that was ever filled of them, where whoever placed them says what it was before.
    var filled = Decimal.zero
}
