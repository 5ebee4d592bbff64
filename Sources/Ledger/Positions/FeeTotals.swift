/// What was charged in each currency. They are few, and finding one among them costs less than
/// hashing it.
struct FeeTotals: Sendable, Hashable {
    private struct Total: Hashable {
        let currency: Currency
        var amount: Decimal
    }

    /// By currency, so that what is the same is equal.
    private var totals: [Total]

    init(_ fees: [Currency: Decimal]) {
        totals = fees.map { Total(currency: $0, amount: $1) }
            .sorted { $0.currency < $1.currency }
    }

    var byCurrency: [Currency: Decimal] {
        var fees: [Currency: Decimal] = [:]
        for total in totals { fees[total.currency] = total.amount }
        return fees
    }

    /// Zero where nothing was charged; what comes to nothing vanishes.
    subscript(currency: Currency) -> Decimal {
        get {
            for total in totals where total.currency == currency { return total.amount }
            return .zero
        }
        set {
            let place = totals.firstIndex { currency <= $0.currency } ?? totals.count
            let isKnown = place < totals.count && totals[place].currency == currency
            switch (isKnown, newValue.isZero) {
            case (true, false): totals[place].amount = newValue
            case (true, true): totals.remove(at: place)
            case (false, false):
                totals.insert(Total(currency: currency, amount: newValue), at: place)
            case (false, true): break
            }
        }
    }
}
