import Ledger
import Wire

/// An order's terms as a submission keeps them.
enum OrderTermsJSON {
    static func write(_ instruction: OrderInstruction) -> String {
        Details.object([
            "side": instruction.side.rawValue, "type": instruction.type.rawValue,
            "quantity": instruction.quantity.description,
            "price": instruction.pricing.limit?.description,
            "stop_price": instruction.pricing.stop?.description,
            "trail": instruction.pricing.trail.map(OrderTerms.trailText),
            "time_in_force": instruction.timeInForce.rawValue,
            "reduce_only": instruction.isReduceOnly ? "true" : "false",
        ])
    }

    /// Nil for what another version of the program wrote and this one does not know.
    static func read(_ text: String) -> OrderInstruction? {
        guard let json = try? JSONValue(parsing: text),
            let side = json["side"]?.string.flatMap({ Side(rawValue: $0) }),
            let type = json["type"]?.string.flatMap({ OrderType(rawValue: $0) }),
            let quantity = json["quantity"]?.decimal,
            let timeInForce = json["time_in_force"]?.string.flatMap({ TimeInForce(rawValue: $0) }),
            let pricing = pricing(type, json)
        else { return nil }
        return try? OrderInstruction(
            side: side, quantity: quantity, pricing: pricing, timeInForce: timeInForce,
            isReduceOnly: json["reduce_only"]?.string == "true")
    }

    private static func pricing(_ type: OrderType, _ json: JSONValue) -> OrderPricing? {
        let (limit, stop) = (json["price"]?.decimal, json["stop_price"]?.decimal)
        switch type {
        case .market: return .market
        case .limit: return limit.map(OrderPricing.limit)
        case .stop: return stop.map(OrderPricing.stop)
        case .stopLimit:
            guard let limit, let stop else { return nil }
            return .stopLimit(stop: stop, limit: limit)
        case .trailing:
            return json["trail"]?.string.flatMap(OrderTerms.trail).map { .trailing($0, stop: stop) }
        }
    }
}

extension OrderTerms {
    /// `5` for an amount, `5%` for a part of the price.
    static func trailText(_ trail: Trail) -> String {
        switch trail {
        case .amount(let amount): amount.description
        case .percent(let percent): "\(percent)%"
        }
    }

    static func trail(_ text: String) -> Trail? {
        guard text.hasSuffix("%") else {
            return (try? Decimal(parsing: text)).map(Trail.amount)
        }
        return (try? Decimal(parsing: String(text.dropLast()))).map(Trail.percent)
    }
}
