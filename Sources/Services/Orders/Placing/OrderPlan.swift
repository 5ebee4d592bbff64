import Ledger
import Records
import Storage

/// What an order means in the ledger as it is now: where it belongs, what it is for, how much it
/// comes to. Reads only.
struct OrderPlan {
    let order: PlaceOrder
    let scope: IngestScope
    let portfolio: Portfolio
    /// Its instrument and strategy have negative ids until they are stored.
    let holding: HoldingKey
    let instrument: Instrument
    let isNewInstrument: Bool
    let quote: Quote?
    let position: Position
    private(set) var instruction: OrderInstruction

    /// An order that its sender placed before, under the same id.
    struct Repetition: Error {
        let uid: String
    }

    /// `locking` where it is to be placed in this unit of work: then it throws
    /// `Repetition` for the same request again. Throws `ServiceError`.
    init(
        _ order: PlaceOrder, locking: Bool, gateways: Set<String>, _ money: MoneyService,
        on day: Day, _ authority: Authority, in tx: any Transaction
    ) throws {
        self.order = order
        do {
            let reports: [Result<PlaceOrder, FillRefusal>] = [.success(order)]
            scope = try IngestScope(
                reports, portfolio: nil, strategy: .leftOut, locking: locking, authority, in: tx)
            portfolio = try scope.portfolio(for: order)
            let strategy = try scope.strategy(for: order)
            let (record, isInvented) = try InstrumentBook(symbols: [order.symbol], in: tx)
                .resolve(order)
            instrument = record.instrument
            isNewInstrument = isInvented
            holding = HoldingKey(
                portfolioID: portfolio.id, instrumentID: record.id, strategyID: strategy.id)
        } catch let refusal as FillRefusal {
            throw ServiceError(refusal)
        }
        // Before what has changed since can refuse it.
        if locking, let id = order.clientOrderID,
            let known = try PlacedOrders.with(
                clientOrderID: id, in: portfolio.id, for: authority.caller, in: tx)
        {
            guard known.request == order.request(instrument, portfolio.name) else {
                throw ServiceError.otherOrder
            }
            throw Repetition(uid: known.uid)
        }
        guard gateways.contains(portfolio.brokerCode) else {
            throw ServiceError(
                .invalid, code: "NO_GATEWAY", field: "portfolio",
                detail: "\(portfolio.name) is with \(portfolio.brokerCode), to whom no order can be"
                    + " sent from here: place it there and post its fills")
        }
        quote = isNewInstrument ? nil : try Quotes.of(holding.instrumentID, in: tx)
        let isNewStrategy = (holding.strategyID?.raw ?? 0) < 0
        position =
            isNewInstrument || isNewStrategy
            ? Position()
            : try Positions.with([holding], for: authority.caller, in: tx).first?.position
                ?? Position()
        let (portfolio, currency) = (portfolio, instrument.currency)
        let sizing = OrderSizing(
            side: order.side, pricing: order.pricing, instrument: instrument, quote: quote,
            held: position.quantity
        ) {
            try money.equity(
                of: portfolio, in: currency, on: day, for: authority.caller, in: tx)
        }
        do {
            instruction = try OrderInstruction(
                side: order.side, quantity: sizing.quantity(order.size), pricing: order.pricing,
                timeInForce: order.timeInForce, isReduceOnly: order.isReduceOnly)
            try instrument.check(instruction)
        } catch let fault as OrderFault {
            throw ServiceError(fault)
        }
        try checkReduction()
        try checkExits()
    }

    private func checkReduction() throws(ServiceError) {
        guard instruction.isReduceOnly else { return }
        let held = position.quantity
        let reduces = instruction.side == .sell ? held > .zero : held < .zero
        guard reduces else {
            throw ServiceError(
                .invalid, code: "NOTHING_TO_REDUCE", field: "side",
                detail: held.isZero
                    ? "no \(instrument.symbol) is held: there is nothing to reduce"
                    : "\(held) \(instrument.symbol) is held: a \(instruction.side.rawValue) would"
                        + " add to it")
        }
        guard instruction.quantity <= held.magnitude else {
            throw ServiceError(
                .invalid, code: "NOTHING_TO_REDUCE", field: "quantity",
                detail: "no more than the \(held.magnitude) that are held can be reduced")
        }
    }

    /// Cuts it down. Throws `OrderFault` for what is not above zero.
    mutating func reduce(to quantity: Decimal) throws(OrderFault) {
        instruction = try OrderInstruction(
            side: instruction.side, quantity: quantity, pricing: instruction.pricing,
            timeInForce: instruction.timeInForce, isReduceOnly: instruction.isReduceOnly)
    }

    /// The price that it is reckoned at.
    var price: Decimal? {
        OrderSizing.price(instruction.pricing, side: instruction.side, quote: quote)
    }

    /// What of the request makes it the same one when it comes again.
    var request: String { order.request(instrument, portfolio.name) }
}

/// How much an order comes to, where it is not said in units.
struct OrderSizing {
    let side: Side
    let pricing: OrderPricing
    let instrument: Instrument
    let quote: Quote?
    let held: Decimal
    /// Of the portfolio, in the instrument's currency; nil where it is not known.
    let equity: () throws -> Decimal?

    /// Throws `ServiceError` where the size can't be reckoned, or comes to nothing.
    func quantity(_ size: OrderSize) throws -> Decimal {
        switch size {
        case .quantity(let quantity): return quantity
        case .notional(let money): return try quantity(for: money)
        case .percent(let percent):
            return try closes ? quantity(ofPosition: percent) : quantity(ofEquity: percent)
        }
    }

    /// Whether the side is against what is held.
    private var closes: Bool { !held.isZero && held.isNegative == (side == .buy) }

    private func quantity(ofEquity percent: Decimal) throws -> Decimal {
        guard percent > .zero else { throw Self.invalid("quantity", "must be above 0 %") }
        guard let equity = try equity(), equity > .zero else {
            throw ServiceError(
                .invalid, code: "NO_EQUITY", field: "quantity",
                detail: "no equity of the portfolio is known to take a part of: give a quantity")
        }
        let money = try Self.fitting("quantity") { () throws(LedgerError) in
            try equity.prorated(percent, of: 100)
        }
        return try quantity(for: money, field: "quantity")
    }

    private func quantity(for money: Decimal, field: String = "notional") throws -> Decimal {
        guard money > .zero else { throw Self.invalid(field, "must be above 0") }
        guard let price = Self.price(pricing, side: side, quote: quote), price > .zero else {
            throw ServiceError(
                .invalid, code: "NO_QUOTE", field: field,
                detail: "no price of \(instrument.symbol) is known to reckon a quantity from: give"
                    + " the quantity, or a limit")
        }
        let exact = try Self.fitting(field) { () throws(LedgerError) in
            try money.divided(by: price * instrument.multiplier)
        }
        let quantity = exact.roundedDown(to: instrument.orderStep)
        guard quantity > .zero else {
            throw Self.invalid(
                field,
                "\(money) \(instrument.currency) is less than the smallest order at \(price):"
                    + " \(instrument.orderStep)")
        }
        return quantity
    }

    private func quantity(ofPosition percent: Decimal) throws -> Decimal {
        guard percent > .zero else { throw Self.invalid("quantity", "must be above 0 %") }
        if percent == 100 { return held.magnitude }
        let exact = try Self.fitting("quantity") { () throws(LedgerError) in
            try (held.magnitude * percent).divided(by: 100)
        }
        let step = min(instrument.orderStep, held.magnitude)
        let quantity = exact.roundedDown(to: step)
        guard quantity > .zero else {
            throw Self.invalid(
                "quantity",
                "\(percent) % of \(held.magnitude) is less than the smallest step, \(step)")
        }
        return quantity
    }

    /// The limit, the stop, or what the quote offers this side; nil where nothing is known.
    static func price(_ pricing: OrderPricing, side: Side, quote: Quote?) -> Decimal? {
        if let price = pricing.limit ?? pricing.stop { return price }
        guard let quote else { return nil }
        return (side == .buy ? quote.ask : quote.bid) ?? quote.mark
    }

    private static func invalid(_ field: String, _ detail: String) -> ServiceError {
        ServiceError(.invalid, code: "INVALID_FIELD", field: field, detail: detail)
    }

    private static func fitting(
        _ field: String, _ reckon: () throws(LedgerError) -> Decimal
    ) throws(ServiceError) -> Decimal {
        do throws(LedgerError) {
            return try reckon()
        } catch {
            throw ServiceError(
                .invalid, code: "OUT_OF_RANGE", field: field,
                detail: "the quantity that follows does not fit 18 decimals below 1.7e20")
        }
    }
}

extension ServiceError {
    init(_ fault: OrderFault) {
        self.init(
            .invalid, code: "INVALID_FIELD", field: fault.field.rawValue, detail: fault.detail)
    }
}

extension PlaceOrder {
    /// What was asked for, by value; the same for the same request.
    fileprivate func request(_ instrument: Instrument, _ portfolio: ExactText) -> String {
        let (sizeKind, size) =
            switch self.size {
            case .quantity(let value): ("quantity", value)
            case .notional(let value): ("notional", value)
            case .percent(let value): ("percent", value)
            }
        let strategy: String? =
            if case .named(let reference) = self.strategy { reference.description } else { nil }
        return Details.object([
            "symbol": instrument.symbol.text, "exchange": instrument.exchange?.text,
            "asset_type": instrument.assetType.rawValue, "currency": instrument.currency.code,
            "strategy": strategy, "side": side.rawValue, sizeKind: size.description,
            "type": pricing.type.rawValue, "price": pricing.limit?.description,
            "stop_price": pricing.trail == nil ? pricing.stop?.description : nil,
            "trail": pricing.trail.map(OrderTerms.trailText),
            "time_in_force": timeInForce.rawValue,
            "reduce_only": isReduceOnly ? "true" : "false",
        ]) + (exits.map(\.requested) ?? "")
    }
}
