import Ledger
import Services
import Wire

// What the bodies of requests may hold, key by key: a key that a reader knows and nobody describes
// does not compile.

extension FillField {
    var property: JSONSchema.Property {
        switch self {
        case .brokerTradeID:
            needed(
                .text(
                    atMost: FillLimits.idBytes,
                    "The broker's id of the fill. With the portfolio it is the fill's identity"))
        case .brokerOrderID:
            optional(
                .text(atMost: FillLimits.idBytes, "The broker's id of its order"))
        case .clientOrderID:
            optional(.text(atMost: FillLimits.idBytes, "Your own id of its order"))
        case .symbol: needed(.text(atMost: FillLimits.nameBytes))
        case .exchange: optional(.text(atMost: FillLimits.nameBytes))
        case .assetType:
            optional(
                AssetType.schema.described(
                    "In any case. With `currency` it creates an instrument that is not known yet"))
        case .currency: optional(Currency.schema.described("The instrument's"))
        case .side: needed(Side.schema.described("In any case"))
        case .quantity: needed(.positiveDecimalInput)
        case .price: needed(.decimalInput.described("Below 0 for futures only"))
        case .fee: optional(.decimalInput.described("Below 0 for a rebate; 0 if left out"))
        case .feeCurrency:
            optional(Currency.schema.described("The instrument's if left out"))
        case .execTime: needed(.timeInput)
        case .meta:
            optional(
                JSONSchema.map(of: .any).described(
                    "Whatever else is to be kept, at most \(FillLimits.metaBytes) bytes"))
        case .multiplier:
            optional(
                .positiveDecimalInput.described("The contract's; 1 if left out, 100 of options"))
        case .tickSize: optional(.positiveDecimalInput)
        case .option: optional(OptionField.object)
        case .portfolio:
            optional(
                .text(
                    atMost: FillLimits.nameBytes,
                    "The batch's, the token's or your default one if left out"))
        case .strategy:
            optional(
                JSONSchema.strategy.described(
                    "The batch's or the token's if left out; null is none. "
                        + "An unknown one is created"))
        case .netAmount: optional(.decimalInput.described("Paid or received in all"))
        case .commission: optional(.decimalInput.described("The broker's part of `fee`"))
        case .delta: optional(.decimalInput.described("An option's, at the trade"))
        case .reason: optional(.text(atMost: FillLimits.reasonBytes))
        }
    }

    private func needed(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema)
    }

    private func optional(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema.nullable, isRequired: false)
    }

    /// A FILL.
    static let object = JSONSchema.object(allCases.map(\.property))
        .described("One execution, as its broker reported it").named("Fill")
}

extension OptionField {
    private var property: JSONSchema.Property {
        switch self {
        case .underlying:
            .init(name: rawValue, schema: .text(atMost: FillLimits.nameBytes))
        case .expiry: .init(name: rawValue, schema: Day.schema)
        case .strike: .init(name: rawValue, schema: .positiveDecimalInput)
        case .right:
            .init(
                name: rawValue,
                schema: .words(OptionRight.allCases.map(\.rawValue) + ["CALL", "PUT"])
                    .described("In any case"))
        case .multiplier:
            .init(
                name: rawValue, schema: JSONSchema.positiveDecimalInput.nullable,
                isRequired: false)
        }
    }

    static let object = JSONSchema.object(allCases.map(\.property))
        .described("The contract, of an option alone").named("FillOption")
}

extension ReportBatchField {
    private var property: JSONSchema.Property {
        switch self {
        case .portfolio:
            .init(
                name: rawValue,
                schema: JSONSchema.text(
                    atMost: FillLimits.nameBytes,
                    "For those that name none; the token's or your default one if left out"
                ).nullable,
                isRequired: false)
        case .strategy:
            .init(
                name: rawValue,
                schema: JSONSchema.strategy.described("For those that leave it out").nullable,
                isRequired: false)
        case .fills:
            .init(
                name: rawValue,
                schema: .batch(of: FillField.object, atMost: FillReader.batchLimit))
        case .orders:
            .init(
                name: rawValue,
                schema: .batch(of: OrderField.object, atMost: FillReader.batchLimit))
        }
    }

    private static func batch(of list: ReportBatchField) -> JSONSchema {
        .object(allCases.filter { ![.fills, .orders].contains($0) || $0 == list }.map(\.property))
    }

    static let fillBatch = batch(of: .fills).named("FillBatch")
    static let orderBatch = batch(of: .orders).named("OrderBatch")
}

extension QuoteField {
    private var property: JSONSchema.Property {
        switch self {
        case .symbol: .init(name: rawValue, schema: .text(atMost: FillLimits.nameBytes))
        case .exchange: optional(.text(atMost: FillLimits.nameBytes))
        case .bid: optional(.decimalInput.described("Not above `ask`"))
        case .ask, .last: optional(.decimalInput)
        case .bidSize:
            optional(.positiveDecimalInput.described("Offered at `bid`; any amount if left out"))
        case .askSize:
            optional(.positiveDecimalInput.described("Offered at `ask`; any amount if left out"))
        case .time:
            .init(
                name: rawValue,
                schema: .timeInput.described(
                    "Of the quote; more than 5 minutes ahead of the service's clock is refused"))
        case .assetType: optional(AssetType.schema.described("In any case; any if left out"))
        case .currency: optional(Currency.schema.described("The instrument's; any if left out"))
        }
    }

    private func optional(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema.nullable, isRequired: false)
    }

    private static let object = JSONSchema.allOf([
        .object(allCases.map(\.property)),
        .anyPresent([bid.rawValue, ask.rawValue, last.rawValue]),
    ]).described("What an instrument costs. The mark is `last`, else the middle of the others")
        .named("Quote")

    static let batch = JSONSchema.batch("quotes", of: object, atMost: QuoteReader.batchLimit)
        .named("QuoteBatch")
}

extension RateField {
    private var property: JSONSchema.Property {
        switch self {
        case .base: .init(name: rawValue, schema: Currency.schema)
        case .quote:
            .init(name: rawValue, schema: Currency.schema.described("Another one than `base`"))
        case .rate:
            .init(
                name: rawValue,
                schema: .positiveDecimalInput.described("How much of `quote` one `base` is"))
        case .day:
            .init(
                name: rawValue,
                schema: Day.schema.described("From when it holds; today in UTC if left out")
                    .nullable, isRequired: false)
        }
    }

    private static let object = JSONSchema.object(allCases.map(\.property)).named("Rate")

    static let batch = JSONSchema.batch("rates", of: object, atMost: RateReader.batchLimit)
        .named("RateBatch")
}

extension CorrectionField {
    private static let figures = [quantity, price, fee, execTime]

    private func property(_ action: CorrectionAction) -> JSONSchema.Property {
        switch self {
        case .portfolio: optional(.text(atMost: FillLimits.nameBytes))
        case .brokerTradeID:
            .init(
                name: rawValue,
                schema: .text(atMost: FillLimits.idBytes, "Of the trade to be corrected"))
        case .correctionID:
            .init(
                name: rawValue,
                schema: .text(atMost: FillLimits.idBytes, "Makes it idempotent"))
        case .action:
            .init(
                name: rawValue,
                schema: .constant(.string(ExactText(action.rawValue))).described("In any case"))
        case .quantity: figure(.positiveDecimalInput, action)
        case .price, .fee: figure(.decimalInput, action)
        case .execTime: figure(.timeInput, action)
        case .reason: optional(.text(atMost: FillLimits.reasonBytes))
        }
    }

    private func figure(
        _ schema: JSONSchema, _ action: CorrectionAction
    ) -> JSONSchema.Property {
        switch action {
        case .bust: .init(name: rawValue, schema: .null, isRequired: false)
        case .correct: optional(schema)
        }
    }

    private func optional(_ schema: JSONSchema) -> JSONSchema.Property {
        .init(name: rawValue, schema: schema.nullable, isRequired: false)
    }

    private static func object(_ action: CorrectionAction) -> JSONSchema {
        .object(allCases.map { $0.property(action) })
    }

    /// A correction.
    static let object = JSONSchema.oneOf([
        object(.bust).described("The trade never was").named("Bust"),
        JSONSchema.allOf([object(.correct), .anyPresent(figures.map(\.rawValue))])
            .described("What is left out stays as it was").named("Correct"),
    ]).named("Correction")
}

extension JSONSchema {
    /// Read by its digits, never through a binary fraction.
    static let decimalInput = anyOf([
        string(pattern: #"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"#), number,
    ]).described(
        "An exact decimal, as a string or as a number that is read by its digits: at most 18 "
            + "decimals, below 1.7e20"
    ).example("0.65").named("DecimalInput")

    static let positiveDecimalInput = anyOf([
        string(pattern: #"^(?=[^eE]*[1-9])(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"#),
        number.above(0),
    ]).described("As DecimalInput, and greater than 0").example("0.5")
        .named("PositiveDecimalInput")

    static let timeInput = string(format: "date-time").described(
        "A time with `Z` or an offset, in the years 0001 to 9999; kept to the microsecond"
    ).example("2026-02-19T14:32:00.123Z").named("TimeInput")

    /// What is no such element is refused by itself and stops no other.
    static func batch(of element: JSONSchema, atMost limit: Int) -> JSONSchema {
        array(
            of: anyOf([
                element,
                JSONSchema.not(element).described(
                    "Anything else is refused by itself: see its entry in `results`"),
            ]), atMost: limit)
    }

    fileprivate static func batch(
        _ name: String, of element: JSONSchema, atMost limit: Int
    ) -> JSONSchema {
        object([.init(name: name, schema: .batch(of: element, atMost: limit))])
    }
}
