import Ledger
import Wire

/// A fill whose fields are still coming in, in whatever order. A field that is null is left out.
struct FillDraft: ReportDraft {
    static let keys = JSONKeys<FillField>()
    static let listField = ReportBatchField.fills
    static let name = "a fill"
    static let metaField = FillField.meta
    static let optionField = FillField.option

    private var brokerTradeID: ExactText?
    private var brokerOrderID: ExactText?
    private var clientOrderID: ExactText?
    private var symbol: ExactText?
    private var exchange: ExactText?
    private var assetType: AssetType?
    private var currency: Currency?
    private var side: Side?
    private var quantity: Decimal?
    private var price: Decimal?
    private var fee: Decimal?
    private var feeCurrency: Currency?
    private var execTime: Timestamp?
    private var multiplier: Decimal?
    private var tickSize: Decimal?
    private var portfolio: ExactText?
    private var strategy = StrategyChoice.leftOut
    private var netAmount: Decimal?
    private var commission: Decimal?
    private var delta: Decimal?
    private var reason: ExactText?
    /// A JSON object that was checked.
    private var metaJSON = "{}"
    /// Nil where no option was mentioned.
    var option: OptionDraft?

    mutating func set(_ field: FillField, _ value: FillValue) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .brokerTradeID: brokerTradeID = try value.text(name, atMost: FillLimits.idBytes)
        case .brokerOrderID: brokerOrderID = try value.text(name, atMost: FillLimits.idBytes)
        case .clientOrderID: clientOrderID = try value.text(name, atMost: FillLimits.idBytes)
        case .symbol: symbol = try value.text(name, atMost: FillLimits.nameBytes)
        case .exchange: exchange = try value.text(name, atMost: FillLimits.nameBytes)
        case .assetType: assetType = try value.word(name)
        case .currency: currency = try value.currency(name)
        case .side: side = try value.word(name)
        case .quantity: quantity = try value.positiveDecimal(name)
        case .price: price = try value.decimal(name)
        case .fee: fee = try value.decimal(name)
        case .feeCurrency: feeCurrency = try value.currency(name)
        case .execTime: execTime = try value.time(name)
        case .multiplier: multiplier = try value.positiveDecimal(name)
        case .tickSize: tickSize = try value.positiveDecimal(name)
        case .portfolio: portfolio = try value.text(name, atMost: FillLimits.nameBytes)
        case .strategy: strategy = try value.strategy(name)
        case .netAmount: netAmount = try value.decimal(name)
        case .commission: commission = try value.decimal(name)
        case .delta: delta = try value.decimal(name)
        case .reason: reason = try value.text(name, atMost: FillLimits.reasonBytes)
        case .meta, .option: try value.onlyNull(name)
        }
    }

    mutating func setMeta(_ json: String) { metaJSON = json }

    func report() throws(FillRefusal) -> FillReport {
        let brokerTradeID = try brokerTradeID.needed(.brokerTradeID)
        let symbol = try symbol.needed(.symbol)
        let side = try side.needed(.side)
        let quantity = try quantity.needed(.quantity)
        let price = try price.needed(.price)
        let execTime = try execTime.needed(.execTime)
        if price < 0, let assetType, assetType != .future {
            throw .invalid(FillField.price.rawValue, "may be negative for futures only")
        }
        let (contract, multiplier) = try option.contract(of: assetType, multiplier)
        return FillReport(
            brokerTradeID: brokerTradeID, symbol: symbol, side: side, quantity: quantity,
            price: price, execTime: execTime, brokerOrderID: brokerOrderID,
            clientOrderID: clientOrderID, exchange: exchange, assetType: assetType,
            currency: currency, fee: fee, feeCurrency: feeCurrency, metaJSON: metaJSON,
            multiplier: multiplier, tickSize: tickSize, option: contract, portfolio: portfolio,
            strategy: strategy, netAmount: netAmount, commission: commission, delta: delta,
            reason: reason?.text)
    }
}

/// An `option` block whose fields are still coming in.
struct OptionDraft {
    private var underlying: ExactText?
    private var expiry: Day?
    private var strike: Decimal?
    private var right: OptionRight?
    private(set) var multiplier: Decimal?

    mutating func set(_ field: OptionField, _ value: FillValue) throws(FillRefusal) {
        let name = field.name
        switch field {
        case .underlying: underlying = try value.text(name, atMost: FillLimits.nameBytes)
        case .expiry: expiry = try value.day(name)
        case .strike: strike = try value.positiveDecimal(name)
        case .right: right = try value.right(name)
        case .multiplier: multiplier = try value.positiveDecimal(name)
        }
    }

    func contract() throws(FillRefusal) -> OptionContract {
        OptionContract(
            underlying: try underlying.needed(OptionField.underlying.name),
            expiry: try expiry.needed(OptionField.expiry.name),
            strike: try strike.needed(OptionField.strike.name),
            right: try right.needed(OptionField.right.name))
    }
}

extension OptionDraft? {
    /// The contract that a report of this asset type has, and the multiplier, which may stand in
    /// its block as well.
    func contract(
        of assetType: AssetType?, _ multiplier: Decimal?
    ) throws(FillRefusal) -> (OptionContract?, multiplier: Decimal?) {
        guard let self else { return (nil, multiplier) }
        if let assetType, assetType != .option {
            throw .invalid(
                FillField.option.rawValue, "asset_type is \(assetType.rawValue), not OPTION")
        }
        if let multiplier, let inBlock = self.multiplier, multiplier != inBlock {
            throw .invalid(OptionField.multiplier.name, "differs from the one beside the option")
        }
        return (try self.contract(), self.multiplier ?? multiplier)
    }
}

extension Optional {
    fileprivate func needed(_ field: FillField) throws(FillRefusal) -> Wrapped {
        try needed(field.rawValue)
    }

    func needed(_ field: String) throws(FillRefusal) -> Wrapped {
        guard let self else { throw .missing(field) }
        return self
    }
}
