import Ledger
import Wire

/// The longest values that a fill may have, in bytes of UTF-8.
public enum FillLimits {
    /// `broker_trade_id`, `broker_order_id`, `client_order_id`.
    public static let idBytes = 128
    /// `symbol`, `exchange`, `option.underlying`, `portfolio`.
    public static let nameBytes = 64
    public static let metaBytes = 16 << 10
    public static let reasonBytes = 500
    /// Keys are repeated in refusals up to here.
    static let keyBytes = 128
}

/// The keys of a FILL.
public enum FillField: String, CaseIterable, Sendable {
    case brokerTradeID = "broker_trade_id"
    case brokerOrderID = "broker_order_id"
    case clientOrderID = "client_order_id"
    case symbol
    case exchange
    case assetType = "asset_type"
    case currency
    case side
    case quantity
    case price
    case fee
    case feeCurrency = "fee_currency"
    case execTime = "exec_time"
    case meta
    case multiplier
    case tickSize = "tick_size"
    case option
    case portfolio
    case strategy
    case netAmount = "net_amount"
    case commission
    case delta
    case reason
}

/// The keys of a FILL's `option` block.
public enum OptionField: String, CaseIterable, Sendable {
    case underlying
    case expiry
    case strike
    case right
    case multiplier

    /// As refusals and CSV columns call it: `option.expiry`.
    var name: String { "option." + rawValue }
}

/// A field's value as it came, before anyone asked what it should be.
enum FillValue {
    case null
    case text(ArraySlice<UInt8>)
    case number(ArraySlice<UInt8>)
    case flag(Bool)
    case other(JSONKind)
    case defective(JSONDefects)
}

// Each reads the value as what its field holds: nil is null, which counts as left out.
extension FillValue {
    func text(_ field: String, atMost limitBytes: Int) throws(FillRefusal) -> ExactText? {
        guard let bytes = try utf8(field) else { return nil }
        guard !bytes.isEmpty else {
            throw .invalid(field, "must not be empty; leave it out or send null")
        }
        guard bytes.count <= limitBytes else {
            throw .invalid(field, "longer than \(limitBytes) bytes")
        }
        // JSON reports an escaped U+0000 as a defect; a CSV cell may hold it plainly.
        guard !bytes.contains(0) else { throw .invalid(field, JSONDefects.nul.description) }
        return ExactText(String(decoding: bytes, as: UTF8.self))
    }

    func decimal(_ field: String) throws(FillRefusal) -> Decimal? {
        let digits: ArraySlice<UInt8>
        switch self {
        case .null: return nil
        case .text(let text): digits = text
        case .number(let literal): digits = literal
        case .defective(.extremeNumber):
            throw FillRefusal(
                code: .outOfRange, field: field, detail: LedgerError.outOfRange.complaint)
        case .flag, .other, .defective: throw wrongType(field, expected: "a decimal")
        }
        do {
            return try Decimal(parsing: digits)
        } catch {
            let code: FillRefusal.Code = error == .malformed ? .invalidField : .outOfRange
            throw FillRefusal(code: code, field: field, detail: error.complaint)
        }
    }

    func positiveDecimal(_ field: String) throws(FillRefusal) -> Decimal? {
        let value = try decimal(field)
        if let value, value <= 0 { throw .invalid(field, "must be greater than 0") }
        return value
    }

    func time(_ field: String) throws(FillRefusal) -> Timestamp? {
        guard let bytes = try utf8(field) else { return nil }
        do {
            return try Timestamp(iso8601: bytes)
        } catch {
            throw .invalid(field, error.description)
        }
    }

    func day(_ field: String) throws(FillRefusal) -> Day? {
        guard let bytes = try utf8(field) else { return nil }
        guard let day = try? Day(iso8601: bytes) else {
            throw .invalid(field, "not a day of the form 2026-03-20")
        }
        return day
    }

    func currency(_ field: String) throws(FillRefusal) -> Currency? {
        guard let bytes = try utf8(field) else { return nil }
        guard let currency = Currency(String(decoding: bytes.prefix(64), as: UTF8.self)) else {
            throw .invalid(field, "a currency is 1 to 16 letters, digits, dots, dashes")
        }
        return currency
    }

    /// One of few words, in any case.
    func word<Word: RawRepresentable & CaseIterable>(
        _ field: String, _ type: Word.Type = Word.self
    ) throws(FillRefusal) -> Word? where Word.RawValue == String {
        guard let text = try utf8(field)?.prefix(16).asciiUppercased else { return nil }
        guard let word = Word(rawValue: text) else { throw .noneOf(Word.allCases, field) }
        return word
    }

    /// One of some of few words, in any case.
    func word<Word: RawRepresentable & CaseIterable & Equatable>(
        _ field: String, among words: [Word]
    ) throws(FillRefusal) -> Word? where Word.RawValue == String {
        guard let text = try utf8(field)?.prefix(16).asciiUppercased else { return nil }
        guard let word = Word(rawValue: text), words.contains(word) else {
            throw .noneOf(words, field)
        }
        return word
    }

    func right(_ field: String) throws(FillRefusal) -> OptionRight? {
        guard let text = try utf8(field)?.prefix(16).asciiUppercased else { return nil }
        switch text {
        case "C", "CALL": return .call
        case "P", "PUT": return .put
        default: throw .invalid(field, "must be C or P")
        }
    }

    func strategy(_ field: String) throws(FillRefusal) -> StrategyChoice {
        guard let bytes = try utf8(field) else { return .none }
        guard let strategy = StrategyReference(parsing: String(decoding: bytes, as: UTF8.self))
        else {
            throw .invalid(
                field,
                "must be NAME or NAME@VERSION, each 1 to \(StrategyReference.partLimitBytes) bytes"
            )
        }
        return .named(strategy)
    }

    func flag(_ field: String) throws(FillRefusal) -> Bool? {
        switch self {
        case .null: return nil
        case .flag(let isTrue): return isTrue
        case .text, .number, .other, .defective:
            throw wrongType(field, expected: "true or false")
        }
    }

    /// A whole number, not below 0; no string.
    func count(_ field: String) throws(FillRefusal) -> Int64? {
        if case .text = self { throw wrongType(field, expected: "a whole number") }
        guard let value = try decimal(field) else { return nil }
        guard let number = Int64(value.description), number >= 0 else {
            throw .invalid(field, "must be a whole number, 0 or above")
        }
        return number
    }

    /// For what has to be an object, which is read before it comes to a value.
    func onlyNull(_ field: String) throws(FillRefusal) {
        if case .null = self { return }
        throw wrongType(field, expected: "an object")
    }

    private func utf8(_ field: String) throws(FillRefusal) -> ArraySlice<UInt8>? {
        switch self {
        case .null: return nil
        case .text(let bytes): return bytes
        case .number, .flag, .other, .defective: throw wrongType(field, expected: "a string")
        }
    }

    private func wrongType(_ field: String, expected: String) -> FillRefusal {
        switch self {
        case .defective(let defects) where !defects.isSubset(of: .extremeNumber):
            .invalid(field, defects.description)
        case .number, .defective: .invalid(field, "expected \(expected), found a number")
        case .flag: .invalid(field, "expected \(expected), found \(JSONKind.bool)")
        case .other(let kind): .invalid(field, "expected \(expected), found \(kind)")
        case .text: .invalid(field, "expected \(expected), found a string")
        case .null: .invalid(field, "expected \(expected), found null")
        }
    }
}

extension FillRefusal {
    static func invalid(_ field: String?, _ detail: String) -> FillRefusal {
        FillRefusal(code: .invalidField, field: field, detail: detail)
    }

    fileprivate static func noneOf<Word: RawRepresentable>(
        _ words: some Sequence<Word>, _ field: String
    ) -> FillRefusal where Word.RawValue == String {
        .invalid(field, "must be one of \(words.map(\.rawValue).joined(separator: ", "))")
    }

    static func unknown(_ key: String) -> FillRefusal {
        FillRefusal(
            code: .unknownField, field: shortened(key),
            detail: "no such field; what has no field of its own goes into meta")
    }

    static func givenTwice(_ key: String) -> FillRefusal {
        .invalid(shortened(key), "given twice")
    }

    static func shortened(_ key: String) -> String {
        key.utf8.count <= FillLimits.keyBytes
            ? key : String(decoding: key.utf8.prefix(FillLimits.keyBytes), as: UTF8.self) + "…"
    }
}

extension ArraySlice<UInt8> {
    fileprivate var asciiUppercased: String {
        let isLower = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        guard contains(where: isLower) else { return String(decoding: self, as: UTF8.self) }
        return String(decoding: map { isLower($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
    }
}
