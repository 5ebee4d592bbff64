import Ledger
import Wire

extension ImportFormat {
    static let binanceCSV = ImportFormat(
        name: "binance-csv", summary: "Binance's spot trade history",
        defaultTimeZone: "UTC", takes: [.timeZone], makeReader: { BinanceImportReader($0) })
}

/// Reads Binance's spot trade history in the layouts that it has had: `Date(UTC),Pair,Side,Price,
/// Executed,Amount,Fee` with assets after the numbers, and `Date(UTC),Market,Type,Price,Amount,
/// Total,Fee,Fee Coin`.
struct BinanceImportReader: ImportReader {
    private let zone: TimeZoneRules
    private var rows = CSVRows()
    private var columns: BinanceColumns?
    private var ids = ContentIDs(format: ImportFormat.binanceCSV.name)

    init(_ settings: ImportSettings) {
        zone = settings.timeZone ?? .utc
    }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedItem] {
        try items(try rows.feed(bytes))
    }

    mutating func finish() throws(ImportError) -> [ImportedItem] {
        let items = try items(try rows.finish())
        guard columns != nil else {
            throw ImportError(line: nil, detail: "an empty file: not even a header line")
        }
        return items
    }

    private mutating func items(_ records: [CSVRecord]) throws(ImportError) -> [ImportedItem] {
        var items: [ImportedItem] = []
        for record in records {
            guard let columns else {
                self.columns = try BinanceColumns(record, zone: zone)
                continue
            }
            items.append(
                ImportedItem(line: record.line, content: .fill(fill(record.fields, columns))))
        }
        return items
    }

    private mutating func fill(
        _ cells: [String], _ columns: BinanceColumns
    ) -> Result<FillReport, FillRefusal> {
        do throws(FillRefusal) {
            let trade = try BinanceTrade(cells, columns)
            let id = try ids.next([
                trade.time.description, trade.symbol, trade.side, trade.price, trade.quantity,
                trade.fee, trade.feeAsset,
            ])
            return FillReader.fill(fromFields: [
                ("broker_trade_id", id), ("symbol", trade.symbol), ("exchange", "BINANCE"),
                ("asset_type", AssetType.crypto.rawValue), ("currency", trade.quote),
                ("side", trade.side), ("quantity", trade.quantity), ("price", trade.price),
                ("fee", trade.fee ?? ""), ("fee_currency", trade.feeAsset ?? ""),
                ("exec_time", trade.time.iso8601),
            ])
        } catch {
            return .failure(error)
        }
    }
}

/// Where a file has what.
struct BinanceColumns: Sendable {
    let count: Int
    let time: Int
    let pair: Int
    let side: Int
    let price: Int
    let executed: Int
    /// What was paid in the quote asset.
    let total: Int?
    let fee: Int?
    let feeAsset: Int?
    let times: ImportedTime

    private static let patterns = ImportedTime.patterns(
        "YYYY-MM-DD H:mm:ss", "YY-MM-DD H:mm:ss", "YYYY/MM/DD H:mm:ss", "YYYY-MM-DD H:mm",
        "YYYY-MM-DDTHH:mm:ss")

    init(_ record: CSVRecord, zone: TimeZoneRules) throws(ImportError) {
        let names = record.fields.map { $0.trimmed.lowercased() }
        func place(_ candidates: String...) -> Int? {
            candidates.lazy.compactMap { names.firstIndex(of: $0) }.first
        }
        let known = Set(names)
        if !known.isDisjoint(with: ["orderno", "order no", "order price", "order amount"]) {
            throw ImportError(
                line: record.line,
                detail: "these are orders, not trades: export the Trade History, not the Order"
                    + " History")
        }
        if !known.isDisjoint(with: ["operation", "txid", "transactionfee"]) {
            throw ImportError(
                line: record.line,
                detail: "these are movements of an account, not trades: export the Trade History")
        }
        guard
            let time = names.firstIndex(where: { $0.hasPrefix("date") || $0.hasPrefix("time") }),
            let pair = place("pair", "market", "symbol"), let side = place("side", "type"),
            let price = place("price"), let executed = place("executed", "amount", "quantity")
        else {
            throw ImportError(
                line: record.line,
                detail: "no header of Binance's trade history: expected Date(UTC), Pair, Side,"
                    + " Price, Executed, Amount, Fee, or Date(UTC), Market, Type, Price, Amount,"
                    + " Total, Fee, Fee Coin")
        }
        count = names.count
        (self.time, self.pair, self.side, self.price) = (time, pair, side, price)
        self.executed = executed
        total = names.contains("executed") ? place("amount") : place("total")
        fee = place("fee")
        feeAsset = place("fee coin", "feecoin", "fee currency", "fee asset")
        times = ImportedTime(
            patterns: Self.patterns, zone: try Self.zone(of: names[time], record.line) ?? zone)
    }

    /// The zone that a header such as `Date(UTC+8)` states.
    private static func zone(
        of name: String, _ line: Int
    ) throws(ImportError) -> TimeZoneRules? {
        guard let start = name.firstIndex(of: "("), name.hasSuffix(")") else { return nil }
        let text = name[start...].dropFirst().dropLast().uppercased()
        guard let zone = TimeZoneRules(fixedOffset: text) else {
            throw ImportError(
                line: line, detail: "the header's time zone \(text) is not one such as UTC+8")
        }
        return zone
    }
}
