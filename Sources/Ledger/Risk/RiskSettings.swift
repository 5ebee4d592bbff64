/// A rule's configuration, checked against the rule's fields.
public struct RiskSettings: Sendable {
    private enum Setting: Sendable {
        case number(Decimal)
        case minuteOfDay(Int)
        case zone(TimeZoneRules)
        case words([ExactText])
    }

    private let fields: [RiskField]
    private var settings: [String: Setting] = [:]

    /// Numbers may stand in texts too, as decimals travel. `zone` finds a time zone by its name.
    public init(
        _ values: [String: RiskValue], of fields: [RiskField],
        zone: (String) -> TimeZoneRules?
    ) throws(RiskConfigFault) {
        self.fields = fields
        for key in values.keys.sorted() where !fields.contains(where: { $0.key == key }) {
            let known = fields.map(\.key).joined(separator: ", ")
            throw RiskConfigFault(field: key, detail: "is not known: expected \(known)")
        }
        for field in fields {
            guard let value = try Self.value(of: field, in: values) else { continue }
            guard let setting = Self.setting(value, of: field, zone) else {
                throw RiskConfigFault(field: field.key, detail: "expected \(field.expected)")
            }
            settings[field.key] = setting
        }
    }

    private static func value(
        of field: RiskField, in values: [String: RiskValue]
    ) throws(RiskConfigFault) -> RiskValue? {
        if case .oneOf(let keys) = field.need {
            let given = keys.filter { values[$0] != nil }
            if given.count != 1 {
                throw RiskConfigFault(
                    field: given.last ?? field.key,
                    detail: "expected exactly one of \(keys.joined(separator: ", "))")
            }
        }
        if let value = values[field.key] { return value }
        switch field.need {
        case .always:
            throw RiskConfigFault(
                field: field.key, detail: "is missing: expected \(field.expected)")
        case .otherwise(let value): return value
        case .oneOf, .optional: return nil
        }
    }

    private static func setting(
        _ value: RiskValue, of field: RiskField, _ zone: (String) -> TimeZoneRules?
    ) -> Setting? {
        switch field.kind {
        case .amount, .percent, .ratio, .quantity:
            number(value, of: field).map { .number($0) }
        case .count, .minutes, .seconds:
            number(value, of: field)
                .flatMap { $0.rounded(decimals: 0) == $0 ? .number($0) : nil }
        case .time: text(value).flatMap(minuteOfDay).map { .minuteOfDay($0) }
        case .zone: text(value).flatMap(zone).map { .zone($0) }
        case .symbols: list(value, where: isSymbol).map { .words($0) }
        case .currencies: list(value) { Currency($0) != nil }.map { .words($0) }
        case .choice(let names):
            text(value).map { $0.uppercased() }
                .flatMap { names.contains($0) ? .words([ExactText($0)]) : nil }
        case .choices(let names):
            list(value) { names.contains($0.uppercased()) }
                .map { .words($0.map { ExactText($0.text.uppercased()) }) }
        }
    }

    private static func number(_ value: RiskValue, of field: RiskField) -> Decimal? {
        let number: Decimal? =
            switch value {
            case .number(let number): number
            case .text(let text): try? Decimal(parsing: text)
            case .list: nil
            }
        guard let number, number >= field.minimum, field.maximum.map({ number <= $0 }) ?? true
        else { return nil }
        return number
    }

    private static func text(_ value: RiskValue) -> String? {
        if case .text(let text) = value { text } else { nil }
    }

    /// One text is a list of one; an empty list is none.
    private static func list(
        _ value: RiskValue, where isFitting: (String) -> Bool
    ) -> [ExactText]? {
        let texts: [String] =
            switch value {
            case .list(let texts): texts
            case .text(let text): [text]
            case .number: []
            }
        return texts.isEmpty || !texts.allSatisfy(isFitting) ? nil : texts.map { ExactText($0) }
    }

    private static func isSymbol(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > UInt8(ascii: " ") }
    }

    /// `HH:MM`, up to `24:00`.
    private static func minuteOfDay(_ text: String) -> Int? {
        let clock = text.utf8.span
        guard clock.count == 5, clock[2] == UInt8(ascii: ":"),
            let hour = readDigits(clock, 0..<2), let minute = readDigits(clock, 3..<5),
            minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }
}

// What a rule reads. A field that is needed or has a default is always there.
extension RiskSettings {
    func number(_ key: String) -> Decimal? {
        if case .number(let number)? = settings[key] { number } else { nil }
    }

    func neededNumber(_ key: String) throws(RiskConfigFault) -> Decimal {
        guard let number = number(key) else { throw missing(key) }
        return number
    }

    func neededMinuteOfDay(_ key: String) throws(RiskConfigFault) -> Int {
        guard case .minuteOfDay(let minute)? = settings[key] else { throw missing(key) }
        return minute
    }

    func neededZone(_ key: String) throws(RiskConfigFault) -> TimeZoneRules {
        guard case .zone(let zone)? = settings[key] else { throw missing(key) }
        return zone
    }

    /// Nil where nothing is said.
    func words(_ key: String) -> [ExactText]? {
        if case .words(let words)? = settings[key] { words } else { nil }
    }

    private func missing(_ key: String) -> RiskConfigFault {
        RiskConfigFault(field: key, detail: "is missing")
    }
}
