import Ledger
import Services

/// What somebody said of the instrument that they mean.
protocol InstrumentWords: Sendable {
    var symbol: String { get }
    var assetType: AssetType? { get }
    var currency: Currency? { get }
    var exchange: SpokenExchange? { get }
    var multiplier: Decimal? { get }
    /// The whole command, with these words behind its symbol.
    func completed(by words: [String]) -> String
}

/// What somebody said of an instrument's exchange.
enum SpokenExchange: Sendable, Hashable {
    /// The instrument has none.
    case none
    case named(String)
}

/// Finds the instrument that a trade or an order means, or makes the one that it describes.
struct TradeInstrument: Sendable {
    let instrument: Instrument
    /// Whether it is to be created with the trade or order.
    let isNew: Bool

    init(_ words: some InstrumentWords, _ services: Services) async throws {
        let names = Self.names(words.symbol)
        let found = try await services.instruments.all(symbols: Set(names))
        // The symbol as it was typed goes before what may have been meant.
        let fitting =
            names.lazy.map { name in
                found.filter { $0.symbol == name && words.fits($0) }
            }.first { !$0.isEmpty } ?? []
        guard fitting.count <= 1 else {
            throw CommandRefusal.ambiguousSymbol(words.symbol, fitting)
        }
        if let known = fitting.first {
            if let multiplier = words.multiplier, multiplier != known.multiplier {
                throw CommandRefusal.misused(
                    "\(known.shownName) has the multiplier \(known.multiplier).")
            }
            instrument = known
            isNew = false
        } else {
            instrument = try Self.made(of: words, known: found)
            isNew = true
        }
    }

    /// As typed, in capitals, and for an option as its OCC symbol is padded.
    private static func names(_ typed: String) -> [ExactText] {
        let capital = typed.uppercased()
        let padded = OptionContract(occSymbol: capital)?.occSymbol
        return [typed, capital, padded].compactMap(\.self).map { ExactText($0) }
    }

    private static func made(
        of words: some InstrumentWords, known: [Instrument]
    ) throws(CommandRefusal) -> Instrument {
        guard let assetType = words.assetType, let currency = words.currency else {
            throw .unknownSymbol(words, known: known)
        }
        let symbol = words.symbol.uppercased()
        let option = assetType == .option ? OptionContract(occSymbol: symbol) : nil
        guard assetType != .option || option != nil else {
            throw .misused(
                "A new option is named by its OCC symbol, such as AAPL260320C00150000.")
        }
        var exchange: ExactText?
        if case .named(let name) = words.exchange { exchange = ExactText(name.uppercased()) }
        return Instrument(
            symbol: ExactText(symbol), exchange: exchange, assetType: assetType,
            currency: currency, multiplier: words.multiplier ?? (option == nil ? .one : 100),
            option: option)
    }
}

extension InstrumentWords {
    /// Whether nothing that was said of the instrument speaks against this one.
    fileprivate func fits(_ instrument: Instrument) -> Bool {
        if let assetType, assetType != instrument.assetType { return false }
        if let currency, currency.code != instrument.currency.code.uppercased() { return false }
        switch exchange {
        case nil: return true
        case .some(.none): return instrument.exchange == nil
        case .named(let name):
            return instrument.exchange?.text.uppercased() == name.uppercased()
        }
    }
}

extension InstrumentWords {
    /// The whole command with an example of what is missing to create the instrument.
    fileprivate var completed: String {
        var words: [String] = []
        if assetType == nil { words += ["type", "EQUITY"] }
        if currency == nil { words += ["currency", "USD"] }
        return completed(by: words).shortened(to: 500)
    }
}

extension Instrument {
    /// The words that tell it from others of its symbol.
    fileprivate var words: String {
        "type \(assetType.rawValue) currency \(currency) exchange \(exchange?.text ?? "none")"
    }
}

extension CommandRefusal {
    private static let mostShown = 10

    fileprivate static func ambiguousSymbol(
        _ symbol: String, _ fitting: [Instrument]
    ) -> CommandRefusal {
        CommandRefusal(
            title: "Which \(symbol.shortened)?",
            reason: "Several instruments have this symbol. Add one of these lines:",
            facts: fitting.prefix(mostShown).map { Fact($0.shownName, .code($0.words)) })
    }

    fileprivate static func unknownSymbol(
        _ words: some InstrumentWords, known: [Instrument]
    ) -> CommandRefusal {
        let symbol = words.symbol.shortened
        let types = AssetType.allCases.map { $0.rawValue.lowercased() }.joined(separator: ", ")
        return CommandRefusal(
            title: "Unknown instrument",
            reason: known.isEmpty
                ? "Nothing is known by “\(symbol)” yet. Say what it is to create it."
                : "That is not the “\(symbol)” that is known. Say all of what it is.",
            facts: known.prefix(mostShown).map { Fact("Known", .code($0.words)) } + [
                Fact("To create it", .code(words.completed)),
                Fact("Types", .text(types)),
                Fact("May be added", .code("exchange NASDAQ multiplier 1")),
            ])
    }
}
