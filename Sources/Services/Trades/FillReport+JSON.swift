import Ledger
import Wire

extension FillReport {
    /// The FILL that `FillReader` reads as this very report.
    public var json: String {
        let bytes = JSONWriter.object { fill in
            fill.write(FillField.brokerTradeID.rawValue, brokerTradeID)
            fill.write(FillField.brokerOrderID.rawValue, brokerOrderID)
            fill.write(FillField.clientOrderID.rawValue, clientOrderID)
            fill.write(FillField.symbol.rawValue, symbol)
            fill.write(FillField.exchange.rawValue, exchange)
            fill.write(FillField.assetType.rawValue, assetType)
            fill.write(FillField.currency.rawValue, currency)
            fill.write(FillField.side.rawValue, side)
            fill.write(FillField.quantity.rawValue, quantity)
            fill.write(FillField.price.rawValue, price)
            fill.write(FillField.fee.rawValue, fee)
            fill.write(FillField.feeCurrency.rawValue, feeCurrency)
            fill.write(FillField.execTime.rawValue, execTime)
            fill.write(FillField.meta.rawValue, JSONRaw(metaJSON))
            fill.write(FillField.multiplier.rawValue, multiplier)
            fill.write(FillField.tickSize.rawValue, tickSize)
            fill.write(FillField.portfolio.rawValue, portfolio)
            fill.write(FillField.netAmount.rawValue, netAmount)
            fill.write(FillField.commission.rawValue, commission)
            fill.write(FillField.delta.rawValue, delta)
            fill.write(FillField.reason.rawValue, reason)
            switch strategy {
            case .leftOut: break
            case .none: fill.write(FillField.strategy.rawValue, String?.none)
            case .named(let reference):
                fill.write(FillField.strategy.rawValue, reference.description)
            }
            if let option { fill.write(FillField.option.rawValue, option: option) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONObjectWriter {
    /// A contract, as the `option` block of a report.
    mutating func write(_ key: String, option: OptionContract) {
        object(key) { block in
            block.write(OptionField.underlying.rawValue, option.underlying)
            block.write(OptionField.expiry.rawValue, option.expiry)
            block.write(OptionField.strike.rawValue, option.strike)
            block.write(OptionField.right.rawValue, option.right)
        }
    }
}
