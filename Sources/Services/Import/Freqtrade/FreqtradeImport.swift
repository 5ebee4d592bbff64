import Ledger
import Wire

extension ImportFormat {
    static let freqtradeJSON = ImportFormat(
        name: "freqtrade-json",
        summary: "freqtrade's backtest result, or its trades as /api/v1/trades gives them",
        defaultTimeZone: nil, takes: [], makeReader: { _ in FreqtradeImportReader() })
}

/// Reads `{"strategy":{NAME:{"trades":[…]}}}`, `{"trades":[…]}` and `[…]`. It is one JSON text, so
/// it is held until its end, and what was read of it until all of it was.
struct FreqtradeImportReader: ImportReader {
    static let limitBytes = 64 << 20
    /// Fills and refusals of one file.
    static let itemLimit = 200_000
    /// One trade with its orders.
    static let tradeLimitBytes = 1 << 20

    private let limitBytes: Int
    private var bytes: [UInt8] = []
    private var items: [ImportedItem] = []
    private var ids = ContentIDs(format: ImportFormat.freqtradeJSON.name)
    private var tradeCount = 0

    init(limitBytes: Int = FreqtradeImportReader.limitBytes) {
        self.limitBytes = limitBytes
    }

    mutating func read(_ piece: ArraySlice<UInt8>) throws(ImportError) -> [ImportedItem] {
        guard bytes.count + piece.count <= limitBytes else {
            throw ImportError(
                line: nil, detail: "more than \(limitBytes) bytes: export fewer trades at a time")
        }
        bytes += piece
        return []
    }

    mutating func finish() throws(ImportError) -> [ImportedItem] {
        var reader = JSONReader(bytes)
        bytes = []
        do throws(JSONError) {
            let hasTrades = try readDocument(&reader)
            try reader.finish()
            guard hasTrades else {
                throw reader.error(
                    .refused("no trades: expected freqtrade's backtest result or its trades"))
            }
        } catch {
            throw ImportError(line: nil, detail: error.description)
        }
        defer { items = [] }
        return items
    }

    var notes: [String] {
        [
            "\(tradeCount) trades of freqtrade; its numbers come from binary floats and are taken"
                + " at \(PrintedFloat.significantDigits) significant digits"
        ]
    }

    /// Whether there was a list of trades at all.
    private mutating func readDocument(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        if try reader.peek() == .array {
            try readTrades(&reader, strategy: nil)
            return true
        }
        var hasTrades = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let kind = try reader.peek()
            if key == "trades", kind == .array {
                try readTrades(&reader, strategy: nil)
                hasTrades = true
            } else if key == "strategy", kind == .object {
                try reader.beginObject()
                while let name = try reader.nextKey() {
                    if try readResult(&reader, of: name) { hasTrades = true }
                }
            }
        }
        return hasTrades
    }

    /// One strategy's part of a backtest's result.
    private mutating func readResult(
        _ reader: inout JSONReader, of strategy: String
    ) throws(JSONError) -> Bool {
        guard try reader.peek() == .object else { return false }
        var hasTrades = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard key == "trades", try reader.peek() == .array else { continue }
            try readTrades(&reader, strategy: strategy)
            hasTrades = true
        }
        return hasTrades
    }

    private mutating func readTrades(
        _ reader: inout JSONReader, strategy: String?
    ) throws(JSONError) {
        try reader.beginArray()
        while try reader.nextElement() {
            let json = try reader.raw()
            guard json.count <= Self.tradeLimitBytes else {
                throw reader.error(
                    .refused("a trade of more than \(Self.tradeLimitBytes) bytes"))
            }
            let trade = ExportedTrade(
                try JSONValue(parsing: Array(json)), number: tradeCount, strategy: strategy)
            tradeCount += 1
            guard items.count < Self.itemLimit else {
                throw reader.error(
                    .refused(
                        "more than \(Self.itemLimit) fills and refusals: export fewer trades at a"
                            + " time"))
            }
            for content in trade.contents(&ids) {
                items.append(ImportedItem(line: reader.line, content: content))
            }
        }
    }
}
