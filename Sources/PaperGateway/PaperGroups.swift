import Gateways
import Ledger

// What orders of one group take off each other that whoever placed them did not know of.
extension PaperExchange {
    static let groupIsFilled = "another order of its group was filled"

    /// Takes off an order what its group was filled by beyond what was known when its quantity was
    /// set; where that was not said, since it was placed with us.
    mutating func shareEarlierFills(with number: Int, into events: inout [GatewayEvent]) {
        guard let order = orders[number], let key = order.group, let group = groups[key] else {
            return
        }
        if let known = order.placed.groupFilled {
            let unknown = unknownFills(of: key, besides: order.filled, knowing: known)
            if unknown > .zero { reduce(number, by: unknown, into: &events) }
            return
        }
        for fill in group.fills where fill.time >= order.placed.placedAt {
            reduce(number, by: fill.quantity, into: &events)
        }
    }

    /// The order as it is judged: for what its group leaves to it. Nil where that is nothing.
    func reducedByGroup(_ order: GatewayOrder) -> GatewayOrder? {
        guard let group = order.group, let known = order.groupFilled else { return order }
        let unknown = unknownFills(
            of: PaperGroup.Key(account: order.accountUID, name: group), besides: .zero,
            knowing: known)
        guard unknown > .zero else { return order }
        guard let left = try? order.instruction.quantity - unknown, left > .zero else {
            return nil
        }
        return GatewayOrder(
            uid: order.uid, accountUID: order.accountUID, instrument: order.instrument,
            instruction: order.instruction.reduced(to: left), placedAt: order.placedAt,
            group: group, groupFilled: known)
    }

    /// Other terms for an order that works, for what its group leaves to it. Nil where that is
    /// nothing.
    func reducedByGroup(
        _ instruction: OrderInstruction, of order: PaperOrder, knowing known: Decimal?
    ) -> OrderInstruction? {
        guard let key = order.group, let known else { return instruction }
        let unknown = unknownFills(of: key, besides: order.filled, knowing: known)
        guard unknown > .zero else { return instruction }
        guard let left = try? instruction.quantity - unknown, left > order.filled else {
            return nil
        }
        return instruction.reduced(to: left)
    }

    /// What was filled of the others of a group beyond what is known.
    private func unknownFills(
        of key: PaperGroup.Key, besides own: Decimal, knowing known: Decimal
    ) -> Decimal {
        guard let group = groups[key], let others = try? group.filled - own else { return .zero }
        return max((try? others - known) ?? .zero, .zero)
    }
}

extension Decimal {
    /// A sum that did not fit would be far beyond any quantity.
    func added(_ other: Decimal) -> Decimal { (try? self + other) ?? self }
}
