import Ledger
import Services

/// Single values as people type them; what is none is refused with what was expected.
enum SpokenValue {
    static func number(
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

    static func currency(_ text: String) throws(CommandRefusal) -> Currency {
        guard let currency = Currency(text.uppercased()) else {
            throw .misused("“\(text.shortened)” is no currency, such as USD.")
        }
        return currency
    }

    static func positive(_ text: String, _ what: String) throws(CommandRefusal) -> Decimal {
        let number = try number(text, what)
        guard number > .zero else {
            throw .misused("The \(what) has to be greater than 0.")
        }
        return number
    }

    static func side(_ text: String) throws(CommandRefusal) -> Side {
        switch text.lowercased() {
        case "buy": .buy
        case "sell": .sell
        default: throw .misused("“\(text.shortened)” is neither buy nor sell.")
        }
    }

    static func symbol(_ text: String) throws(CommandRefusal) -> String {
        guard text.utf8.count <= FillLimits.nameBytes, !text.utf8.contains(0) else {
            throw .misused("“\(text.shortened)” is no symbol: at most 64 letters and digits.")
        }
        return text
    }

    static func assetType(_ text: String) throws(CommandRefusal) -> AssetType {
        guard let type = AssetType(rawValue: text.uppercased()) else {
            let types = AssetType.allCases.map { $0.rawValue.lowercased() }
            throw .misused("A type is one of \(types.joined(separator: ", ")).")
        }
        return type
    }
}

extension SpokenExchange {
    init(spoken text: String) { self = text.lowercased() == "none" ? .none : .named(text) }
}
