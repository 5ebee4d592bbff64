public import Ledger
import Records
import Wire

/// What a notice tells of fills.
public struct FillNews: Sendable, Hashable {
    public struct Line: Sendable, Hashable {
        public let time: Timestamp
        public let symbol: ExactText
        public let side: Side
        public let quantity: Decimal
        public let price: Decimal
        public let realizedPnL: Decimal
        public let currency: Currency
    }

    /// What was bought, or sold, of one instrument.
    public struct Sum: Sendable, Hashable {
        public let symbol: ExactText
        public let side: Side
        public let fills: Int
        public let quantity: Decimal
        /// To 12 decimals; nil where it does not fit.
        public let averagePrice: Decimal?
        public let realizedPnL: Decimal
        public let currency: Currency
    }

    /// So many lines, or sums, are listed.
    static let listed = 20

    public let portfolio: ExactText
    public let fills: Int
    public let symbols: Int
    /// Each of the fills; empty where they were too many, or only their sums are wanted.
    public let lines: [Line]
    /// The largest in fills first; empty where there are lines.
    public let sums: [Sum]

    /// `trades` are of one portfolio; nil for none.
    init?(_ trades: [TradeListing], each isEach: Bool) {
        guard let first = trades.first else { return nil }
        portfolio = first.portfolio
        fills = trades.count
        symbols = Set(trades.map(\.instrument)).count
        let hasLines = isEach && trades.count <= Self.listed
        lines = hasLines ? trades.map(Line.init) : []
        sums = hasLines ? [] : Self.sums(of: trades)
    }

    private struct Key: Hashable {
        let instrument: Instrument
        let side: Side
    }

    private static func sums(of trades: [TradeListing]) -> [Sum] {
        let groups = Dictionary(grouping: trades) {
            Key(instrument: $0.instrument, side: $0.side)
        }
        let sums = groups.compactMap { Sum($0.key.instrument, $0.key.side, $0.value) }
            .sorted {
                (-$0.fills, $0.symbol, $0.side.rawValue) < (-$1.fills, $1.symbol, $1.side.rawValue)
            }
        return Array(sums.prefix(listed))
    }
}

extension FillNews.Line {
    fileprivate init(_ trade: TradeListing) {
        time = trade.execTime
        symbol = trade.instrument.symbol
        side = trade.side
        quantity = trade.quantity
        price = trade.price
        realizedPnL = trade.realizedPnL
        currency = trade.instrument.currency
    }

    fileprivate init?(_ json: JSONValue) {
        guard let time = json["exec_time"]?.string.flatMap({ Timestamp(canonical: $0) }),
            let symbol = json["symbol"]?.string,
            let side = json["side"]?.string.flatMap({ Side(rawValue: $0) }),
            let quantity = json["quantity"]?.decimal, let price = json["price"]?.decimal,
            let realized = json["realized_pnl"]?.decimal,
            let currency = json["currency"]?.string.flatMap({ Currency($0) })
        else { return nil }
        self.time = time
        self.symbol = ExactText(symbol)
        self.side = side
        self.quantity = quantity
        self.price = price
        realizedPnL = realized
        self.currency = currency
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("exec_time", time.description)
        object.write("symbol", symbol)
        object.write("side", side)
        object.write("quantity", quantity)
        object.write("price", price)
        object.write("realized_pnl", realizedPnL)
        object.write("currency", currency)
    }
}

extension FillNews.Sum {
    /// Nil where a sum does not fit a decimal.
    fileprivate init?(_ instrument: Instrument, _ side: Side, _ trades: [TradeListing]) {
        var quantity = Decimal.zero
        var realized = Decimal.zero
        do throws(LedgerError) {
            for trade in trades {
                quantity = try quantity + trade.quantity
                realized = try realized + trade.realizedPnL
            }
        } catch {
            return nil
        }
        symbol = instrument.symbol
        self.side = side
        fills = trades.count
        self.quantity = quantity
        averagePrice = Self.average(trades, quantity)
        realizedPnL = realized
        currency = instrument.currency
    }

    private static func average(_ trades: [TradeListing], _ quantity: Decimal) -> Decimal? {
        var worth = Decimal.zero
        do throws(LedgerError) {
            for trade in trades { worth = try worth + trade.price * trade.quantity }
            return try worth.divided(by: quantity, decimals: 12)
        } catch {
            return nil
        }
    }

    fileprivate init?(_ json: JSONValue) {
        guard let symbol = json["symbol"]?.string,
            let side = json["side"]?.string.flatMap({ Side(rawValue: $0) }),
            let fills = json["fills"]?.integer, let quantity = json["quantity"]?.decimal,
            let realized = json["realized_pnl"]?.decimal,
            let currency = json["currency"]?.string.flatMap({ Currency($0) })
        else { return nil }
        self.symbol = ExactText(symbol)
        self.side = side
        self.fills = fills
        self.quantity = quantity
        averagePrice = json["average_price"]?.decimal
        realizedPnL = realized
        self.currency = currency
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("symbol", symbol)
        object.write("side", side)
        object.write("fills", fills)
        object.write("quantity", quantity)
        object.write("average_price", averagePrice)
        object.write("realized_pnl", realizedPnL)
        object.write("currency", currency)
    }
}

extension FillNews {
    init?(_ payload: JSONValue) {
        guard let portfolio = payload["portfolio"]?.string, let fills = payload["fills"]?.integer,
            let symbols = payload["symbols"]?.integer
        else { return nil }
        self.portfolio = ExactText(portfolio)
        self.fills = fills
        self.symbols = symbols
        lines = (payload["lines"]?.array ?? []).compactMap(Line.init)
        sums = (payload["sums"]?.array ?? []).compactMap(Sum.init)
    }

    var payloadJSON: String {
        Details.object { object in
            object.write("portfolio", portfolio)
            object.write("fills", fills)
            object.write("symbols", symbols)
            object.array("lines") { array in
                for line in lines { array.object { line.write(to: &$0) } }
            }
            object.array("sums") { array in
                for sum in sums { array.object { sum.write(to: &$0) } }
            }
        }
    }
}
