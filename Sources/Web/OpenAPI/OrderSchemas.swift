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
