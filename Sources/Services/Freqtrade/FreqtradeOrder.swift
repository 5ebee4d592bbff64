import Ledger
public import Wire

/// One of a trade's orders, as freqtrade writes it.
public struct FreqtradeOrder: Sendable {
    /// As it came.
    public let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    /// The exchange's id.
    public var id: String? {
        json["order_id"]?.string.flatMap {
            $0.isEmpty || $0.utf8.count > FillLimits.idBytes - 3 || $0.utf8.contains(0) ? nil : $0
        }
    }

    /// Nil where it is not told.
    var isEntry: Bool? { json["ft_is_entry"]?.bool }

    /// `stoploss` is what an older freqtrade calls the side of an order that ends the trade.
    func side(isShort: Bool) -> Side? {
        switch json["ft_order_side"]?.string?.lowercased() ?? json["side"]?.string?.lowercased() {
        case "buy": .buy
        case "sell": .sell
        case "stoploss": isShort ? .buy : .sell
        default: nil
        }
    }

    /// Whether something of it was filled, and nothing more can be.
    var isFinal: Bool {
        if let isOpen = json["is_open"]?.bool, isOpen { return false }
        switch json["status"]?.string {
        case "open", "new": return false
        default: break
        }
        // In the short form of exports there is neither status nor `filled`.
        guard json["filled"] != nil else { return instant("order_filled_timestamp") != nil }
        do throws(FillRefusal) {
            return try filled() > 0
        } catch {
            // Its fill is refused for the same reason, and that is told.
            return true
        }
    }

    /// Null is nothing; in the short form the amount is what was filled.
    func filled() throws(FillRefusal) -> Decimal {
        try decimal(json["filled"] == nil ? "amount" : "filled") ?? .zero
    }

    func price() throws(FillRefusal) -> Decimal? {
        if let average = try decimal("average"), average > 0 { return average }
        if let price = try decimal("safe_price"), price > 0 { return price }
        return try decimal("price")
    }

    /// The last fill's, else when it was placed.
    var time: Timestamp? {
        instant("order_filled_timestamp") ?? instant("order_timestamp")
    }

    /// From milliseconds since 1970.
    private func instant(_ name: String) -> Timestamp? {
        guard let milliseconds = json[name]?.decimal, milliseconds > 0 else { return nil }
        return Timestamp(milliseconds: milliseconds)
    }

    /// What the exchange kept of the base currency that was bought.
    var feeInBase: Decimal? { try? PrintedFloat.decimal(json["ft_fee_base"]) }

    private func decimal(_ name: String) throws(FillRefusal) -> Decimal? {
        do {
            return try PrintedFloat.decimal(json[name])
        } catch {
            let code: FillRefusal.Code = error == .malformed ? .invalidField : .outOfRange
            throw FillRefusal(code: code, field: name, detail: error.complaint)
        }
    }
}
