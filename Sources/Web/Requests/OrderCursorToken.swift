import Ledger
import Records

extension OrderCursor {
    /// The cursor as a word that says nothing to its bearer and needs no encoding in a query.
    var token: String { Base64URL.encode(Array("\(placedAt) \(id)".utf8)) }

    /// Nil for what is no `token`.
    init?(token: String) {
        guard let bytes = Base64URL.decode(token.utf8),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = text.utf8.split(
            separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Timestamp(canonical: String(Substring(parts[0]))),
            let id = Int64(Substring(parts[1]))
        else { return nil }
        self.init(placedAt: time, id: OrderID(id))
    }
}
