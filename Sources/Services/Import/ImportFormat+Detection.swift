import Wire

extension ImportFormat {
    /// So many bytes of a file's beginning tell its format.
    public static let headBytes = 64 << 10

    /// The format of a file, by its beginning and, where that leaves it open, by the ending of its
    /// name; nil where neither tells. Throws for an archive, whatever is in it.
    public static func detected(
        name: String, head: [UInt8]
    ) throws(ImportError) -> ImportFormat? {
        try refuseArchive(head)
        var text = head.prefix(headBytes)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        text = text.drop { $0 <= 0x20 }
        let start = String(decoding: text, as: UTF8.self)
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        switch text.first {
        case UInt8(ascii: "<"):
            return start.contains("<FlexQueryResponse") || ending == "xml" ? .ibkrFlex : nil
        // An UTF-16 mark: of our formats only XML comes so.
        case 0xFF where ending == "xml", 0xFE where ending == "xml":
            return .ibkrFlex
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if ["jsonl", "ndjson"].contains(ending) { return .jsonl }
            let line = start.prefix { !$0.isNewline }
            if line.contains("\"broker_trade_id\""), text.first == UInt8(ascii: "{") {
                return .jsonl
            }
            let marks = ["\"trades\"", "\"strategy\"", "\"open_rate\"", "\"trade_id\""]
            return marks.contains(where: start.contains) ? .freqtradeJSON : nil
        default:
            return detectedTable(start) ?? named(ending == "ndjson" ? "jsonl" : ending)
        }
    }

    static func refuseArchive(_ head: [UInt8]) throws(ImportError) {
        guard head.starts(with: Array("PK\u{3}\u{4}".utf8)) else { return }
        throw ImportError(
            line: nil, detail: "a zip archive: unpack it, and import the file inside")
    }

    private static func detectedTable(_ start: String) -> ImportFormat? {
        let header = start.prefix { !$0.isNewline }.lowercased()
        let isBinance =
            (header.contains("date(utc") || header.contains("time(utc"))
            && (header.contains("pair") || header.contains("market"))
        if isBinance { return .binanceCSV }
        return header.contains("symbol") && header.contains("quantity") ? .csv : nil
    }
}
