/// What the caller knows a trade by; the ledger hands it back with what the trade did.
public struct TradeNumber: Sendable, Hashable {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }
}
