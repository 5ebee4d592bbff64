public import Ledger
import Records
import Wire

/// What a day or a week brought, all portfolios together.
public struct Digest: Sendable, Hashable {
    public enum Span: String, Sendable, CaseIterable { case day, week }

    public struct Total: Sendable, Hashable {
        public let currency: Currency
        /// Before fees.
        public let realizedPnL: Decimal
        public let fees: Decimal
        public let netPnL: Decimal
    }

    /// What one instrument came to, after fees.
    public struct Result: Sendable, Hashable {
        public let symbol: ExactText
        public let currency: Currency
        public let netPnL: Decimal
    }

    /// So many winners and losers, and silent strategies, are named.
    static let named = 3

    public let span: Span
    /// The first and the last of its UTC days.
    public let from: Day
    public let to: Day
    public let fills: Int
    public let totals: [Total]
    /// The largest gains first, and the largest losses.
    public let winners: [Result]
    public let losers: [Result]
    public let openPositions: Int
    /// At the last quotes, each currency for itself.
    public let unrealized: [Result]
    public let silentStrategies: [ExactText]

    init(
        _ span: Span, from: Day, to: Day, _ report: PnLReport?, positions: [PositionView],
        silentStrategies: [ExactText]
    ) {
        self.span = span
        self.from = from
        self.to = to
        let totals = report?.totals ?? []
        fills = totals.reduce(0) { $0 + $1.amounts.trades }
        self.totals = totals.map {
            Total(
                currency: $0.currency, realizedPnL: $0.amounts.realizedPnL, fees: $0.amounts.fees,
                netPnL: $0.amounts.netPnL)
        }
        let results = (report?.byInstrument ?? []).map {
            Result(
                symbol: $0.instrument.symbol, currency: $0.currency, netPnL: $0.amounts.netPnL)
        }
        winners = Self.first(results.filter { $0.netPnL > .zero }) { $0.netPnL > $1.netPnL }
        losers = Self.first(results.filter { $0.netPnL < .zero }) { $0.netPnL < $1.netPnL }
        openPositions = positions.count
        unrealized = Self.unrealized(positions)
        self.silentStrategies = Array(silentStrategies.prefix(Self.named))
    }

    /// Different money is never compared: the first of each currency, then the second of each.
    private static func first(
        _ results: [Result], by comesFirst: (Result, Result) -> Bool
    ) -> [Result] {
        let ranked = Dictionary(grouping: results, by: \.currency).values.flatMap {
            $0.sorted(by: comesFirst).enumerated()
        }
        let inOrder = ranked.sorted {
            ($0.offset, $0.element.currency.code) < ($1.offset, $1.element.currency.code)
        }
        return inOrder.prefix(named).map(\.element)
    }

    private static func unrealized(_ positions: [PositionView]) -> [Result] {
        var sums: [Currency: Decimal?] = [:]
        for view in positions {
            guard let amount = view.unrealizedPnL else { continue }
            let currency = view.listing.instrument.instrument.currency
            let known = sums[currency] ?? .some(.zero)
            sums[currency] = .some(known.flatMap { try? $0 + amount })
        }
        return sums.sorted { $0.key < $1.key }.compactMap { currency, sum in
            sum.map { Result(symbol: "", currency: currency, netPnL: $0) }
        }
    }
}

extension Digest.Total {
    fileprivate init?(_ json: JSONValue) {
        guard let currency = json["currency"]?.string.flatMap({ Currency($0) }),
            let realized = json["realized_pnl"]?.decimal, let fees = json["fees"]?.decimal,
            let net = json["net_pnl"]?.decimal
        else { return nil }
        self.currency = currency
        realizedPnL = realized
        self.fees = fees
        netPnL = net
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("currency", currency)
        object.write("realized_pnl", realizedPnL)
        object.write("fees", fees)
        object.write("net_pnl", netPnL)
    }
}

extension Digest.Result {
    fileprivate init?(_ json: JSONValue) {
        guard let symbol = json["symbol"]?.string,
            let currency = json["currency"]?.string.flatMap({ Currency($0) }),
            let net = json["net_pnl"]?.decimal
        else { return nil }
        self.symbol = ExactText(symbol)
        self.currency = currency
        netPnL = net
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("symbol", symbol)
        object.write("currency", currency)
        object.write("net_pnl", netPnL)
    }
}

extension Digest {
    init?(_ payload: JSONValue) {
        func day(_ key: String) -> Day? { payload[key]?.string.flatMap { Day(canonical: $0) } }
        func results(_ key: String) -> [Result] {
            (payload[key]?.array ?? []).compactMap(Result.init)
        }
        guard let span = payload["span"]?.string.flatMap({ Span(rawValue: $0) }),
            let from = day("from"), let to = day("to")
        else { return nil }
        self.span = span
        self.from = from
        self.to = to
        fills = payload["fills"]?.integer ?? 0
        totals = (payload["totals"]?.array ?? []).compactMap(Total.init)
        winners = results("winners")
        losers = results("losers")
        openPositions = payload["open_positions"]?.integer ?? 0
        unrealized = results("unrealized")
        silentStrategies = (payload["silent_strategies"]?.array ?? []).compactMap {
            $0.string.map { ExactText($0) }
        }
    }

    var payloadJSON: String {
        Details.object { object in
            object.write("span", span.rawValue)
            object.write("from", from)
            object.write("to", to)
            object.write("fills", fills)
            object.array("totals") { array in
                for total in totals { array.object { total.write(to: &$0) } }
            }
            for (key, results) in [
                ("winners", winners), ("losers", losers), ("unrealized", unrealized),
            ] {
                object.array(key) { array in
                    for result in results { array.object { result.write(to: &$0) } }
                }
            }
            object.write("open_positions", openPositions)
            object.array("silent_strategies") { array in
                for strategy in silentStrategies { array.write(strategy) }
            }
        }
    }
}
