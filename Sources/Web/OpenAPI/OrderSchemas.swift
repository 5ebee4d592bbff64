import Ledger
import Services
import Wire

extension OrderField {
    private var property: JSONSchema.Property {
        switch self {
        case .brokerOrderID:
            needed(
                .text(
                    atMost: FillLimits.idBytes,
                    "The broker's id. With the portfolio it is the order's identity"))
        case .clientOrderID: optional(.text(atMost: FillLimits.idBytes, "Your own id of it"))
        case .symbol: needed(.text(atMost: FillLimits.nameBytes))
        case .exchange: optional(.text(atMost: FillLimits.nameBytes))
        case .assetType: optional(AssetType.schema.described("In any case"))
        case .currency: optional(Currency.schema.described("The instrument's"))
        case .option: optional(OptionField.object)
        case .multiplier, .tickSize: optional(.positiveDecimalInput)
        case .side: needed(Side.schema.described("In any case"))
        case .type: optional(JSONSchema.words(of: OrderType.self).described("In any case"))
        case .status:
            needed(
                JSONSchema.words(OrderStatus.reportable.map(\.rawValue)).described("In any case"))
        case .quantity: needed(.positiveDecimalInput)
        case .filledQuantity:
            optional(
                JSONSchema.decimalInput.described(
                    "As the broker states it, not below 0; the trades stay the truth"))
        case .price, .stopPrice: optional(.decimalInput)
        case .timeInForce:
            optional(JSONSchema.words(of: TimeInForce.self).described("In any case"))
        case .placedAt: optional(.timeInput)
        case .updatedAt:
            optional(
                JSONSchema.timeInput.described(
                    "Of the report: an older one changes no newer one's figures"))
        case .meta:
            optional(
                JSONSchema.map(of: .any).described(
                    "Whatever else is to be kept, at most \(FillLimits.metaBytes) bytes"))
        case .portfolio: optional(.text(atMost: FillLimits.nameBytes))
        case .strategy: optional(.strategy)
        }
    }

    private func needed(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema)
    }

    private func optional(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema.nullable, isRequired: false)
    }

    /// An ORDER.
    static let object = JSONSchema.object(allCases.map(\.property))
        .described("An order, as its broker reports it").named("OrderReport")
}

extension PlaceOrderField {
    private var property: JSONSchema.Property {
        switch self {
        case .portfolio:
            optional(
                .text(
                    atMost: FillLimits.nameBytes, "The token's or your default one if left out"))
        case .strategy:
            optional(
                JSONSchema.strategy.described(
                    "The token's if left out; null is none. An unknown one is created"))
        case .clientOrderID:
            optional(
                .text(
                    atMost: FillLimits.idBytes,
                    "Your own id of it. With the portfolio it makes the request idempotent"))
        case .symbol: needed(.text(atMost: FillLimits.nameBytes))
        case .exchange: optional(.text(atMost: FillLimits.nameBytes))
        case .assetType:
            optional(
                AssetType.schema.described(
                    "In any case. With `currency` it creates an instrument that is not known yet"))
        case .currency: optional(Currency.schema.described("The instrument's"))
        case .option: optional(OptionField.object)
        case .multiplier, .tickSize: optional(.positiveDecimalInput)
        case .side: needed(Side.schema.described("In any case"))
        case .type:
            optional(
                JSONSchema.words(of: OrderType.self).described(
                    "In any case; MARKET if left out. LIMIT needs `price`, STOP `stop_price`, "
                        + "STOP_LIMIT both, TRAILING `trail_amount` or `trail_percent`; none takes "
                        + "another's"))
        case .quantity:
            optional(
                JSONSchema.positiveDecimalInput.described("In units; this one or `notional`"))
        case .notional:
            optional(
                JSONSchema.positiveDecimalInput.described(
                    "In money of the instrument's currency, at the order's price; rounded down "
                        + "to whole lots"))
        case .price: optional(JSONSchema.decimalInput.described("The limit"))
        case .stopPrice: optional(.decimalInput)
        case .trailAmount: optional(.positiveDecimalInput)
        case .trailPercent:
            optional(JSONSchema.positiveDecimalInput.described("Below 100"))
        case .timeInForce:
            optional(JSONSchema.words(of: TimeInForce.self).described("In any case"))
        case .reduceOnly:
            optional(
                JSONSchema.boolean.described(
                    "Whether it may only bring the position nearer to flat; false if left out"))
        case .stopLoss:
            optional(
                JSONSchema.decimalInput.described(
                    "Closes what the order opens at this price, to limit the loss; this one or a "
                        + "trail"))
        case .stopLossTrailAmount:
            optional(
                JSONSchema.positiveDecimalInput.described(
                    "As `stop_loss`, so far behind the best price"))
        case .stopLossTrailPercent:
            optional(
                JSONSchema.positiveDecimalInput.described(
                    "As `stop_loss`, so many percent behind the best price; below 100"))
        case .takeProfit:
            optional(
                JSONSchema.decimalInput.described(
                    "Closes what the order opens at this price or a better one; as one of both is "
                        + "filled the other is reduced by as much"))
        case .meta:
            optional(
                JSONSchema.map(of: .any).described(
                    "Whatever else is to be kept, at most \(FillLimits.metaBytes) bytes"))
        }
    }

    private func needed(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema)
    }

    private func optional(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema.nullable, isRequired: false)
    }

    /// What `POST /v1/orders` takes.
    static let object = JSONSchema.allOf([
        .object(allCases.map(\.property)),
        .anyPresent([quantity.rawValue, notional.rawValue]),
    ]).described("An order to be placed").named("PlaceOrder")
}

extension ReplaceOrderField {
    private var schema: JSONSchema {
        switch self {
        case .quantity:
            JSONSchema.positiveDecimalInput.described("In all, what is filled already included")
        case .price: JSONSchema.decimalInput.described("The limit")
        case .stopPrice: .decimalInput
        case .trailAmount: .positiveDecimalInput
        case .trailPercent: JSONSchema.positiveDecimalInput.described("Below 100")
        case .timeInForce: JSONSchema.words(of: TimeInForce.self).described("In any case")
        case .version:
            JSONSchema.orderVersion.described(
                "The order's `version` that you have seen: one that has changed since is refused")
        }
    }

    /// What `POST /v1/orders/{uid}/replace` takes.
    static let object = JSONSchema.allOf([
        .object(
            allCases.map {
                .init(name: $0.rawValue, schema: $0.schema.nullable, isRequired: false)
            }),
        .anyPresent(allCases.filter { $0 != version }.map(\.rawValue)),
    ]).described("What is left out stays as it is").named("ReplaceOrder")
}

extension JSONSchema {
    static let orderVersion = integer(0...Int(Int64.max))
}

extension HeartbeatField {
    private var schema: JSONSchema {
        switch self {
        case .runID:
            .text(atMost: FillLimits.idBytes, "Your name of the run; one without is one run")
        case .status: JSONSchema.words(of: RunStatus.self).described("In any case")
        case .expectWithinSeconds:
            JSONSchema.integer(Heartbeat.promisedSeconds).described(
                "By when the next beat is promised; 0 takes a promise back")
        case .meta: .map(of: .any)
        }
    }

    static let object = JSONSchema.object(
        allCases.map { .init(name: $0.rawValue, schema: $0.schema.nullable, isRequired: false) }
    ).named("Heartbeat")
}
