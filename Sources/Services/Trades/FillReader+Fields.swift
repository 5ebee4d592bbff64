import Wire

extension FillReader {
    private static let fillKeys = JSONKeys<FillField>()
    fileprivate static let optionKeys = JSONKeys<OptionField>()

    /// Reads the FILL that comes next, to its end, refused or not. The reader has to tolerate all
    /// defects.
    static func fill(
        from reader: inout JSONReader
    ) throws(JSONError) -> Result<FillReport, FillRefusal> {
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            _ = reader.takeDefects()
            return .failure(.invalid(nil, "a fill is an object, found \(kind)"))
        }
        var draft = FillDraft()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: fillKeys) {
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
}

extension FillDraft {
    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    fileprivate mutating func read(
        _ key: JSONKey<FillField>, from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let field: FillField
        switch key {
        case .unknown(let name): return .unknown(name)
        case .known(let known): field = known
        }
        if reader.takeDefects().contains(.duplicateKey) { return .givenTwice(field.rawValue) }
        switch field {
        case .meta where try reader.peek() == .object:
            let text = try reader.raw()
            return setMeta(text, reader.takeDefects())
        case .option where try reader.peek() == .object:
            return try readOption(from: &reader)
        default:
            return refusal(of: field, try FillValue(from: &reader))
        }
    }

    private mutating func refusal(of field: FillField, _ value: FillValue) -> FillRefusal? {
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
        while let key = try reader.nextKey(in: FillReader.optionKeys) {
            if refusal == nil { refusal = try draft.read(key, from: &reader) }
        }
        option = draft
        return refusal
    }

    private mutating func setMeta(
        _ text: ArraySlice<UInt8>, _ defects: JSONDefects
    ) -> FillRefusal? {
        let field = FillField.meta.rawValue
        guard defects.isEmpty else { return .invalid(field, defects.description) }
        guard text.count <= FillLimits.metaBytes else {
            return .invalid(field, "longer than \(FillLimits.metaBytes) bytes")
        }
        metaJSON = String(decoding: text, as: UTF8.self)
        return nil
    }

    /// A CSV cell. An empty one counts as left out, but has to be of a known column.
    mutating func setCell(_ name: String, _ value: String) throws(FillRefusal) {
        let text = FillValue.text(Array(value.utf8)[...])
        switch FillField(rawValue: name) {
        case .meta:
            if !value.isEmpty { try setMetaCell(value) }
        case .option:
            throw .unknown(name)
        case .some(let field):
            if !value.isEmpty { try set(field, text) }
        case nil:
            guard let field = OptionField.allCases.first(where: { $0.name == name }) else {
                throw .unknown(name)
            }
            if !value.isEmpty { try option.orNew.set(field, text) }
        }
    }

    private mutating func setMetaCell(_ value: String) throws(FillRefusal) {
        var reader = JSONReader(Array(value.utf8), tolerating: .all)
        let text: ArraySlice<UInt8>
        do throws(JSONError) {
            guard try reader.peek() == .object else {
                throw reader.error(.refused("expected an object"))
            }
            text = try reader.raw()
            try reader.finish()
        } catch {
            throw .invalid(FillField.meta.rawValue, error.description)
        }
        if let refusal = setMeta(text, reader.takeDefects()) { throw refusal }
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
        case let kind:
            try reader.skip()
            self = .other(kind)
        }
        let defects = reader.takeDefects()
        if !defects.isEmpty { self = .defective(defects) }
    }
}

extension OptionDraft? {
    /// The draft, begun where there was none.
    fileprivate var orNew: OptionDraft {
        get { self ?? OptionDraft() }
        set { self = newValue }
    }
}
