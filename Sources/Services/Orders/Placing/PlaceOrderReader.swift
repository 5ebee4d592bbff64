import Ledger
public import Wire

/// The keys of an order that is to be placed.
public enum PlaceOrderField: String, CaseIterable, Sendable {
    case portfolio
    case strategy
    case clientOrderID = "client_order_id"
    case symbol
    case exchange
    case assetType = "asset_type"
    case currency
    case option
    case multiplier
    case tickSize = "tick_size"
    case side
    case type
    case quantity
    case notional
    case price
    case stopPrice = "stop_price"
    case trailAmount = "trail_amount"
    case trailPercent = "trail_percent"
    case timeInForce = "time_in_force"
    case reduceOnly = "reduce_only"
    case stopLoss = "stop_loss"
    case stopLossTrailAmount = "stop_loss_trail_amount"
    case stopLossTrailPercent = "stop_loss_trail_percent"
    case takeProfit = "take_profit"
    case meta
}

/// An order as it was posted.
public struct PostedOrder: Sendable, Hashable {
    public var order: PlaceOrder
    /// Whether nobody said how long it is to work: its time in force is none yet.
    public let isTimeInForceLeftOut: Bool

    /// With how long it works where it did not say: by its asset type, or by that of the known
    /// instruments that fit, and for the day where neither tells.
    public func completed(by instruments: InstrumentService) async throws -> PlaceOrder {
        guard isTimeInForceLeftOut else { return order }
        var order = order
        var types = Set([order.assetType].compactMap(\.self))
        if types.isEmpty {
            let fitting = try await instruments.all(symbols: [order.symbol]).filter {
                $0.exchange == order.exchange
                    && (order.currency == nil || order.currency == $0.currency)
            }
            types = Set(fitting.map(\.assetType))
        }
        if let type = types.first, types.count == 1 { order.timeInForce = type.usualTimeInForce }
        return order
    }
}

/// Reads orders by the rules of `POST /v1/orders`.
public enum PlaceOrderReader {
    /// Reads the body; what is JSON but no order is refused with its field.
    public static func order(
        from json: [UInt8]
    ) throws(JSONError) -> Result<PostedOrder, ServiceError> {
        var reader = JSONReader(json, tolerating: .all)
        let order = try PlaceOrderDraft.read(from: &reader)
        try reader.finish()
        return order.mapError { ServiceError($0) }
    }
}

/// An order whose fields are still coming in, in whatever order. A field that is null is left out.
private struct PlaceOrderDraft: ReportDraft {
    static let keys = JSONKeys<PlaceOrderField>()
    static let listField = ReportBatchField.orders
    static let name = "an order"
    static let metaField = PlaceOrderField.meta
    static let optionField = PlaceOrderField.option

    private var portfolio: ExactText?
    private var strategy = StrategyChoice.leftOut
    private var clientOrderID: ExactText?
    private var symbol: ExactText?
    private var exchange: ExactText?
    private var assetType: AssetType?
    private var currency: Currency?
    private var multiplier: Decimal?
    private var tickSize: Decimal?
    private var side: Side?
    private var type: OrderType?
    private var quantity: Decimal?
    private var notional: Decimal?
    private var prices = PriceDraft()
    private var timeInForce: TimeInForce?
    private var isReduceOnly: Bool?
    private var exits = ExitDraft()
    private var metaJSON: String?
    var option: OptionDraft?

    mutating func set(_ field: PlaceOrderField, _ value: FillValue) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .portfolio: portfolio = try value.text(name, atMost: FillLimits.nameBytes)
        case .strategy: strategy = try value.strategy(name)
        case .clientOrderID: clientOrderID = try value.text(name, atMost: FillLimits.idBytes)
        case .symbol: symbol = try value.text(name, atMost: FillLimits.nameBytes)
        case .exchange: exchange = try value.text(name, atMost: FillLimits.nameBytes)
        case .assetType: assetType = try value.word(name)
        case .currency: currency = try value.currency(name)
        case .multiplier: multiplier = try value.positiveDecimal(name)
        case .tickSize: tickSize = try value.positiveDecimal(name)
        case .side: side = try value.word(name)
        case .type: type = try value.word(name)
        case .quantity: quantity = try value.positiveDecimal(name)
        case .notional: notional = try value.positiveDecimal(name)
        case .price: prices.price = try value.decimal(name)
        case .stopPrice: prices.stopPrice = try value.decimal(name)
        case .trailAmount: prices.trailAmount = try value.positiveDecimal(name)
        case .trailPercent: prices.trailPercent = try value.trailPercent(name)
        case .timeInForce: timeInForce = try value.word(name)
        case .reduceOnly: isReduceOnly = try value.flag(name)
        case .stopLoss: exits.price = try value.decimal(name)
        case .stopLossTrailAmount: exits.trailAmount = try value.positiveDecimal(name)
        case .stopLossTrailPercent: exits.trailPercent = try value.trailPercent(name)
        case .takeProfit: exits.profit = try value.decimal(name)
        case .meta, .option: try value.onlyNull(name)
        }
    }

    mutating func setMeta(_ json: String) { metaJSON = json }

    func report() throws(FillRefusal) -> PostedOrder {
        let symbol = try symbol.needed(PlaceOrderField.symbol.rawValue)
        let side = try side.needed(PlaceOrderField.side.rawValue)
        let size = try size()
        let pricing = try prices.pricing(of: type ?? .market)
        do throws(OrderFault) {
            // The quantity may not be known yet, and is checked by itself.
            _ = try OrderInstruction(
                side: side, quantity: .one, pricing: pricing, timeInForce: timeInForce ?? .day)
        } catch {
            throw .invalid(error.field.rawValue, error.detail)
        }
        let (contract, multiplier) = try option.contract(of: assetType, multiplier)
        let order = PlaceOrder(
            symbol: symbol, side: side, size: size, pricing: pricing,
            timeInForce: timeInForce ?? .day, isReduceOnly: isReduceOnly ?? false,
            exchange: exchange, assetType: assetType, currency: currency, option: contract,
            multiplier: multiplier, tickSize: tickSize, portfolio: portfolio, strategy: strategy,
            clientOrderID: clientOrderID, exits: try exits.terms(), metaJSON: metaJSON ?? "{}")
        return PostedOrder(order: order, isTimeInForceLeftOut: timeInForce == nil)
    }

    private func size() throws(FillRefusal) -> OrderSize {
        switch (quantity, notional) {
        case (let quantity?, nil): .quantity(quantity)
        case (nil, let notional?): .notional(notional)
        case (nil, nil):
            throw .invalid(PlaceOrderField.quantity.rawValue, "is missing; or notional")
        case (_?, _?):
            throw .invalid(
                PlaceOrderField.notional.rawValue, "may not stand beside quantity: give one of them"
            )
        }
    }
}

/// The exits of an order, each as it came.
private struct ExitDraft {
    var price: Decimal?
    var trailAmount: Decimal?
    var trailPercent: Decimal?
    var profit: Decimal?

    /// Nil where none was given.
    func terms() throws(FillRefusal) -> ExitTerms? {
        let given: [(PlaceOrderField, StopLoss?)] = [
            (.stopLoss, price.map(StopLoss.price)),
            (.stopLossTrailAmount, trailAmount.map { .trail(.amount($0)) }),
            (.stopLossTrailPercent, trailPercent.map { .trail(.percent($0)) }),
        ]
        var terms = ExitTerms(profit: profit)
        for case (let field, let stop?) in given {
            guard terms.stop == nil else {
                throw .invalid(
                    field.rawValue, "may not stand beside another stop loss: give one of them")
            }
            terms.stop = stop
        }
        return terms.isEmpty ? nil : terms
    }
}

/// The prices of an order, each as it came.
struct PriceDraft {
    var price: Decimal?
    var stopPrice: Decimal?
    var trailAmount: Decimal?
    var trailPercent: Decimal?

    /// Nil where neither was given.
    func trail() throws(FillRefusal) -> Trail? {
        if let trailAmount {
            guard trailPercent == nil else {
                throw .invalid(
                    PlaceOrderField.trailPercent.rawValue,
                    "may not stand beside trail_amount: give one of them")
            }
            return .amount(trailAmount)
        }
        return trailPercent.map(Trail.percent)
    }

    /// What an order of this type asks for; refuses what it lacks and what it can't have.
    func pricing(of type: OrderType) throws(FillRefusal) -> OrderPricing {
        let trail = try trail()
        let isGiven: [(PlaceOrderField, Bool)] = [
            (.price, price != nil), (.stopPrice, stopPrice != nil),
            (trailPercent == nil ? .trailAmount : .trailPercent, trail != nil),
        ]
        for (field, isGiven) in isGiven where isGiven && !type.has(field) {
            throw .invalid(
                field.rawValue,
                "has no place in an order of type \(type.rawValue): leave it out, or give another"
                    + " type")
        }
        switch type {
        case .market: return .market
        case .limit: return .limit(try price.needed(.price, of: type))
        case .stop: return .stop(try stopPrice.needed(.stopPrice, of: type))
        case .stopLimit:
            return .stopLimit(
                stop: try stopPrice.needed(.stopPrice, of: type),
                limit: try price.needed(.price, of: type))
        case .trailing:
            guard let trail else {
                throw .invalid(
                    PlaceOrderField.trailAmount.rawValue,
                    "is missing: an order of type TRAILING needs it, or trail_percent")
            }
            return .trailing(trail, stop: nil)
        }
    }
}

extension FillValue {
    /// Above 0 and below 100.
    func trailPercent(_ field: String) throws(FillRefusal) -> Decimal? {
        let percent = try positiveDecimal(field)
        if let percent, percent >= 100 { throw .invalid(field, "must be less than 100") }
        return percent
    }
}

extension OrderType {
    /// Which of the prices an order of the type has.
    fileprivate func has(_ field: PlaceOrderField) -> Bool {
        switch field {
        case .price: self == .limit || self == .stopLimit
        case .stopPrice: self == .stop || self == .stopLimit
        case .trailAmount, .trailPercent: self == .trailing
        default: true
        }
    }
}

extension Decimal? {
    fileprivate func needed(
        _ field: PlaceOrderField, of type: OrderType
    ) throws(FillRefusal) -> Decimal {
        guard let self else {
            throw .invalid(
                field.rawValue, "is missing: an order of type \(type.rawValue) needs it")
        }
        return self
    }
}
