import Ledger
import Records
import Storage

extension OrderService {
    /// At which prices a position is closed again. Throws `.notFound` where it is not open.
    public func exits(
        of place: PositionPlace, for authority: Authority
    ) async throws -> PositionExits {
        try await work.read { [gateways] tx in
            try ExitPlan(place, gateways, authority, in: tx).exits(after: ExitsChange())
        }
    }

    /// What a change of a position's exits would come to; nothing is stored. Throws `ServiceError`
    /// for what setting them would refuse.
    public func preview(
        _ change: ExitsChange, of place: PositionPlace, for authority: Authority
    ) async throws -> PositionExits {
        try await work.read { [gateways] tx in
            let plan = try ExitPlan(place, gateways, authority, in: tx)
            try plan.check(change)
            return try plan.exits(after: change)
        }
    }

    /// Changes the exits of an open position, those of all of its brackets; what no bracket
    /// protects gets one. What works is replaced in one step, so that the position is never
    /// without. The same `request` again changes nothing.
    ///
    /// Throws `ServiceError`: `NO_POSITION`, `NO_GATEWAY`, `INVALID_FIELD` with `stop_loss` or
    /// `take_profit`; then nothing was stored.
    public func setExits(
        _ change: ExitsChange, of place: PositionPlace, request: String, as authority: Authority
    ) async throws -> PositionExits {
        try await work.write { [gateways] tx, draw in
            try authority.caller.requireMember(in: tx)
            let portfolio = try authority.book(named: place.portfolio, in: tx)
                .mapError(ServiceError.init).get()
            try Portfolios.lock([portfolio.id], for: authority.caller, in: tx)
            let plan = try ExitPlan(place, gateways, authority, in: tx)
            guard !plan.knows(request) else { return try plan.exits(after: ExitsChange()) }
            try plan.check(change)
            try plan.store(change, request, &draw)
            return try ExitPlan(place, gateways, authority, in: tx).exits(after: ExitsChange())
        }
    }

    /// Looks at all that is in force, as every fill does with its own position: for the start,
    /// before anything works again. Returns how many holdings there were.
    @discardableResult
    public func keepExits() async throws -> Int {
        let holdings = try await work.read { try Brackets.holdingsInForce(in: $0) }
        for (owner, holding) in holdings {
            let caller = Caller(userID: owner, isAdmin: false)
            try await work.write { tx, draw in
                try Portfolios.lock([holding.portfolioID], for: caller, in: tx)
                try BracketKeeper(caller: caller, tx: tx).keep([holding], &draw)
            }
        }
        return holdings.count
    }

    /// Gives an exit another price: its bracket keeps it, whatever becomes of the order. Throws
    /// `ServiceError` for a change that is none of its price.
    static func replace(
        exit order: PlacedOrder, of link: BracketLink, with change: ReplaceOrder,
        for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        for (field, isGiven) in [
            (OrderFault.Field.quantity, change.quantity != nil),
            (.timeInForce, change.timeInForce != nil),
        ] where isGiven {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: field.rawValue,
                detail: "of a stop loss or take profit follows the position: leave it out")
        }
        guard var bracket = try Brackets.with(id: link.id, for: caller, in: tx),
            bracket.endedAt == nil
        else { return }
        if let price = change.stopPrice { bracket.terms.stop = .price(price) }
        if let trail = change.trail { bracket.terms.stop = .trail(trail) }
        if let price = change.price { bracket.terms.profit = price }
        do throws(OrderFault) {
            try bracket.terms.check(
                protecting: bracket.side.opposite, at: nil, of: order.instrument)
        } catch {
            throw ServiceError(error)
        }
        try Brackets.update(bracket, now: draw.now, in: tx)
        try BracketKeeper(caller: caller, tx: tx).keep([order.holding], &draw)
    }
}

/// A position and what protects it, as the ledger has them now.
private struct ExitPlan {
    let place: PositionPlace
    let listing: PositionListing
    let gateway: String
    /// Of what is held, what is not being closed by hand.
    let protectable: Decimal
    /// Those on the position's side, the newest first, each with how much it closes.
    let brackets: [(record: BracketRecord, share: Decimal)]
    let caller: Caller
    let tx: any Transaction

    private var held: Decimal { listing.position.quantity }
    private var mark: Decimal? { listing.quote?.mark }

    init(
        _ place: PositionPlace, _ gateways: Set<String>, _ authority: Authority,
        in tx: any Transaction
    ) throws {
        let portfolio = try authority.book(named: place.portfolio, in: tx)
            .mapError(ServiceError.init).get()
        let scope = Scope(portfolioID: portfolio.id, strategyID: authority.strategyID)
        let positions = try Positions.list(
            scope, includeClosed: false, for: authority.caller, in: tx)
        guard let listing = positions.first(where: { PositionPlace($0) == place }) else {
            throw ServiceError(
                .notFound, code: "NO_POSITION", field: "symbol",
                detail: "no position in \(place.instrument.symbol) is open there")
        }
        guard gateways.contains(portfolio.brokerCode) else {
            throw ServiceError(
                .invalid, code: "NO_GATEWAY", field: "portfolio",
                detail: "\(portfolio.name) is with \(portfolio.brokerCode), to whom no order can be"
                    + " sent from here: protect it there")
        }
        let caller = authority.caller
        let loaded = try Brackets.inForce(in: portfolio.id, for: caller, in: tx).reversed()
            .filter { $0.holding == listing.holding }
            .map { try LoadedBracket($0, for: caller, in: tx) }
        let reducing = try PlacedOrders.open(in: portfolio.id, for: caller, in: tx).filter {
            $0.holding == listing.holding && $0.instruction.isReduceOnly
        }
        let left = reducing.leftByClosing(listing.position.quantity)
        let shares = BracketClaim.shares(of: left, among: loaded.map(\.claim))
        protectable = left.magnitude
        self.place = place
        self.listing = listing
        gateway = portfolio.brokerCode
        brackets = zip(loaded, shares).compactMap { bracket, share in
            let isWhole = bracket.record.entryID == nil
            return share > .zero || isWhole ? (bracket.record, share) : nil
        }
        self.caller = caller
        self.tx = tx
    }

    func knows(_ request: String) -> Bool { brackets.contains { $0.record.request == request } }

    /// What no bracket protects.
    private var unprotected: Decimal {
        brackets.reduce(protectable) { left, bracket in
            (try? left - bracket.share) ?? .zero
        }
    }

    func exits(after change: ExitsChange) throws -> PositionExits {
        var parts = brackets.map { bracket in
            PositionExits.Part(
                quantity: bracket.share, terms: change.applied(to: bracket.record.terms))
        }
        if unprotected > .zero {
            parts.append(PositionExits.Part(quantity: unprotected, terms: change.new))
        }
        return PositionExits(
            place: place, held: held, mark: mark,
            parts: parts.filter { $0.quantity > .zero && !$0.terms.isEmpty })
    }

    func check(_ change: ExitsChange) throws {
        guard protectable > .zero else {
            throw ServiceError(
                .conflict, code: "CLOSING", field: "symbol",
                detail: "an order that closes all of it is on its way: cancel that first")
        }
        let side = (held.closingSide ?? .sell).opposite
        let instrument = place.instrument
        do throws(OrderFault) {
            try change.new.check(protecting: side, at: mark, of: instrument)
            for bracket in brackets {
                try change.applied(to: bracket.record.terms)
                    .check(protecting: side, at: nil, of: instrument)
            }
            if change.stop == .off, !brackets.contains(where: { $0.record.terms.stop != nil }) {
                throw OrderFault(field: .stopLoss, detail: "is set nowhere: nothing to take off")
            }
            if change.profit == .off, !brackets.contains(where: { $0.record.terms.profit != nil }) {
                throw OrderFault(field: .takeProfit, detail: "is set nowhere: nothing to take off")
            }
        } catch {
            throw ServiceError(error)
        }
    }

    func store(_ change: ExitsChange, _ request: String, _ draw: inout Draw) throws {
        for (record, _) in brackets {
            var changed = record
            changed.terms = change.applied(to: record.terms)
            changed.request = request
            try Brackets.update(changed, now: draw.now, in: tx)
        }
        if unprotected > .zero, !change.new.isEmpty, let side = held.closingSide {
            _ = try Brackets.insert(
                uid: draw.uid(), change.new, of: listing.holding, entry: nil, side: side,
                gateway: gateway, request: request, now: draw.now, for: caller, in: tx)
        }
        try BracketKeeper(caller: caller, tx: tx).keep([listing.holding], &draw)
    }
}
