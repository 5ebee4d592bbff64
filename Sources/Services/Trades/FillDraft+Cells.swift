import Wire

extension FillDraft {
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
        if let refusal = takeMeta(text, reader.takeDefects()) { throw refusal }
    }
}

extension OptionDraft? {
    /// The draft, begun where there was none.
    fileprivate var orNew: OptionDraft {
        get { self ?? OptionDraft() }
        set { self = newValue }
    }
}
