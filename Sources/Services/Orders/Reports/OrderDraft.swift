import Ledger
import Wire

/// The keys of an ORDER.
public enum OrderField: String, CaseIterable, Sendable {
    case brokerOrderID = "broker_order_id"
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
    case status
    case quantity
    case filledQuantity = "filled_quantity"
    case price
    case stopPrice = "stop_price"
    case timeInForce = "time_in_force"
    case placedAt = "placed_at"
    case updatedAt = "updated_at"
    case meta
    case portfolio
    case strategy
}

/// An order whose fields are still coming in, in whatever order. A field that is null is left out.
struct OrderDraft: ReportDraft {
    static let keys = JSONKeys<OrderField>()
    static let listField = ReportBatchField.orders
    static let name = "an order"
    static let metaField = OrderField.meta
    static let optionField = OrderField.option

    private var brokerOrderID: ExactText?
    private var clientOrderID: ExactText?
    private var symbol: ExactText?
    private var exchange: ExactText?
    private var assetType: AssetType?
    private var currency: Currency?
    private var multiplier: Decimal?
    private var tickSize: Decimal?
    private var side: Side?
    private var type: OrderType?
    private var status: OrderStatus?
    private var quantity: Decimal?
    private var filledQuantity: Decimal?
    private var price: Decimal?
    private var stopPrice: Decimal?
    private var timeInForce: TimeInForce?
    private var placedAt: Timestamp?
    private var updatedAt: Timestamp?
    private var metaJSON: String?
    private var portfolio: ExactText?
    private var strategy = StrategyChoice.leftOut
    var option: OptionDraft?

    mutating func set(_ field: OrderField, _ value: FillValue) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .brokerOrderID: brokerOrderID = try value.text(name, atMost: FillLimits.idBytes)
        case .clientOrderID: clientOrderID = try value.text(name, atMost: FillLimits.idBytes)
        case .symbol: symbol = try value.text(name, atMost: FillLimits.nameBytes)
        case .exchange: exchange = try value.text(name, atMost: FillLimits.nameBytes)
        case .assetType: assetType = try value.word(name)
        case .currency: currency = try value.currency(name)
        case .multiplier: multiplier = try value.positiveDecimal(name)
        case .tickSize: tickSize = try value.positiveDecimal(name)
        case .side: side = try value.word(name)
        case .type: type = try value.word(name)
        case .status: status = try value.word(name, among: OrderStatus.reportable)
        case .quantity: quantity = try value.positiveDecimal(name)
        case .filledQuantity: filledQuantity = try value.decimal(name)
        case .price: price = try value.decimal(name)
        case .stopPrice: stopPrice = try value.decimal(name)
        case .timeInForce: timeInForce = try value.word(name)
        case .placedAt: placedAt = try value.time(name)
        case .updatedAt: updatedAt = try value.time(name)
        case .portfolio: portfolio = try value.text(name, atMost: FillLimits.nameBytes)
        case .strategy: strategy = try value.strategy(name)
        case .meta, .option: try value.onlyNull(name)
        }
    }

    mutating func setMeta(_ json: String) { metaJSON = json }

    func report() throws(FillRefusal) -> OrderReport {
        let brokerOrderID = try brokerOrderID.needed(OrderField.brokerOrderID.rawValue)
        let symbol = try symbol.needed(OrderField.symbol.rawValue)
        let side = try side.needed(OrderField.side.rawValue)
        let quantity = try quantity.needed(OrderField.quantity.rawValue)
        let status = try status.needed(OrderField.status.rawValue)
        if let filledQuantity, filledQuantity.isNegative {
            throw .invalid(OrderField.filledQuantity.rawValue, "must be at least 0")
        }
        let (contract, multiplier) = try option.contract(of: assetType, multiplier)
        return OrderReport(
            brokerOrderID: brokerOrderID, clientOrderID: clientOrderID, symbol: symbol,
            exchange: exchange, assetType: assetType, currency: currency, option: contract,
            multiplier: multiplier, tickSize: tickSize, side: side, status: status,
            news: OrderNews(
                updatedAt: updatedAt, type: type, quantity: quantity, price: price,
                stopPrice: stopPrice, timeInForce: timeInForce, placedAt: placedAt,
                filledQuantity: filledQuantity, metaJSON: metaJSON),
            portfolio: portfolio, strategy: strategy)
    }
}
