import Ledger
import Records
import Storage

extension OrderService {
    /// Puts an order on its way that closes a position at the market; what else would close it is
    /// canceled. Nothing where one is on its way already. Returns the order's uid.
    static func close(
        _ position: PositionListing, at gateway: String, because reason: CloseReason,
        note: String, for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws -> String? {
        let exits = try PlacedOrders.open(
            in: position.holding.portfolioID, for: caller, in: tx
        ).filter { $0.holding == position.holding && $0.instruction.isReduceOnly }
        guard !exits.contains(where: { $0.instruction.pricing == .market }) else { return nil }
        // As for who closes by hand: first the bracket ends, then what belongs to none.
        let bracket = try BracketKeeper(caller: caller, tx: tx)
            .end(position.holding, because: reason, &draw)
        try cancel(exits, because: reason.rawValue, for: caller, in: tx, &draw)
        let instrument = position.instrument.instrument
        let held = position.position.quantity
        let instruction = try OrderInstruction(
            side: held.isNegative ? .buy : .sell, quantity: held.magnitude, pricing: .market,
            timeInForce: instrument.assetType.usualTimeInForce, isReduceOnly: true)
        let uid = draw.uid()
        let id = try PlacedOrders.insert(
            NewPlacedOrder(
                uid: uid, holding: position.holding, gateway: gateway, clientOrderID: nil,
                instruction: instruction, status: .pending, reason: note, closeReason: reason,
                request: Details.object(["close": reason.rawValue])),
            now: draw.now, for: caller, in: tx)
        if let bracket {
            try Brackets.link(id, to: bracket, as: .close, for: caller, in: tx)
        }
        try Submissions.insert(.place, of: id, now: draw.now, for: caller, in: tx)
        draw.hasSubmissions = true
        try AuditLog.append(
            [
                AuditEntry(
                    .create, .order, id: id.raw, detailsJSON: OrderTermsJSON.write(instruction))
            ], userID: caller.userID, now: draw.now, in: tx)
        return uid
    }
}
