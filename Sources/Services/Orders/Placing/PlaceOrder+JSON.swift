import Ledger
import Wire

extension PlaceOrder {
    /// The body that `PlaceOrderReader` reads as this very order; nil where its size is a part of
    /// what is there, which no body can say. Why a position is closed is left out.
    public var json: String? {
        let bytes: [UInt8]
        switch size {
        case .quantity(let quantity): bytes = json(.quantity, quantity)
        case .notional(let notional): bytes = json(.notional, notional)
        case .percent: return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func json(_ sizeField: PlaceOrderField, _ size: Decimal) -> [UInt8] {
        JSONWriter.object { order in
            func write(_ field: PlaceOrderField, _ value: (some JSONWritable)?) {
                if let value { order.write(field.rawValue, value) }
            }
            write(.portfolio, portfolio)
            switch strategy {
            case .leftOut: break
            case .none: order.write(PlaceOrderField.strategy.rawValue, String?.none)
            case .named(let reference): write(.strategy, reference.description)
            }
            write(.clientOrderID, clientOrderID)
            write(.symbol, symbol)
            write(.exchange, exchange)
            write(.assetType, assetType)
            write(.currency, currency)
            write(.multiplier, multiplier)
            write(.tickSize, tickSize)
            write(.side, side)
            write(.type, pricing.type.rawValue)
            write(sizeField, size)
            write(.price, pricing.limit)
            if pricing.trail == nil { write(.stopPrice, pricing.stop) }
            switch pricing.trail {
            case .amount(let amount): write(.trailAmount, amount)
            case .percent(let percent): write(.trailPercent, percent)
            case nil: break
            }
            write(.timeInForce, timeInForce.rawValue)
            write(.reduceOnly, isReduceOnly)
            switch exits?.stop {
            case .price(let price): write(.stopLoss, price)
            case .trail(.amount(let amount)): write(.stopLossTrailAmount, amount)
            case .trail(.percent(let percent)): write(.stopLossTrailPercent, percent)
            case nil: break
            }
            write(.takeProfit, exits?.profit)
            write(.meta, JSONRaw(metaJSON))
            if let option { order.write(PlaceOrderField.option.rawValue, option: option) }
        }
    }
}
