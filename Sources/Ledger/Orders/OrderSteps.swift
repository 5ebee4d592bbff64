extension Instrument {
    /// price × quantity × multiplier, rounded once, half-even, to 18 decimals; in its currency.
    public func notional(of quantity: Decimal, at price: Decimal) throws(LedgerError) -> Decimal {
        try Decimal.product(price, quantity, multiplier)
    }

    /// The smallest step of a quantity that is reckoned from money: the instrument's own where it
    /// has one, else a usual one of its kind.
    public var orderStep: Decimal {
        if let lotSize { return lotSize }
        switch assetType {
        case .crypto, .forex: return Decimal(units: 10_000_000_000)
        case .equity, .etf, .fund, .future, .option, .index, .bond, .cfd, .warrant: return .one
        }
    }

    /// Throws where quantity or prices are between the instrument's steps.
    public func check(_ instruction: OrderInstruction) throws(OrderFault) {
        if let lotSize, !instruction.quantity.isMultiple(of: lotSize) {
            throw OrderFault(
                field: .quantity, detail: "is traded in steps of \(lotSize): expected a multiple")
        }
        guard let tickSize else { return }
        for (field, price) in [
            (OrderFault.Field.price, instruction.pricing.limit),
            (.stopPrice, instruction.pricing.trail == nil ? instruction.pricing.stop : nil),
        ] {
            guard let price, !price.isMultiple(of: tickSize) else { continue }
            throw OrderFault(
                field: field, detail: "moves in steps of \(tickSize): expected a multiple")
        }
    }
}

extension Decimal {
    /// Whether it is a whole number of steps; every number is of the step 0.
    public func isMultiple(of step: Decimal) -> Bool {
        step.isZero || units % step.units == 0
    }

    /// The greatest multiple of `step`, which is above zero, that is not greater in magnitude.
    public func roundedDown(to step: Decimal) -> Decimal {
        guard step > .zero else { return self }
        return Decimal(units: units - units % step.units)
    }
}
