/// Instruments by their symbols: `AAPL` on any exchange, `NASDAQ:AAPL` on that one.
struct SymbolList: Sendable {
    private let symbols: Set<ExactText>

    /// Nil where the settings name none.
    init?(_ settings: RiskSettings) {
        guard let words = settings.words("symbols") else { return nil }
        symbols = Set(words)
    }

    func contains(_ instrument: Instrument) -> Bool {
        if symbols.contains(instrument.symbol) { return true }
        guard let exchange = instrument.exchange else { return false }
        return symbols.contains(ExactText("\(exchange):\(instrument.symbol)"))
    }
}

extension RiskSettings {
    /// Nil where the settings name none.
    var assetTypes: Set<AssetType>? {
        words("asset_types").map { Set($0.compactMap { AssetType(rawValue: $0.text) }) }
    }
}

extension RiskLimit {
    /// Of the group that uses it most. A group that is not known leaves it open whether the limit
    /// is kept, but not where another one exceeds it anyway. Nil without groups.
    func measure(
        greatestOf groups: [(subject: RiskSubject, sum: RiskSum)], in book: RiskBook
    ) throws(RiskUnknown) -> RiskMeasure? {
        var greatest: (subject: RiskSubject, value: Decimal)?
        var unknown: RiskUnknown?
        for (subject, sum) in groups {
            do throws(RiskUnknown) {
                let value = try sum.total()
                if value > greatest?.value ?? -1 { greatest = (subject, value) }
            } catch {
                unknown = unknown ?? error
            }
        }
        let measured = try greatest.map { group throws(RiskUnknown) in
            try measure(group.value, about: group.subject, of: book.equity)
        }
        if let unknown, !(measured?.isExceeded ?? false) { throw unknown }
        return measured
    }
}

extension RiskBook {
    /// Of a rule that some instruments break: the order's, else the first one that is held.
    func measure(
        _ effect: RiskEffect?, isBroken: (RiskInstrument) -> Bool
    ) -> RiskMeasure? {
        if let effect {
            return RiskMeasure(
                isBroken: isBroken(effect.order.instrument), about: .position(effect.key))
        }
        let broken = positions.first { !$0.isFlat && isBroken(instrument(of: $0)) }
        return RiskMeasure(
            isBroken: broken != nil, about: broken.map { .position($0.key) } ?? .scope)
    }
}
