import Ledger
import Services
import Wire

/// What stands behind `/trade`: side, quantity, symbol and price, then words in any order.
struct TradeWords: InstrumentWords, Hashable {
    /// Each begins a value that ends with the next of them; `reason` takes all that follows.
    enum Keyword: String, CaseIterable, Sendable {
        case fee, at, strategy, portfolio, type, currency, exchange, multiplier, reason
    }

    /// All of them.
    let typed: [String]
    let side: Side
    let quantity: Decimal
    let symbol: String
    let price: Decimal
    private(set) var fee: Decimal?
    private(set) var feeCurrency: Currency?
    private(set) var time: Timestamp?
    private(set) var strategy: String?
    private(set) var portfolio: String?
    private(set) var assetType: AssetType?
    private(set) var currency: Currency?
    private(set) var exchange: SpokenExchange?
    private(set) var multiplier: Decimal?
    private(set) var reason: String?

    init(_ words: [String], now: Timestamp) throws(CommandRefusal) {
        guard words.count >= 4 else {
            throw .misused("Say buy or sell, how much, of what, and at which price.")
        }
        typed = words
        side = try SpokenValue.side(words[0])
        quantity = try SpokenValue.positive(words[1], "quantity")
        symbol = try SpokenValue.symbol(words[2])
        price = try SpokenValue.number(words[3], "price")
        try read(words.dropFirst(4), now)
    }

    private mutating func read(
        _ words: ArraySlice<String>, _ now: Timestamp
    ) throws(CommandRefusal) {
        var rest = words
        var seen: Set<Keyword> = []
        while let word = rest.popFirst() {
            guard let keyword = Keyword(rawValue: word.lowercased()) else {
                let known = Keyword.allCases.map(\.rawValue).joined(separator: ", ")
                throw .misused("“\(word.shortened)” is none of \(known).")
            }
            guard seen.insert(keyword).inserted else {
                throw .misused("“\(keyword.rawValue)” stands there twice.")
            }
            // The first word is the value, even where it is called like a keyword.
            let end =
                keyword == .reason
                ? rest.endIndex
                : rest.dropFirst().firstIndex { Keyword(rawValue: $0.lowercased()) != nil }
                    ?? rest.endIndex
            let value = Array(rest[rest.startIndex..<end])
            rest = rest[end...]
            guard !value.isEmpty else {
                throw .misused("Nothing stands behind “\(keyword.rawValue)”.")
            }
            try set(keyword, value, now)
        }
    }

    private mutating func set(
        _ keyword: Keyword, _ value: [String], _ now: Timestamp
    ) throws(CommandRefusal) {
        let text = value.joined(separator: " ")
        switch keyword {
        case .fee:
            guard value.count <= 2 else { throw .misused("A fee is a number and its currency.") }
            fee = try SpokenValue.number(value[0], "fee")
            if value.count == 2 { feeCurrency = try SpokenValue.currency(value[1]) }
        case .at:
            let time = try Self.time(value)
            guard time <= now else { throw .misused("\(time) is still to come.") }
            self.time = time
        case .strategy: strategy = text
        case .portfolio: portfolio = text
        case .type:
            assetType = try SpokenValue.assetType(text)
        case .currency: currency = try SpokenValue.currency(text)
        case .exchange: exchange = .init(spoken: text)
        case .multiplier:
            multiplier = try SpokenValue.positive(text, "multiplier")
        case .reason: reason = text
        }
    }

    /// A day, or a day and a time of day, in UTC unless an offset follows.
    private static func time(_ value: [String]) throws(CommandRefusal) -> Timestamp {
        var words = value
        if words.count > 1, words.last?.uppercased() == "UTC" { words.removeLast() }
        let text = words.joined(separator: "T")
        if let day = try? Day(iso8601: text) { return day.start }
        // Seconds and the zone may be left out.
        var characters = Array(text.uppercased())
        if characters.count == 16 || (characters.count > 16 && characters[16] != ":") {
            characters.insert(contentsOf: ":00", at: 16)
        }
        if !characters.dropFirst(11).contains(where: { "Z+-".contains($0) }) {
            characters.append("Z")
        }
        do {
            return try Timestamp(iso8601: String(characters))
        } catch .noSuchTime {
            throw .misused("There is no “\(value.joined(separator: " ").shortened)”.")
        } catch {
            throw .misused(
                """
                “\(value.joined(separator: " ").shortened)” is no time: write 2026-02-01 14:30, \
                in UTC, or 2026-02-01.
                """)
        }
    }
}

extension TradeWords {
    func completed(by words: [String]) -> String {
        "/trade \((typed.prefix(4) + words + typed.dropFirst(4)).joined(separator: " "))"
    }
}
