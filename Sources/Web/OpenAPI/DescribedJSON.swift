import Ledger
import Wire

/// A type whose values stand in JSON in one way, and say in which.
protocol DescribedJSON: JSONWritable, SendableMetatype {
    static var schema: JSONSchema { get }
}

extension Optional: DescribedJSON where Wrapped: DescribedJSON {
    static var schema: JSONSchema { Wrapped.schema.nullable }
}

extension Bool: DescribedJSON {
    static var schema: JSONSchema { .boolean }
}

extension Int: DescribedJSON {
    static var schema: JSONSchema { .count }
}

extension Int64: DescribedJSON {
    static var schema: JSONSchema { .count }
}

extension String: DescribedJSON {
    static var schema: JSONSchema { .text }
}

extension ExactText: DescribedJSON {
    static var schema: JSONSchema { .text }
}

extension Decimal: DescribedJSON {
    static var schema: JSONSchema {
        .string(pattern: #"^-?(0|[1-9][0-9]{0,20})(\.[0-9]{0,17}[1-9])?$"#)
            .described("An exact decimal in canonical form: no exponent, no trailing zeros")
            .example("65000.1").named("Decimal")
    }
}

extension Timestamp: DescribedJSON {
    static var schema: JSONSchema {
        .string(format: "date-time")
            .described("A time in UTC, to the microsecond")
            .example("2026-02-19T14:32:00.123Z").named("Time")
    }
}

extension Day: DescribedJSON {
    static var schema: JSONSchema {
        .string(format: "date").described("A day in UTC").example("2026-02-19").named("Day")
    }
}

extension Currency: DescribedJSON {
    static var schema: JSONSchema {
        .string(pattern: "^[A-Za-z0-9._-]{1,16}$").example("USDT").named("Currency")
    }
}

extension Side: DescribedJSON {
    static var schema: JSONSchema { .words(of: Side.self).named("Side") }
}

extension AssetType: DescribedJSON {
    static var schema: JSONSchema { .words(of: AssetType.self).named("AssetType") }
}

extension OptionRight: DescribedJSON {
    static var schema: JSONSchema { .words(of: OptionRight.self) }
}

extension OrderStatus: DescribedJSON {
    static var schema: JSONSchema { .words(of: OrderStatus.self).named("OrderStatus") }
}

extension JSONSchema {
    /// One of an enum's raw values.
    static func words<Word: RawRepresentable & CaseIterable>(of type: Word.Type) -> JSONSchema
    where Word.RawValue == String {
        words(type.allCases.map(\.rawValue))
    }
}
