import Ledger
public import Records
import Storage

extension OrderService {
    /// Asks an order's gateway for its end; that it has come is told by an event. Asking again
    /// while it is underway changes nothing. `version` is the one that the caller has seen; nil for
    /// whatever it is by now.
    ///
    /// Throws `ServiceError`: `UNKNOWN_ORDER`, `NOT_OURS` for one that was reported, `ORDER_ENDED`,
    /// `VERSION_CONFLICT`.
    public func cancel(
        uid: String, version: Int64? = nil, as authority: Authority
    ) async throws -> OrderListing {
        try await work.write { tx, draw in
            let caller = authority.caller
            let order = try Self.changeable(uid, version, authority, in: tx)
            let underway = try Submissions.pending(of: order.id, for: caller, in: tx)
            if !underway.contains(where: { $0.kind == .cancel }) {
                try Submissions.insert(.cancel, of: order.id, now: draw.now, for: caller, in: tx)
                try PlacedOrders.noteChange(of: order, now: draw.now, in: tx)
                draw.hasSubmissions = true
                try AuditLog.append(
                    [AuditEntry(.cancel, .order, id: order.id.raw)], userID: caller.userID,
                    now: draw.now, in: tx)
            }
            return try Self.listing(uid, for: caller, in: tx)
        }
    }

    /// Asks an order's gateway for other terms, as one step; they hold when an event tells so.
    /// `version` and errors as of `cancel`, and `INVALID_FIELD` for terms that make no order.
    public func replace(
        uid: String, with change: ReplaceOrder, version: Int64? = nil, as authority: Authority
    ) async throws -> OrderListing {
        try await work.write { tx, draw in
            let caller = authority.caller
            let order = try Self.changeable(uid, version, authority, in: tx)
            let terms = try change.terms(for: order)
            if let link = order.bracket, link.role != .close {
                try Self.replace(
                    exit: order, of: link, with: change, for: caller, in: tx, &draw)
            } else if terms != order.instruction {
                try Submissions.insert(
                    .replace, of: order.id, termsJSON: OrderTermsJSON.write(terms),
                    now: draw.now, for: caller, in: tx)
                try PlacedOrders.noteChange(of: order, now: draw.now, in: tx)
                draw.hasSubmissions = true
                try AuditLog.append(
                    [
                        AuditEntry(
                            .update, .order, id: order.id.raw,
                            detailsJSON: OrderTermsJSON.write(terms))
                    ], userID: caller.userID, now: draw.now, in: tx)
            }
            return try Self.listing(uid, for: caller, in: tx)
        }
    }

    private static func changeable(
        _ uid: String, _ version: Int64?, _ authority: Authority, in tx: any Transaction
    ) throws -> PlacedOrder {
        let caller = authority.caller
        try caller.requireMember(in: tx)
        guard let (listing, holding) = try OrderList.with(uid: uid, for: caller, in: tx),
            authority.portfolioID == nil || authority.portfolioID == holding.portfolioID,
            authority.strategyID == nil || authority.strategyID == holding.strategyID
        else { throw ServiceError.unknownOrder }
        try Portfolios.lock([holding.portfolioID], for: caller, in: tx)
        guard listing.gateway != nil,
            // Read again: what held the portfolio may have changed it.
            let order = try PlacedOrders.with(uid: uid, for: caller, in: tx)
        else {
            throw ServiceError(
                .conflict, code: "NOT_OURS", field: "uid",
                detail: "this order was placed elsewhere and reported: change it there")
        }
        guard order.progress.status.isOpen else {
            throw ServiceError(
                .conflict, code: "ORDER_ENDED", field: "uid",
                detail: "the order is \(order.standing)")
        }
        guard version == nil || version == order.version else {
            let underway = try Submissions.pending(of: order.id, for: caller, in: tx)
            let now = ([order.standing] + underway.compactMap(Self.words)).joined(separator: "; ")
            throw ServiceError(
                .conflict, code: "VERSION_CONFLICT", field: "version",
                detail: "the order has changed since: it is version \(order.version) by now,"
                    + " \(now)")
        }
        return order
    }

    /// What is on its way, for people.
    private static func words(kind: Submission.Kind, termsJSON: String) -> String? {
        switch kind {
        case .place: nil
        case .cancel: "its cancellation is on the way"
        case .replace:
            OrderTermsJSON.read(termsJSON).map { terms in
                (["new terms are on the way: \(terms.quantity)"] + terms.pricing.words)
                    .joined(separator: ", ")
            }
        }
    }
}

extension OrderPricing {
    fileprivate var words: [String] {
        [limit.map { "limit \($0)" }, stop.map { "stop \($0)" }].compactMap(\.self)
    }
}

extension PlacedOrder {
    /// How it stands, for people.
    fileprivate var standing: String {
        let filled = "\(progress.filled) of \(progress.quantity) filled"
        let parts =
            [progress.status.rawValue, filled] + instruction.pricing.words
            + [reason].compactMap(\.self)
        return parts.joined(separator: ", ")
    }
}

extension ServiceError {
    static let unknownOrder = ServiceError(
        .notFound, code: "UNKNOWN_ORDER", field: "uid", detail: "no order has this uid")
}

extension ReplaceOrder {
    /// The order's terms with the change. Throws `ServiceError` where they make none.
    fileprivate func terms(for order: PlacedOrder) throws -> OrderInstruction {
        let known = order.instruction
        let quantity = quantity ?? known.quantity
        guard quantity > order.progress.filled else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "quantity",
                detail: "\(order.progress.filled) is filled already: expected more, or cancel it")
        }
        do {
            let terms = try OrderInstruction(
                side: known.side, quantity: quantity, pricing: try pricing(known.pricing),
                timeInForce: timeInForce ?? known.timeInForce, isReduceOnly: known.isReduceOnly)
            try order.instrument.check(terms)
            return terms
        } catch {
            throw ServiceError(error)
        }
    }

    private func pricing(_ known: OrderPricing) throws(OrderFault) -> OrderPricing {
        let (hasPrice, hasStop) =
            switch known {
            case .market, .trailing: (false, false)
            case .limit: (true, false)
            case .stop: (false, true)
            case .stopLimit: (true, true)
            }
        func refuse(_ field: OrderFault.Field) -> OrderFault {
            OrderFault(field: field, detail: "a \(known.type.rawValue) order has none to change")
        }
        if price != nil, !hasPrice { throw refuse(.price) }
        if stopPrice != nil, !hasStop { throw refuse(.stopPrice) }
        if trail != nil, known.trail == nil { throw refuse(.trail) }
        return switch known {
        case .market: .market
        case .limit(let limit): .limit(price ?? limit)
        case .stop(let stop): .stop(stopPrice ?? stop)
        case .stopLimit(let stop, let limit):
            .stopLimit(stop: stopPrice ?? stop, limit: price ?? limit)
        case .trailing(let trail, let stop): .trailing(self.trail ?? trail, stop: stop)
        }
    }
}
