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

extension RiskLimit {
    /// Each of the groups that exceed it, else the one that uses it most.
    func measures(
        of groups: [(subject: RiskSubject, sum: RiskSum)], in book: RiskBook
    ) throws(RiskUnknown) -> [RiskMeasure] {
        guard let greatest = try measure(greatestOf: groups, in: book) else { return [] }
        guard greatest.isExceeded else { return [greatest] }
        var exceeding: [RiskMeasure] = []
        for (subject, sum) in groups {
            guard let value = try? sum.total() else { continue }
            let measured = try measure(value, about: subject, of: book.equity)
            if measured.isExceeded { exceeding.append(measured) }
        }
        return exceeding
    }
}

extension RiskBook {
    /// Of a rule that some instruments break: each that is held, or that none is.
    func review(isBroken: (RiskInstrument) -> Bool) -> [RiskMeasure] {
        let broken = positions.filter { !$0.isFlat && isBroken(instrument(of: $0)) }
        return broken.isEmpty
            ? [RiskMeasure(isBroken: false, about: .scope)]
            : broken.map { RiskMeasure(isBroken: true, about: .position($0.key)) }
    }
}
