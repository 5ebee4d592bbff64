import Wire

/// A report whose fields are still coming in, in whatever order. A field that is null is left out.
protocol ReportDraft {
    associatedtype Field: CaseIterable & RawRepresentable & Equatable & Sendable
    where Field.RawValue == String
    associatedtype Report: Sendable

    static var keys: JSONKeys<Field> { get }
    /// The key of a batch's array of them.
    static var listField: ReportBatchField { get }
    /// One of them, for people: `a fill`.
    static var name: String { get }
    /// Those whose values are objects.
    static var metaField: Field { get }
    static var optionField: Field { get }

    /// Nil where no option was mentioned.
    var option: OptionDraft? { get set }

    init()
    mutating func set(_ field: Field, _ value: FillValue) throws(FillRefusal)
    /// Takes a JSON object that was checked.
    mutating func setMeta(_ json: String)
    func report() throws(FillRefusal) -> Report
}

private let optionKeys = JSONKeys<OptionField>()

extension ReportDraft {
    /// Reads the report that comes next, to its end, refused or not. The reader has to tolerate all
    /// defects.
    static func read(
        from reader: inout JSONReader
    ) throws(JSONError) -> Result<Report, FillRefusal> {
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            _ = reader.takeDefects()
            return .failure(.invalid(nil, "\(name) is an object, found \(kind)"))
        }
        var draft = Self()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if refusal == nil { refusal = try draft.read(key, from: &reader) }
        }
        _ = reader.takeDefects()
        if let refusal { return .failure(refusal) }
        do {
            return .success(try draft.report())
        } catch {
            return .failure(error)
        }
    }

    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    private mutating func read(
        _ key: JSONKey<Field>, from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let field: Field
        switch key {
        case .unknown(let name): return .unknown(name)
        case .known(let known): field = known
        }
        if reader.takeDefects().contains(.duplicateKey) { return .givenTwice(field.rawValue) }
        if field == Self.metaField, try reader.peek() == .object {
            let text = try reader.raw()
            return takeMeta(text, reader.takeDefects())
        }
        if field == Self.optionField, try reader.peek() == .object {
            return try readOption(from: &reader)
        }
        return refusal(of: field, try FillValue(from: &reader))
    }

    private mutating func refusal(of field: Field, _ value: FillValue) -> FillRefusal? {
        do {
            try set(field, value)
            return nil
        } catch {
            return error
        }
    }

    private mutating func readOption(
        from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        var draft = OptionDraft()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: optionKeys) {
            if refusal == nil { refusal = try draft.read(key, from: &reader) }
        }
        option = draft
        return refusal
    }

    /// Takes an object as it was written; returns what is wrong with it.
    mutating func takeMeta(_ text: ArraySlice<UInt8>, _ defects: JSONDefects) -> FillRefusal? {
        let field = Self.metaField.rawValue
        guard defects.isEmpty else { return .invalid(field, defects.description) }
        guard text.count <= FillLimits.metaBytes else {
            return .invalid(field, "longer than \(FillLimits.metaBytes) bytes")
        }
        setMeta(String(decoding: text, as: UTF8.self))
        return nil
    }
}

extension OptionDraft {
    fileprivate mutating func read(
        _ key: JSONKey<OptionField>, from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
        switch key {
        case .unknown(let name):
            return .unknown("option." + name)
        case .known(let field):
            if isGivenTwice { return .givenTwice(field.name) }
            let value = try FillValue(from: &reader)
            do {
                try set(field, value)
                return nil
            } catch {
                return error
            }
        }
    }
}

extension FillValue {
    /// Reads the next value whatever it is.
    init(from reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .null:
            _ = try reader.takeNull()
            self = .null
        case .string:
            self = .text(try reader.utf8())
        case .number:
            self = .number(try reader.number())
        case .bool:
            self = .flag(try reader.bool())
        case let kind:
            try reader.skip()
            self = .other(kind)
        }
        let defects = reader.takeDefects()
        if !defects.isEmpty { self = .defective(defects) }
    }
}
