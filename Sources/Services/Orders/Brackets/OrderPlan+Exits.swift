import Ledger
import Records

extension OrderPlan {
    /// Throws `ServiceError` for exits that can't protect what the order opens.
    func checkExits() throws(ServiceError) {
        guard let exits = order.exits else { return }
        guard !exits.isEmpty else { return }
        guard !instruction.isReduceOnly else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD",
                field: (exits.stop == nil ? OrderFault.Field.takeProfit : .stopLoss).rawValue,
                detail: "has no place in an order that may only reduce: it opens nothing to"
                    + " protect")
        }
        do throws(OrderFault) {
            try exits.check(protecting: instruction.side, at: price, of: instrument)
        } catch {
            throw ServiceError(error)
        }
    }

    /// Where what it opens is closed to limit the loss; nil where that is nowhere, or not known.
    var stop: Decimal? {
        guard let stop = order.exits?.stop else { return nil }
        guard let price else {
            if case .price(let stop) = stop { return stop }
            return nil
        }
        return stop.price(from: price, closingBy: instruction.side.opposite)
    }

    var riskToStop: Decimal? {
        guard let exits = order.exits, let price else { return nil }
        return instrument.loss(
            of: PositionExits.Part(quantity: instruction.quantity, terms: exits), from: price,
            closingBy: instruction.side.opposite)
    }
}

extension ExitTerms {
    /// What a request that is to be known again keeps of them behind the rest.
    var requested: String {
        isEmpty
            ? ""
            : Details.object([
                "stop_loss": stop?.requested, "take_profit": profit?.description,
            ])
    }
}

extension StopLoss {
    fileprivate var requested: String {
        switch self {
        case .price(let price): price.description
        case .trail(let trail): "trail \(OrderTerms.trailText(trail))"
        }
    }
}
