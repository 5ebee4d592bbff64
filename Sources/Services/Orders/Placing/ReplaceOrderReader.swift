import Ledger
public import Wire

/// The keys of other terms for an order that works.
public enum ReplaceOrderField: String, CaseIterable, Sendable {
    case quantity
    case price
    case stopPrice = "stop_price"
    case trailAmount = "trail_amount"
    case trailPercent = "trail_percent"
    case timeInForce = "time_in_force"
    case version
}

/// Other terms, and of which version of the order they are.
public struct PostedReplacement: Sendable, Hashable {
    public let change: ReplaceOrder
    /// The one that its sender has seen; nil for whichever there is.
    public let version: Int64?

    public init(change: ReplaceOrder, version: Int64?) {
        self.change = change
        self.version = version
    }
}

/// Reads other terms by the rules of `POST /v1/orders/{uid}/replace`.
public enum ReplaceOrderReader {
    private static let keys = JSONKeys<ReplaceOrderField>()

    /// Reads the body; what is JSON but changes nothing is refused with its field.
    public static func replacement(
        from json: [UInt8]
    ) throws(JSONError) -> Result<PostedReplacement, ServiceError> {
        var reader = JSONReader(json, tolerating: .all)
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            try reader.finish()
            return .failure(
                ServiceError(FillRefusal.invalid(nil, "other terms are an object, found \(kind)")))
        }
        var draft = Draft()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if refusal == nil { refusal = try read(key, into: &draft, from: &reader) }
        }
        try reader.finish()
        if let refusal { return .failure(ServiceError(refusal)) }
        return Result { () throws(FillRefusal) in try draft.replacement() }
            .mapError { ServiceError($0) }
    }

    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    private static func read(
        _ key: JSONKey<ReplaceOrderField>, into draft: inout Draft, from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
        switch key {
        case .unknown(let name):
            let known = ReplaceOrderField.allCases.map(\.rawValue).joined(separator: ", ")
            return FillRefusal(
                code: .unknownField, field: FillRefusal.shortened(name),
                detail: "no such field; there are \(known)")
        case .known(let field):
            if isGivenTwice { return .givenTwice(field.rawValue) }
            let value = try FillValue(from: &reader)
            do {
                try draft.set(field, value)
                return nil
            } catch {
                return error
            }
        }
    }

    /// A field that is null is left out.
    private struct Draft {
        private var quantity: Decimal?
        private var prices = PriceDraft()
        private var timeInForce: TimeInForce?
        private var version: Int64?

        mutating func set(
            _ field: ReplaceOrderField, _ value: FillValue
        ) throws(FillRefusal) {
            let name = field.rawValue
            switch field {
            case .quantity: quantity = try value.positiveDecimal(name)
            case .price: prices.price = try value.decimal(name)
            case .stopPrice: prices.stopPrice = try value.decimal(name)
            case .trailAmount: prices.trailAmount = try value.positiveDecimal(name)
            case .trailPercent: prices.trailPercent = try value.trailPercent(name)
            case .timeInForce: timeInForce = try value.word(name)
            case .version: version = try value.count(name)
            }
        }

        func replacement() throws(FillRefusal) -> PostedReplacement {
            let change = ReplaceOrder(
                quantity: quantity, price: prices.price, stopPrice: prices.stopPrice,
                trail: try prices.trail(), timeInForce: timeInForce)
            guard change != ReplaceOrder() else {
                let terms = ReplaceOrderField.allCases.filter { $0 != .version }
                    .map(\.rawValue).joined(separator: ", ")
                throw .invalid(nil, "nothing is to change: give one of \(terms)")
            }
            return PostedReplacement(change: change, version: version)
        }
    }
}
