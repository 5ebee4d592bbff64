import Ledger
import Wire
import World

/// Fills that are made up from a seed, and what is known about each: for tests that kill the
/// service while they are being posted.
struct PostedFills: Sendable {
    struct Made: Sendable {
        let id: String
        let json: String
        let symbol: String
        /// Signed.
        let quantity: Decimal
    }

    private static let symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]

    let fills: [Made]

    /// `name` begins their ids. Their times are mixed, so that many come late.
    init(_ name: String, count: Int, using random: inout SeededGenerator) throws {
        fills = try (1...count).map { number in
            let symbol = Self.symbols[Int.random(in: 0..<Self.symbols.count, using: &random)]
            let isBuy = Bool.random(using: &random)
            let quantity = "\(Int.random(in: 1...999, using: &random))e-2"
            let second = Int.random(in: 0..<60, using: &random)
            let minute = Int.random(in: 0..<60, using: &random)
            let time = "2026-02-19T14:\(Self.twoDigits(minute)):\(Self.twoDigits(second))Z"
            let members: [(String, JSONValue)] = [
                ("broker_trade_id", .string(ExactText("\(name)-\(number)"))),
                ("symbol", .string(ExactText(symbol))), ("exchange", "BINANCE"),
                ("asset_type", "CRYPTO"), ("currency", "USDT"),
                ("side", isBuy ? "BUY" : "SELL"), ("quantity", .string(ExactText(quantity))),
                ("price", .string(ExactText("\(Int.random(in: 1...99_999, using: &random))"))),
                ("fee", "0.01"), ("exec_time", .string(ExactText(time))),
            ]
            let amount = try Decimal(parsing: quantity)
            return Made(
                id: "\(name)-\(number)",
                json: JSONValue.object(members.map { JSONMember(ExactText($0.0), $0.1) })
                    .description,
                symbol: symbol, quantity: isBuy ? amount : -amount)
        }
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// The body of `POST /v1/fills` for some of them.
    static func body(_ fills: some Sequence<Made>) -> String {
        "{\"fills\":[\(fills.map(\.json).joined(separator: ","))]}"
    }

    /// The sum of the signed quantities for each symbol.
    static func quantities(_ fills: some Sequence<Made>) throws -> [String: Decimal] {
        var sums: [String: Decimal] = [:]
        for fill in fills {
            sums[fill.symbol] = try sums[fill.symbol, default: 0] + fill.quantity
        }
        return sums
    }
}
