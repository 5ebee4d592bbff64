import Ledger
import Records
import Storage

/// Keeps the exits of holdings in step with what is held, in the unit of work that changes it.
///
/// It looks at what there is, not at what has happened: an exit closes what its bracket protects
/// and the position still has. So a fill of an entry lets the exits grow, one of an exit reduces
/// the other, and whatever takes the position away takes them away, too.
struct BracketKeeper {
    let caller: Caller
    let tx: any Transaction

    /// `filled` is what orders were filled by in this unit of work. The portfolios are locked.
    func keep(
        _ holdings: Set<HoldingKey>, filled: [OrderID: Decimal] = [:], _ draw: inout Draw
    ) throws {
        for portfolio in Set(holdings.map(\.portfolioID)).sorted(by: { $0.raw < $1.raw }) {
            guard try Brackets.concern(portfolio, for: caller, in: tx) else { continue }
            let brackets = try Brackets.inForce(in: portfolio, for: caller, in: tx)
            let reducing = try PlacedOrders.open(in: portfolio, for: caller, in: tx)
                .filter(\.instruction.isReduceOnly)
            let concerned = Set(brackets.map(\.holding) + reducing.map(\.holding))
                .intersection(holdings)
            let held = Dictionary(
                try Positions.with(concerned, for: caller, in: tx).map {
                    ($0.holding, $0.position.quantity)
                }
            ) { first, _ in first }
            for holding in concerned.sorted() {
                try HoldingExits(
                    held: held[holding] ?? .zero, filled: filled,
                    brackets: brackets.filter { $0.holding == holding },
                    reducing: reducing.filter { $0.holding == holding }, caller: caller, tx: tx
                ).keep(&draw)
            }
        }
    }

    /// An order has come to its end by what its gateway said. An exit that did is not wanted any
    /// more: it is not placed again, unless its broker never had it.
    func follow(_ order: PlacedOrder, _ draw: inout Draw) throws {
        if let link = order.bracket, order.reason != OrderDesk.neverArrived,
            var bracket = try Brackets.with(id: link.id, for: caller, in: tx),
            bracket.endedAt == nil
        {
            if bracket.terms.drop(link.role) {
                try Brackets.update(bracket, now: draw.now, in: tx)
            }
        }
        try keep([order.holding], &draw)
    }

    /// Ends what protects a position that is closed by hand, or by a risk policy. Returns the
    /// bracket which has most of it, else that of an earlier order which closes it: to its group
    /// the closing order belongs, so that never both are filled.
    func end(
        _ holding: HoldingKey, because reason: CloseReason = .manualClose, _ draw: inout Draw
    ) throws -> BracketID? {
        let brackets = try Brackets.inForce(in: holding.portfolioID, for: caller, in: tx)
            .filter { $0.holding == holding && $0.status == .active }
        let earlier = try PlacedOrders.open(in: holding.portfolioID, for: caller, in: tx)
            .last { $0.holding == holding && $0.bracket?.role == .close }
        var largest: (id: BracketID, quantity: Decimal)?
        for bracket in brackets {
            let exits = try LoadedBracket(bracket, for: caller, in: tx)
            let quantity = exits.working.map(\.remaining).max() ?? .zero
            if largest.map({ quantity > $0.quantity }) ?? true { largest = (bracket.id, quantity) }
            let orders = ExitOrders(caller: caller, tx: tx)
            for exit in exits.working {
                try orders.end(
                    exit, because: reason.words, by: .position, &draw)
            }
            if let entry = exits.entry { try cancelRest(of: entry, &draw) }
            try exits.end(.closed, reason, draw)
        }
        return largest?.id ?? earlier?.bracket?.id
    }

    /// What is not filled of an entry would open again what its exit closes.
    func cancelRest(of entry: PlacedOrder, _ draw: inout Draw) throws {
        guard entry.progress.status.isOpen else { return }
        let underway = try Submissions.underway(of: entry.id, for: caller, in: tx)
        guard !underway.contains(where: { $0.kind == .cancel }) else { return }
        try Submissions.insert(.cancel, of: entry.id, now: draw.now, for: caller, in: tx)
        try PlacedOrders.noteChange(of: entry, now: draw.now, in: tx)
        draw.hasSubmissions = true
        try AuditLog.append(
            [
                AuditEntry(
                    .cancel, .order, id: entry.id.raw,
                    detailsJSON: Details.object(["because": "its position is closed"]))
            ], userID: caller.userID, now: draw.now, in: tx)
    }
}

/// A bracket with its orders.
struct LoadedBracket {
    let record: BracketRecord
    let entry: PlacedOrder?
    /// The entry apart, the oldest first.
    let orders: [PlacedOrder]
    private let tx: any Transaction

    init(_ record: BracketRecord, for caller: Caller, in tx: any Transaction) throws {
        self.record = record
        self.tx = tx
        entry = try record.entryID.flatMap { try PlacedOrders.with(id: $0, for: caller, in: tx) }
        orders = try PlacedOrders.of(record.id, for: caller, in: tx)
    }

    var working: [PlacedOrder] { orders.filter(\.progress.status.isOpen) }

    /// What its orders have closed; nil where that does not fit.
    var closed: Decimal? { orders.sumOfFilled }

    var claim: BracketClaim {
        guard let entry else { return BracketClaim(side: record.side, quantity: nil) }
        let open = closed.flatMap { try? entry.progress.filled - $0 }
        return BracketClaim(side: record.side, quantity: max(open ?? .zero, .zero))
    }

    func working(as role: BracketRole) -> PlacedOrder? {
        orders.last { $0.bracket?.role == role && $0.progress.status.isOpen }
    }

    func end(_ status: BracketStatus, _ reason: CloseReason?, _ draw: Draw) throws {
        var ended = record
        ended.status = status
        ended.closeReason = reason
        ended.endedAt = draw.now
        try Brackets.update(ended, now: draw.now, in: tx)
    }
}

extension [PlacedOrder] {
    /// Nil where it does not fit.
    var sumOfFilled: Decimal? {
        var sum = Decimal.zero
        for order in self {
            guard let next = try? sum + order.progress.filled else { return nil }
            sum = next
        }
        return sum
    }
}

extension ExitTerms {
    subscript(role: BracketRole) -> OrderPricing? {
        switch role {
        case .stop: stop?.pricing
        case .profit: profit.map(OrderPricing.limit)
        case .close: nil
        }
    }

    /// Whether there was anything to drop.
    fileprivate mutating func drop(_ role: BracketRole) -> Bool {
        guard self[role] != nil else { return false }
        switch role {
        case .stop: stop = nil
        case .profit: profit = nil
        case .close: break
        }
        return true
    }
}

extension CloseReason {
    fileprivate var words: String {
        self == .riskLimit
            ? "a risk policy has the position closed" : "the position is closed by hand"
    }
}
