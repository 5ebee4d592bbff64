import Ledger
import Services

/// What stands behind `/buy` and `/sell`: a size and a symbol, then words in any order.
struct OrderWords: InstrumentWords, Hashable {
    /// Each begins a value: a price is one word, a name ends with the next of them.
    enum Keyword: String, CaseIterable, Sendable {
        case limit, at, stop, trail, sl, tp, strategy, portfolio, type, currency, exchange,
            multiplier
    }

    let side: Side
    let size: OrderSize
    let symbol: String
    private(set) var prices = SpokenPrices()
    /// At which prices what is opened is closed again.
    private(set) var exits = ExitTerms()
    /// Nil where it was not said.
    private(set) var timeInForce: TimeInForce?
    private(set) var strategy: String?
    /// What was said with the word for it, or with none.
    private(set) var portfolio: String?
    private(set) var assetType: AssetType?
    private(set) var currency: Currency?
    private(set) var exchange: SpokenExchange?
    private(set) var multiplier: Decimal?
    private let typed: [String]

    init(_ side: Side, _ words: [String]) throws(CommandRefusal) {
        guard words.count >= 2 else {
            throw .misused("Say how much, of what, and at which price if not at the market's.")
        }
        self.side = side
        typed = words
        size = try Self.size(words[0])
        symbol = try SpokenValue.symbol(words[1])
        try read(words.dropFirst(2))
        _ = try prices.pricing()
    }

    /// `10`, `$500` or `50%`.
    static func size(_ text: String) throws(CommandRefusal) -> OrderSize {
        if text.hasPrefix("$") {
            return .notional(try SpokenValue.positive(String(text.dropFirst()), "amount"))
        }
        if text.hasSuffix("%") {
            return .percent(
                try SpokenValue.positive(String(text.dropLast()), "percentage"))
        }
        return .quantity(try SpokenValue.positive(text, "quantity"))
    }

    private mutating func read(_ words: ArraySlice<String>) throws(CommandRefusal) {
        var rest = words
        var seen: Set<Keyword> = []
        while let word = rest.first {
            if let time = TimeInForce(spoken: word) {
                guard timeInForce == nil else { throw .twice(word) }
                timeInForce = time
                rest.removeFirst()
            } else if let keyword = Keyword(rawValue: word.lowercased()) {
                guard seen.insert(keyword).inserted else { throw .twice(word) }
                rest.removeFirst()
                try set(keyword, Self.takeValue(of: keyword, from: &rest))
            } else {
                try setPortfolio(Self.takeName(from: &rest))
            }
        }
    }

    /// A word that means something by itself ends a name.
    private static func isWord(_ text: String) -> Bool {
        Keyword(rawValue: text.lowercased()) != nil || TimeInForce(spoken: text) != nil
    }

    private static func takeName(from rest: inout ArraySlice<String>) -> String {
        let end = rest.firstIndex(where: isWord) ?? rest.endIndex
        let name = rest[rest.startIndex..<end]
        rest = rest[end...]
        return name.joined(separator: " ")
    }

    private static func takeValue(
        of keyword: Keyword, from rest: inout ArraySlice<String>
    ) throws(CommandRefusal) -> String {
        guard let first = rest.popFirst() else {
            throw .misused("Nothing stands behind “\(keyword.rawValue)”.")
        }
        switch keyword {
        case .strategy, .portfolio:
            // The first word is the name, even where it is called like a keyword.
            let others = takeName(from: &rest)
            return others.isEmpty ? first : "\(first) \(others)"
        case .sl:
            guard first.lowercased() == SpokenExitValue.trail, let distance = rest.popFirst() else {
                return first
            }
            return "\(first) \(distance)"
        case .limit, .at, .stop, .trail, .tp, .type, .currency, .exchange, .multiplier:
            return first
        }
    }

    private mutating func set(_ keyword: Keyword, _ value: String) throws(CommandRefusal) {
        switch keyword {
        case .limit, .at:
            guard prices.limit == nil else { throw .twice("limit") }
            prices.limit = try SpokenValue.number(value, "limit")
        case .stop: prices.stop = try SpokenValue.number(value, "stop price")
        case .trail: prices.trail = try SpokenPrices.trail(value)
        case .sl: exits.stop = try SpokenExitValue.stop(value)
        case .tp: exits.profit = try SpokenValue.number(value, "take profit")
        case .strategy: strategy = value
        case .portfolio: try setPortfolio(value)
        case .type: assetType = try SpokenValue.assetType(value)
        case .currency: currency = try SpokenValue.currency(value)
        case .exchange: exchange = .init(spoken: value)
        case .multiplier: multiplier = try SpokenValue.positive(value, "multiplier")
        }
    }

    private mutating func setPortfolio(_ name: String) throws(CommandRefusal) {
        guard portfolio == nil else {
            let known = (Keyword.allCases.map(\.rawValue) + TimeInForce.spoken)
                .joined(separator: ", ")
            throw .misused("“\(name.shortened)” is none of \(known).")
        }
        guard (try? Decimal(parsing: name)) == nil else {
            let (limit, stop) = ("limit \(name)", "stop \(name)")
            throw .misused(
                "What is \(name.shortened)? Say \(code: limit) or \(code: stop).")
        }
        portfolio = name
    }

    func completed(by words: [String]) -> String {
        let command = side == .buy ? Command.buy.name : Command.sell.name
        return
            "/\(command) \((typed.prefix(2) + words + typed.dropFirst(2)).joined(separator: " "))"
    }
}

/// The prices of an order, as they were said.
struct SpokenPrices: Sendable, Hashable {
    var limit: Decimal?
    var stop: Decimal?
    var trail: Trail?

    var isEmpty: Bool { self == SpokenPrices() }

    /// `2` behind the best price, or `2%` of it.
    static func trail(_ text: String) throws(CommandRefusal) -> Trail {
        guard text.hasSuffix("%") else {
            return .amount(try SpokenValue.positive(text, "distance"))
        }
        let percent = try SpokenValue.positive(String(text.dropLast()), "percentage")
        guard percent < 100 else {
            throw .misused("An order trails by less than 100 %.")
        }
        return .percent(percent)
    }

    /// At the market where nothing was said.
    func pricing() throws(CommandRefusal) -> OrderPricing {
        if let trail {
            guard limit == nil, stop == nil else {
                throw .misused(
                    "An order that trails finds its stop by itself: leave limit and stop out.")
            }
            return .trailing(trail, stop: nil)
        }
        return switch (stop, limit) {
        case (nil, nil): .market
        case (nil, let limit?): .limit(limit)
        case (let stop?, nil): .stop(stop)
        case (let stop?, let limit?): .stopLimit(stop: stop, limit: limit)
        }
    }
}

extension TimeInForce {
    static let spoken = ["day", "gtc", "ioc", "fok"]

    init?(spoken word: String) {
        guard Self.spoken.contains(word.lowercased()) else { return nil }
        self.init(rawValue: word.uppercased())
    }

    /// With what it means.
    var explained: String {
        switch self {
        case .day: "DAY: until the market closes"
        case .goodTillCanceled: "GTC: until it is canceled"
        case .immediateOrCancel: "IOC: what can be filled at once, and no more"
        case .fillOrKill: "FOK: all of it at once, or nothing"
        }
    }
}

extension CommandRefusal {
    static func twice(_ word: String) -> CommandRefusal {
        .misused("“\(word.shortened)” stands there twice.")
    }
}
