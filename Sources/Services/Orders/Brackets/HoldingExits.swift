import Ledger
import Records
import Storage

/// The exits of one holding.
struct HoldingExits {
    let held: Decimal
    let filled: [OrderID: Decimal]
    /// Those in force, the oldest first.
    let brackets: [BracketRecord]
    /// All orders that work and may only reduce the position.
    let reducing: [PlacedOrder]
    let caller: Caller
    let tx: any Transaction

    private static let gone = "what it would close is closed"
    private static let groupIsFilled = "another order of its bracket was filled"

    private var exits: ExitOrders { ExitOrders(caller: caller, tx: tx) }

    func keep(_ draw: inout Draw) throws {
        // The newest first: what was opened first is closed first by others, too.
        let loaded = try brackets.reversed().map { try LoadedBracket($0, for: caller, in: tx) }
        let shares = BracketClaim.shares(
            of: reducing.leftByClosing(held), among: loaded.map(\.claim))
        for (bracket, share) in zip(loaded, shares) {
            try keep(bracket, share, &draw)
        }
        let kept = Set(brackets.map(\.id))
        for order in reducing where order.bracket.map({ !kept.contains($0.id) }) ?? true {
            try keep(other: order, &draw)
        }
    }

    private func keep(
        _ bracket: LoadedBracket, _ share: Decimal, _ draw: inout Draw
    ) throws {
        try noteHits(of: bracket, draw)
        let isHit = (bracket.closed ?? .zero) > .zero
        let isEntering = bracket.entry?.progress.status.isOpen ?? false
        if isHit, let entry = bracket.entry {
            try BracketKeeper(caller: caller, tx: tx).cancelRest(of: entry, &draw)
        }
        let isWanted = !bracket.record.terms.isEmpty
        guard share > .zero, isWanted || isEntering else {
            try endExits(of: bracket, &draw)
            if !isEntering { try end(bracket, hasShare: share > .zero, draw) }
            return
        }
        if bracket.record.status == .pending {
            var active = bracket.record
            active.status = .active
            try Brackets.update(active, now: draw.now, in: tx)
        }
        for role in [BracketRole.stop, .profit] {
            try keep(bracket, role, share, &draw)
        }
    }

    private func keep(
        _ bracket: LoadedBracket, _ role: BracketRole, _ share: Decimal, _ draw: inout Draw
    ) throws {
        switch (bracket.record.terms[role], bracket.working(as: role)) {
        case (let pricing?, let order?):
            let isKnown = left(of: order, in: bracket) == share && isGroupFilled(bracket, order)
            try exits.fit(
                order, to: share, at: pricing, by: isKnown ? .group : .position, &draw)
        case (let pricing?, nil):
            try exits.place(share, at: pricing, as: role, of: bracket.record, &draw)
        case (nil, let order?):
            try exits.end(order, because: "its owner took it off", by: .position, &draw)
        case (nil, nil): break
        }
    }

    /// An order that ends no bracket: it may close what is held and no more. Exits of a bracket
    /// that has ended are ended.
    private func keep(other order: PlacedOrder, _ draw: inout Draw) throws {
        let closable = order.instruction.side == held.closingSide ? held.magnitude : .zero
        let isOrphan = order.bracket.map { $0.role != .close } ?? false
        if isOrphan || closable.isZero {
            try exits.end(order, because: Self.gone, by: .position, &draw)
        } else if order.remaining > closable {
            try exits.fit(
                order, to: closable, at: order.instruction.pricing, by: .position, &draw)
        }
    }

    private func endExits(of bracket: LoadedBracket, _ draw: inout Draw) throws {
        for order in bracket.working {
            let isKnown = isGroupFilled(bracket, order) && left(of: order, in: bracket).isZero
            try exits.end(
                order, because: isKnown ? Self.groupIsFilled : Self.gone,
                by: isKnown ? .group : .position, &draw)
        }
    }

    private func end(
        _ bracket: LoadedBracket, hasShare: Bool, _ draw: Draw
    ) throws {
        let entered = bracket.entry?.progress.filled ?? .one
        let isClosed = !hasShare && entered > .zero
        try bracket.end(
            isClosed ? .closed : .canceled, try reason(of: bracket, isClosed: isClosed), draw)
    }

    /// What brought a bracket to its end; nil where it is none of the reasons that are told.
    private func reason(
        of bracket: LoadedBracket, isClosed: Bool
    ) throws -> CloseReason? {
        guard isClosed else {
            return bracket.entry?.progress.status == .expired ? .expired : nil
        }
        let hits = bracket.orders.filter { $0.progress.filled > .zero }
        if let hit = hits.last(where: { filled[$0.id] != nil })
            ?? (filled.isEmpty ? hits.last : nil)
        {
            return hit.bracket?.role.reason
        }
        let isOurs = try filled.keys.contains {
            try PlacedOrders.with(id: $0, for: caller, in: tx) != nil
        }
        return isOurs ? .manualClose : nil
    }

    private func noteHits(of bracket: LoadedBracket, _ draw: Draw) throws {
        for var order in bracket.orders
        where order.closeReason == nil && order.progress.filled > .zero {
            order.closeReason = order.bracket?.role.reason
            try PlacedOrders.update(order, now: draw.now, in: tx)
        }
    }

    // MARK: Groups

    private func isGroupFilled(_ bracket: LoadedBracket, _ order: PlacedOrder) -> Bool {
        bracket.orders.contains { $0.id != order.id && filled[$0.id] != nil }
    }

    /// What a gateway that honours groups has left of an order after this unit of work's fills.
    private func left(of order: PlacedOrder, in bracket: LoadedBracket) -> Decimal {
        var left = order.remaining
        for other in bracket.orders where other.id != order.id {
            left = (try? left - (filled[other.id] ?? .zero)) ?? .zero
        }
        return max(left, .zero)
    }
}

extension [PlacedOrder] {
    /// What is left of a position when the orders among these that close it by hand are filled:
    /// exits may not close that, too.
    func leftByClosing(_ held: Decimal) -> Decimal {
        var left = held.magnitude
        for order in self
        where order.closeReason == .manualClose && order.instruction.side == held.closingSide {
            left = (try? left - order.remaining).map { Swift.max($0, .zero) } ?? .zero
        }
        return held.isNegative ? -left : left
    }
}
