public import Gateways
import Ledger
import Records
import Storage

extension OrderService {
    /// What became of an event.
    public enum Recorded: Sendable, Hashable {
        case stored
        /// It was known, or overtaken by what came first.
        case known
        /// No legal step leads there; it is audited, and the order stays as it is.
        case illegal
        /// No order has this uid at this gateway.
        case unknownOrder
        /// The ledger can't take the fill; it is audited.
        case refused(FillRefusal)
    }

    /// The one way from a gateway into the ledger: what an event makes of its order, of the ledger
    /// and of what hangs on them, in one unit of work. Events may come in any order, and twice.
    ///
    /// Throws `StorageError`; then nothing was stored, and it has to come again.
    public func record(_ event: GatewayEvent, from gateway: String) async throws -> Recorded {
        if case .filled(let fill) = event.kind {
            return try await record(fill, event, from: gateway)
        }
        return try await work.write { tx, draw in
            guard let order = try Self.lockedOrder(event.uid, at: gateway, in: tx) else {
                return .unknownOrder
            }
            return try Self.record(event, of: order, in: tx, &draw)
        }
    }

    private func record(
        _ fill: GatewayFill, _ event: GatewayEvent, from gateway: String
    ) async throws -> Recorded {
        // By the broker's id fills find their order, so that has to be stored before.
        let known = try await work.write { tx, draw -> (PlacedOrder, ReportedPlace)? in
            guard var order = try Self.lockedOrder(event.uid, at: gateway, in: tx) else {
                return nil
            }
            if order.brokerOrderID == nil, let id = event.brokerOrderID {
                order.brokerOrderID = id
                try PlacedOrders.update(order, now: draw.now, in: tx)
            }
            guard let place = try ReportedPlace(of: order, in: tx) else { return nil }
            return (order, place)
        }
        guard let (order, place) = known else { return .unknownOrder }
        let report = try await trades.ingest(
            IngestRequest(
                fillFromGateway: FillReport(fill, of: order, place),
                source: gateway == Account.paperBroker ? .paper : .broker),
            as: Authority(caller: order.owner)
        ) { report, tx, draw in
            guard case .rejected(let refusal)? = report.outcomes.first else { return }
            try Self.audit(
                [
                    "refused_fill": fill.id.text, "code": refusal.code.rawValue,
                    "detail": refusal.detail, "quantity": fill.quantity.description,
                    "price": fill.price.description, "fee": fill.fee.description,
                    "fee_currency": fill.feeCurrency.code, "time": fill.time.description,
                ], of: order, in: tx, draw)
        }
        switch report.outcomes.first {
        case .accepted: return .stored
        case .duplicate, nil: return .known
        case .rejected(let refusal): return .refused(refusal)
        }
    }

    /// The order, with its portfolio locked.
    static func lockedOrder(
        _ uid: String, at gateway: String, in tx: any Transaction
    ) throws -> PlacedOrder? {
        guard let owner = try PlacedOrders.owner(ofUID: uid, at: gateway, in: tx),
            let found = try PlacedOrders.with(uid: uid, for: owner, in: tx)
        else { return nil }
        try Portfolios.lock([found.holding.portfolioID], for: owner, in: tx)
        return try PlacedOrders.with(uid: uid, for: owner, in: tx)
    }

    /// Takes in an event that is no fill.
    static func record(
        _ event: GatewayEvent, of order: PlacedOrder, in tx: any Transaction, _ draw: inout Draw
    ) throws -> Recorded {
        var order = order
        let before = order
        if order.brokerOrderID == nil { order.brokerOrderID = event.brokerOrderID }
        var effect = OrderTurn.Effect.unchanged
        switch event.kind {
        case .filled: return .known
        case .accepted: effect = order.progress.take(.accepted)
        case .rejected(let reason):
            effect = order.take(.rejected, because: reason)
        case .canceled(let reason): effect = order.take(.canceled, because: reason)
        case .expired: effect = order.take(.expired, because: nil)
        case .replaced(let instruction):
            if order.progress.status.isTerminal { break }
            order.instruction = instruction
        case .triggered:
            if order.triggeredAt == nil { order.triggeredAt = event.time }
        case .stopMoved(let stop):
            guard order.instruction.pricing.stop != stop, order.progress.status.isOpen else {
                return .known
            }
            try PlacedOrders.moveStop(to: stop, of: order, in: tx)
            return .stored
        }
        if effect == .illegal {
            try audit(
                ["event": event.name, "status": before.progress.status.rawValue], of: before,
                in: tx, draw)
            return .illegal
        }
        guard order != before else { return .known }
        try PlacedOrders.update(order, now: draw.now, in: tx)
        try AuditLog.append(
            [
                AuditEntry(
                    .update, .order, id: order.id.raw,
                    detailsJSON: Details.object([
                        "event": event.name, "status": order.progress.status.rawValue,
                        "reason": order.reason,
                    ]))
            ], userID: order.ownerID, now: draw.now, in: tx)
        if order.progress.status != before.progress.status, order.progress.status.isTerminal {
            try OrderNotice(caller: order.owner, tx: tx).tell(
                of: [
                    OrderNotice.Ended(
                        portfolioID: order.holding.portfolioID, symbol: order.instrument.symbol,
                        side: order.instruction.side, progress: order.progress,
                        brokerOrderID: order.brokerOrderID)
                ], &draw)
            try BracketKeeper(caller: order.owner, tx: tx).follow(order, &draw)
        }
        return .stored
    }

    private static func audit(
        _ details: KeyValuePairs<String, String?>, of order: PlacedOrder,
        in tx: any Transaction, _ draw: Draw
    ) throws {
        try AuditLog.append(
            [
                AuditEntry(
                    .reject, .order, id: order.id.raw, detailsJSON: Details.object(details))
            ], userID: order.ownerID, now: draw.now, in: tx)
    }
}

extension PlacedOrder {
    /// In whose name what happens to it is stored.
    var owner: Caller { Caller(userID: ownerID, isAdmin: false) }

    /// Takes in a turn and why it came.
    fileprivate mutating func take(
        _ turn: OrderTurn, because reason: String?
    ) -> OrderTurn.Effect {
        let effect = progress.take(turn)
        if effect == .changed, let reason { self.reason = reason }
        return effect
    }
}

extension GatewayEvent {
    /// For the audit log.
    fileprivate var name: String {
        switch kind {
        case .accepted: "accepted"
        case .rejected: "rejected"
        case .filled: "filled"
        case .canceled: "canceled"
        case .expired: "expired"
        case .replaced: "replaced"
        case .triggered: "triggered"
        case .stopMoved: "stop_moved"
        }
    }
}

/// The names of where an order belongs, as a fill tells them.
private struct ReportedPlace: Sendable {
    let portfolio: ExactText
    let strategy: StrategyChoice

    init?(of order: PlacedOrder, in tx: any Transaction) throws {
        guard let listing = try OrderList.with(id: order.id, for: order.owner, in: tx)?.order else {
            return nil
        }
        portfolio = listing.portfolio
        strategy =
            listing.strategy.flatMap { StrategyReference(parsing: $0.text) }
            .map(StrategyChoice.named) ?? .none
    }
}

extension FillReport {
    fileprivate init(_ fill: GatewayFill, of order: PlacedOrder, _ place: ReportedPlace) {
        let instrument = order.instrument
        self.init(
            brokerTradeID: fill.id, symbol: instrument.symbol, side: order.instruction.side,
            quantity: fill.quantity, price: fill.price, execTime: fill.time,
            brokerOrderID: order.brokerOrderID, clientOrderID: order.clientOrderID,
            exchange: instrument.exchange, assetType: instrument.assetType,
            currency: instrument.currency, fee: fill.fee, feeCurrency: fill.feeCurrency,
            option: instrument.option, portfolio: place.portfolio, strategy: place.strategy)
    }
}
