import Ledger

/// One row of Binance's trade history, its assets told apart.
struct BinanceTrade {
    let time: Timestamp
    /// Base and quote asset in one word.
    let symbol: String
    let quote: String
    let side: String
    /// Canonical decimals, so that both layouts write a trade alike.
    let quantity: String
    let price: String
    let fee: String?
    let feeAsset: String?

    init(_ cells: [String], _ columns: BinanceColumns) throws(FillRefusal) {
        guard cells.count == columns.count else {
            throw FillRefusal(
                code: .invalidField,
                detail: "expected \(columns.count) fields as in the header, found \(cells.count)")
        }
        let written = cells[columns.time].trimmed
        guard let time = columns.times.read(written) else {
            throw .invalid("exec_time", "not of the form 2026-02-19 14:32:00")
        }
        self.time = time
        side = cells[columns.side].trimmed
        let executed = cells[columns.executed].trimmed
        let pair = try BinancePair(
            cells[columns.pair].trimmed, executed: executed,
            total: columns.total.map { cells[$0].trimmed })
        symbol = pair.base + pair.quote
        quote = pair.quote
        quantity = try Self.number(executed, without: pair.base, "quantity")
        price = try Self.number(cells[columns.price].trimmed, without: pair.quote, "price")
        (fee, feeAsset) = try Self.fee(cells, columns, pair)
    }

    private static func number(
        _ text: String, without asset: String, _ field: String
    ) throws(FillRefusal) -> String {
        let number = text.hasSuffix(asset) ? String(text.dropLast(asset.count)) : text
        guard let canonical = ImportedNumber.canonical(number.trimmed) else {
            throw .invalid(field, "not a number")
        }
        // What does not fit is left for the reader of fields to say.
        return (try? Decimal(parsing: canonical))?.description ?? canonical
    }

    private static func fee(
        _ cells: [String], _ columns: BinanceColumns, _ pair: BinancePair
    ) throws(FillRefusal) -> (String?, String?) {
        guard let place = columns.fee, !cells[place].trimmed.isEmpty else { return (nil, nil) }
        let text = cells[place].trimmed
        let stated = columns.feeAsset.map { cells[$0].trimmed }
        // An asset's name may begin with digits, so the known ones are tried first.
        let known = [stated, "BNB", pair.base, pair.quote].compactMap(\.self)
        let letters = text.firstIndex { $0.isLetter && $0.isUppercase }
        let guess = letters.map { String(text[$0...]) }
        let asset = known.first { !$0.isEmpty && text.hasSuffix($0) } ?? stated ?? guess
        guard let asset, !asset.isEmpty else {
            let fee = try number(text, without: pair.quote, "fee")
            guard fee == "0" else {
                throw .invalid("fee_currency", "the fee does not tell its asset")
            }
            return (nil, nil)
        }
        return (try number(text, without: asset, "fee"), asset)
    }
}

/// A pair such as XRPETH, cut in two.
struct BinancePair {
    let base: String
    let quote: String

    /// What Binance quotes prices in, for files that write bare numbers.
    private static let quotes = [
        "FDUSD", "USDT", "BUSD", "TUSD", "USDC", "USDP", "USD1", "IDRT", "BIDR", "BKRW", "BVND",
        "AEUR", "EURI", "XUSD", "USDS", "UST", "PAX", "VAI", "DAI", "BTC", "ETH", "BNB", "TRX",
        "XRP", "SOL", "DOT", "EUR", "GBP", "AUD", "BRL", "TRY", "RUB", "UAH", "NGN", "ZAR", "JPY",
        "PLN", "RON", "ARS", "MXN", "CZK", "COP", "IDR", "DOGE", "USD",
    ]

    /// By the assets after the amounts where they are there, else by the assets that prices are
    /// known to be quoted in.
    init(_ pair: String, executed: String, total: String?) throws(FillRefusal) {
        for separator: Character in ["/", "-", "_"] {
            let parts = pair.split(separator: separator, omittingEmptySubsequences: false)
            if parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) {
                (base, quote) = (String(parts[0]), String(parts[1]))
                return
            }
        }
        for index in pair.indices.dropFirst() {
            let (base, quote) = (String(pair[..<index]), String(pair[index...]))
            if Self.isAmount(executed, of: base), Self.isAmount(total ?? "", of: quote) {
                (self.base, self.quote) = (base, quote)
                return
            }
        }
        let known = Self.quotes.filter { pair.hasSuffix($0) && pair.count > $0.count }
        guard let quote = known.max(by: { $0.count < $1.count }) else {
            throw .invalid("symbol", "which part of the pair is the quote asset is not known")
        }
        base = String(pair.dropLast(quote.count))
        self.quote = quote
    }

    private static func isAmount(_ text: String, of asset: String) -> Bool {
        text.hasSuffix(asset)
            && ImportedNumber.canonical(String(text.dropLast(asset.count)).trimmed) != nil
    }
}
