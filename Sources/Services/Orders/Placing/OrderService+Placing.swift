public import Ledger
import Records
import Storage
import World

extension OrderService {
    /// What an order would do; nothing is stored and nothing is sent. Throws `ServiceError` for
    /// what placing it would refuse.
    public func preview(
        _ order: PlaceOrder, as authority: Authority
    ) async throws -> OrderPreview {
        let now = work.world.now()
        return try await work.read { tx in
            var plan = try OrderPlan(
                order, locking: false, gateways: gateways, risk.money, on: now.day, authority,
                in: tx)
            let asked = plan.instruction.quantity
            let verdict = try risk.judge(plan, for: authority.caller, now: now, in: tx)
            if verdict.decision == .reduceSize { try plan.reduce(to: verdict.allowedQuantity) }
            let fee = plan.price.flatMap {
                fees.fee(
                    of: plan.instrument, plan.instruction.quantity, at: $0,
                    by: plan.portfolio.brokerCode)
            }
            return OrderPreview(
                plan, askedQuantity: asked, verdict, fee: fee,
                try buyingPower(for: plan, fee: fee, on: now.day, authority.caller, in: tx))
        }
    }

    /// Stores an order and puts it on its way to the portfolio's gateway, in one unit of work.
    /// Idempotent by `clientOrderID`: the same request again is the same order. Throws
    /// `ServiceError`; then nothing was stored.
    public func place(_ order: PlaceOrder, as authority: Authority) async throws -> PlacedAnswer {
        while true {
            do {
                return try await work.write { tx, draw in
                    try place(order, authority, in: tx, &draw)
                }
            } catch is NewReferences.InstrumentTaken {
                // Once more, as with fills: the instrument is a known one from now on.
                continue
            }
        }
    }

    private func place(
        _ order: PlaceOrder, _ authority: Authority, in tx: any Transaction, _ draw: inout Draw
    ) throws -> PlacedAnswer {
        let caller = authority.caller
        try caller.requireMember(in: tx)
        var plan: OrderPlan
        do {
            plan = try OrderPlan(
                order, locking: true, gateways: gateways, risk.money, on: draw.now.day, authority,
                in: tx)
        } catch let known as OrderPlan.Repetition {
            return PlacedAnswer(
                order: try Self.listing(known.uid, for: caller, in: tx), isRepeated: true)
        }
        guard
            try PlacedOrders.countOpen(in: plan.portfolio.id, for: caller, in: tx)
                < Limits.openOrdersPerPortfolio
        else {
            throw ServiceError(
                .conflict, code: "TOO_MANY_OPEN_ORDERS",
                detail: "\(Limits.openOrdersPerPortfolio) orders work in \(plan.portfolio.name):"
                    + " cancel some, or wait until they end")
        }
        var references = NewReferences(caller: caller, tx: tx)
        try references.add(plan.holding, plan.instrument, plan.scope, &draw)
        try references.store(&draw)
        let holding = references.stored(plan.holding)
        // Limits may hold for all portfolios together: orders in two of them wait for each other.
        try Users.lock(caller, in: tx)
        let verdict = try risk.judge(plan, for: caller, now: draw.now, in: tx)
        let isDenied = verdict.decision == .block
        if verdict.decision == .reduceSize { try plan.reduce(to: verdict.allowedQuantity) }
        var closed: BracketID?
        if order.closeReason == .manualClose, !isDenied {
            closed = try BracketKeeper(caller: caller, tx: tx).end(holding, &draw)
            try Self.cancelExits(of: holding, for: caller, in: tx, &draw)
        }
        let uid = draw.uid()
        let id = try PlacedOrders.insert(
            NewPlacedOrder(
                uid: uid, holding: holding, gateway: plan.portfolio.brokerCode,
                clientOrderID: order.clientOrderID, instruction: plan.instruction,
                status: isDenied ? .denied : .pending, reason: verdict.reason,
                closeReason: order.closeReason, request: plan.request, metaJSON: order.metaJSON),
            now: draw.now, for: caller, in: tx)
        if let closed {
            try Brackets.link(id, to: closed, as: .close, for: caller, in: tx)
        }
        if let exits = order.exits, !exits.isEmpty, !isDenied {
            _ = try Brackets.insert(
                uid: draw.uid(), exits, of: holding, entry: id,
                side: plan.instruction.side.opposite, gateway: plan.portfolio.brokerCode,
                request: nil, now: draw.now, for: caller, in: tx)
        }
        try BreachLog(caller: caller, tx: tx).store(
            verdict.breaches, of: plan, order: uid, &draw)
        if !isDenied {
            try Submissions.insert(.place, of: id, now: draw.now, for: caller, in: tx)
            draw.hasSubmissions = true
        }
        try AuditLog.append(
            [
                AuditEntry(
                    .create, .order, id: id.raw,
                    detailsJSON: OrderTermsJSON.write(plan.instruction))
            ], userID: caller.userID, now: draw.now, in: tx)
        return PlacedAnswer(order: try Self.listing(uid, for: caller, in: tx), isRepeated: false)
    }

    /// Whoever closes a position by hand wants nothing else to close it, too.
    private static func cancelExits(
        of holding: HoldingKey, for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        let exits = try PlacedOrders.open(in: holding.portfolioID, for: caller, in: tx)
            .filter { $0.holding == holding && $0.instruction.isReduceOnly }
        try cancel(exits, because: CloseReason.manualClose.rawValue, for: caller, in: tx, &draw)
    }

    /// Asks for the end of all that works for a user.
    static func cancelAll(
        for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        let open = try Portfolios.all(for: caller, in: tx).flatMap {
            try PlacedOrders.open(in: $0.id, for: caller, in: tx)
        }
        try cancel(open, because: "the member was deactivated", for: caller, in: tx, &draw)
    }

    static func cancel(
        _ orders: [PlacedOrder], because reason: String, for caller: Caller,
        in tx: any Transaction, _ draw: inout Draw
    ) throws {
        for order in orders {
            let underway = try Submissions.pending(of: order.id, for: caller, in: tx)
            guard !underway.contains(where: { $0.kind == .cancel }) else { continue }
            try Submissions.insert(.cancel, of: order.id, now: draw.now, for: caller, in: tx)
            try PlacedOrders.noteChange(of: order, now: draw.now, in: tx)
            draw.hasSubmissions = true
            try AuditLog.append(
                [
                    AuditEntry(
                        .cancel, .order, id: order.id.raw,
                        detailsJSON: Details.object(["because": reason]))
                ], userID: caller.userID, now: draw.now, in: tx)
        }
    }

    static func listing(
        _ uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> OrderListing {
        guard let order = try OrderList.with(uid: uid, for: caller, in: tx)?.order else {
            throw StorageError.decoding(column: 0, expected: "the order that was stored")
        }
        return order
    }

    /// The orders that would close what is open of a symbol, or of all for nil: one for each
    /// holding, at the market. Nothing is stored. Without a portfolio, those of the default one.
    public func closing(
        portfolio: ExactText?, symbol: ExactText?, for authority: Authority
    ) async throws -> [PlaceOrder] {
        try await work.read { tx in
            let book = try authority.book(named: portfolio, in: tx).mapError(ServiceError.init)
                .get()
            let scope = Scope(portfolioID: book.id, strategyID: authority.strategyID)
            return try Positions.list(
                scope, includeClosed: false, for: authority.caller, in: tx
            ).filter { symbol == nil || $0.instrument.instrument.symbol == symbol }.map {
                PlaceOrder(closing: $0)
            }
        }
    }
}

extension RiskVerdict {
    /// Why the order is denied or cut down; nil where nothing was exceeded.
    fileprivate var reason: String? {
        if let refusedBy { return "trading is \(refusedBy.rawValue)" }
        let sentences = breaches.map { "\($0.policyName): \($0.sentence)" }
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }
}

extension PlaceOrder {
    fileprivate init(closing position: PositionListing) {
        let instrument = position.instrument.instrument
        let held = position.position.quantity
        let strategy = position.strategy.flatMap { StrategyReference(parsing: $0.text) }
        self.init(
            symbol: instrument.symbol, side: held.isNegative ? .buy : .sell,
            size: .quantity(held.magnitude), timeInForce: instrument.assetType.usualTimeInForce,
            isReduceOnly: true, exchange: instrument.exchange, assetType: instrument.assetType,
            currency: instrument.currency, option: instrument.option,
            portfolio: position.portfolio, strategy: strategy.map(StrategyChoice.named) ?? .none,
            closeReason: .manualClose)
    }
}

extension ServiceError {
    static let otherOrder = ServiceError(
        .conflict, code: "CONFLICT", field: "client_order_id",
        detail: "another order has this id: the same id means the same order")
}

extension OrderPreview {
    init(
        _ plan: OrderPlan, askedQuantity: Decimal, _ verdict: RiskVerdict, fee: Decimal?,
        _ buyingPower: BuyingPower?
    ) {
        self.askedQuantity = askedQuantity
        self.verdict = verdict
        self.fee = fee
        self.buyingPower = buyingPower
        baseCurrency = plan.portfolio.baseCurrency
        let (instruction, held) = (plan.instruction, plan.position.quantity)
        let signed = instruction.side == .buy ? instruction.quantity : -instruction.quantity
        let after = (try? held + signed) ?? held
        let reduces = !held.isZero && held.isNegative == (instruction.side == .buy)
        portfolio = plan.portfolio.name
        strategy = plan.order.strategyName
        instrument = plan.instrument
        isNewInstrument = plan.isNewInstrument
        self.instruction = instruction
        quote = plan.quote
        price = plan.price
        notional = plan.price.flatMap {
            try? plan.instrument.notional(of: instruction.quantity, at: $0)
        }
        heldBefore = held
        heldAfter = after
        effect =
            if held.isZero {
                .opens
            } else if !reduces {
                .adds
            } else if after.isZero {
                .closes
            } else if after.isNegative == held.isNegative {
                .reduces
            } else {
                .flips
            }
        realizedPnL = reduces ? plan.realized() : nil
        exits = plan.order.exits
        riskToStop = plan.riskToStop
    }
}

extension PlaceOrder {
    fileprivate var strategyName: ExactText? {
        if case .named(let reference) = strategy { ExactText(reference.description) } else { nil }
    }
}

extension OrderPlan {
    /// What the closing part would realize at the price, before fees; nil without a price.
    fileprivate func realized() -> Decimal? {
        guard let price else { return nil }
        let closed = min(instruction.quantity, position.quantity.magnitude)
        guard let worth = try? instrument.notional(of: closed, at: price),
            let released = try? position.cost.prorated(closed, of: position.quantity.magnitude)
        else { return nil }
        let received = instruction.side == .sell ? worth : -worth
        return try? received - released
    }
}

extension AssetType {
    /// For how long an order works where nobody says: markets that never close know no day.
    public var usualTimeInForce: TimeInForce {
        switch self {
        case .crypto, .forex: .goodTillCanceled
        case .equity, .etf, .fund, .future, .option, .index, .bond, .cfd, .warrant: .day
        }
    }
}
