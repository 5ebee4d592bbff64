import Ledger
import Records

extension TradeCursor {
    /// The cursor as a word that says nothing to its bearer and needs no encoding in a query.
    var token: String {
        Base64URL.encode(Array("\(execTime) \(id) \(brokerTradeID)".utf8))
    }

    /// Nil for what is no `token`.
    init?(token: String) {
        guard let bytes = Base64URL.decode(token.utf8),
            let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0)
        else { return nil }
        let parts = text.utf8.split(
            separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let time = Timestamp(canonical: String(Substring(parts[0]))),
            let id = Int64(Substring(parts[1]))
        else { return nil }
        self.init(
            execTime: time, brokerTradeID: ExactText(String(Substring(parts[2]))),
            id: TradeID(id))
    }
}

/// RFC 4648 §5, without padding.
enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(pending >> bits & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(pending << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for another character, a length that none has, or left-over bits that are not zero.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var pending: UInt32 = 0
        var bits = 0
        for character in text {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        guard bits < 6, pending & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
