import Ledger
import Services
import Wire

/// What stands behind `/trade`: side, quantity, symbol and price, then words in any order.
struct TradeWords: Sendable, Hashable {
    /// Each begins a value that ends with the next of them; `reason` takes all that follows.
    enum Keyword: String, CaseIterable, Sendable {
        case fee, at, strategy, portfolio, type, currency, exchange, multiplier, reason
    }

    /// What `exchange` may say of itself.
    enum Exchange: Sendable, Hashable {
        /// The instrument has none.
        case none
        case named(String)
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
    private(set) var exchange: Exchange?
    private(set) var multiplier: Decimal?
    private(set) var reason: String?

    init(_ words: [String], now: Timestamp) throws(CommandRefusal) {
        guard words.count >= 4 else {
            throw .misused("Say buy or sell, how much, of what, and at which price.")
        }
        typed = words
        switch words[0].lowercased() {
        case "buy": side = .buy
        case "sell": side = .sell
        default: throw .misused("“\(words[0].shortened)” is neither buy nor sell.")
        }
        quantity = try Self.number(words[1], "quantity")
        guard quantity > .zero else { throw .misused("The quantity has to be greater than 0.") }
        symbol = words[2]
        guard symbol.utf8.count <= FillLimits.nameBytes, !symbol.utf8.contains(0) else {
            throw .misused("“\(symbol.shortened)” is no symbol: at most 64 letters and digits.")
        }
        price = try Self.number(words[3], "price")
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
            fee = try Self.number(value[0], "fee")
            if value.count == 2 { feeCurrency = try Self.currency(value[1]) }
        case .at:
            let time = try Self.time(value)
            guard time <= now else { throw .misused("\(time) is still to come.") }
            self.time = time
        case .strategy: strategy = text
        case .portfolio: portfolio = text
        case .type:
            guard let type = AssetType(rawValue: text.uppercased()) else {
                let types = AssetType.allCases.map { $0.rawValue.lowercased() }
                throw .misused("A type is one of \(types.joined(separator: ", ")).")
            }
            assetType = type
        case .currency: currency = try Self.currency(text)
        case .exchange: exchange = text.lowercased() == "none" ? Exchange.none : .named(text)
        case .multiplier:
            let number = try Self.number(text, "multiplier")
            guard number > .zero else {
                throw .misused("The multiplier has to be greater than 0.")
            }
            multiplier = number
        case .reason: reason = text
        }
    }

    private static func number(
        _ text: String, _ what: String
    ) throws(CommandRefusal) -> Decimal {
        do {
            return try Decimal(parsing: text)
        } catch LedgerError.malformed {
            throw .misused(
                """
                “\(text.shortened)” is no \(what): write digits and a point for the decimals, \
                without commas or blanks, such as 1182.50.
                """)
        } catch {
            throw .misused(
                "The \(what) does not fit: at most 18 decimals, and less than 1.7e20.")
        }
    }

    private static func currency(_ text: String) throws(CommandRefusal) -> Currency {
        guard let currency = Currency(text.uppercased()) else {
            throw .misused("“\(text.shortened)” is no currency, such as USD.")
        }
        return currency
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
