import Ledger
import Records

/// A row that verification compares: found by its key, told figure by figure.
protocol VerifiedRow: Hashable {
    associatedtype Key: Hashable
    static var table: String { get }
    var key: Key { get }
    /// What tells it from the others of its table.
    var name: String { get }
    var figures: [(name: String, value: String)] { get }
}

/// What verification found.
struct Findings {
    private let portfolio: ExactText
    private var differences: [Difference] = []
    var suspects: Set<HoldingKey> = []

    init(portfolio: ExactText) { self.portfolio = portfolio }

    /// What was found since the last time.
    mutating func progress(trades: Int, holdings: Int = 0) -> Verification.Progress {
        defer { differences = [] }
        return Verification.Progress(
            trades: trades, holdings: holdings, differences: differences)
    }

    private mutating func note(
        _ symbol: ExactText, _ figure: String, _ stored: String, _ computed: String
    ) {
        differences.append(
            Difference(
                portfolio: portfolio, symbol: symbol, figure: figure, stored: stored,
                computed: computed))
    }

    mutating func compare(
        _ trade: TradeRecord, with derived: DerivedOfTrade, _ symbol: ExactText
    ) {
        suspects.insert(trade.holding)
        let figures = [
            (
                "realized_pnl", trade.derived.realizedPnL.description,
                derived.realizedPnL.description
            ),
            ("action", trade.derived.action?.rawValue ?? "none", derived.action?.rawValue ?? ""),
        ]
        for (name, stored, computed) in figures where stored != computed {
            note(symbol, "trades \(trade.fill.id) \(name)", stored, computed)
        }
    }

    /// Each expected row with its stored one; stored ones beyond them show in the counts.
    mutating func compare<Row: VerifiedRow>(
        _ expected: [Placed<Row>], _ stored: [Row], _ symbol: (HoldingKey) -> ExactText
    ) {
        guard !expected.isEmpty else { return }
        let found = Dictionary(stored.map { ($0.key, $0) }) { first, _ in first }
        for placed in expected {
            let row = placed.row
            guard let match = found[row.key] else {
                suspects.insert(placed.holding)
                note(symbol(placed.holding), "\(Row.table) \(row.name)", "absent", "a row")
                continue
            }
            guard match != row else { continue }
            suspects.insert(placed.holding)
            for (stored, computed) in zip(match.figures, row.figures)
            where stored.value != computed.value {
                note(
                    symbol(placed.holding), "\(Row.table) \(row.name) \(computed.name)",
                    stored.value, computed.value)
            }
        }
    }

    mutating func compare(
        _ stored: PositionRecord?, _ expected: PositionRecord?, of holding: HoldingKey,
        _ symbol: ExactText
    ) {
        guard stored != expected else { return }
        suspects.insert(holding)
        for (name, figure) in Findings.positionFigures {
            let old = stored.map(figure) ?? "absent"
            let new = expected.map(figure) ?? "absent"
            if old != new { note(symbol, "positions.\(name)", old, new) }
        }
    }

    mutating func compare(
        _ stored: [DailyPnL.Key: DailyPnL], _ expected: [DailyPnL.Key: DailyPnL],
        of holding: HoldingKey, _ symbol: ExactText
    ) {
        guard stored != expected else { return }
        suspects.insert(holding)
        let keys = Set(stored.keys).union(expected.keys)
        for key in keys.sorted(by: { ($0.day, $0.currency) < ($1.day, $1.currency) }) {
            for (name, figure) in Findings.dayFigures {
                let old = stored[key].map(figure) ?? "absent"
                let new = expected[key].map(figure) ?? "absent"
                if old != new {
                    note(symbol, "daily_pnl \(key.day) \(key.currency) \(name)", old, new)
                }
            }
        }
    }

    /// Whether there are more rows than expected; those that lack have been told one by one.
    mutating func compare(_ stored: DerivedCounts, _ expected: DerivedCounts) -> Bool {
        var hasMore = false
        for (old, new) in zip(stored.figures, expected.figures) where old.count > new.count {
            note("*", "the number of rows in \(new.table)", "\(old.count)", "\(new.count)")
            hasMore = true
        }
        return hasMore
    }

    private static let positionFigures: [(String, @Sendable (PositionRecord) -> String)] = [
        ("quantity", { $0.position.quantity.description }),
        ("cost", { $0.position.cost.description }),
        ("avg_price", { $0.averagePrice.description }),
        ("realized_pnl", { $0.position.realizedPnL.description }),
        ("opened_at", { $0.position.openedAt?.description ?? "none" }),
        ("updated_at", { $0.position.lastFill?.time.description ?? "none" }),
        ("last_broker_trade_id", { $0.position.lastFill?.id.text ?? "none" }),
        (
            "fees_json",
            { record in
                record.position.fees.sorted { $0.key < $1.key }
                    .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            }
        ),
    ]

    private static let dayFigures: [(String, @Sendable (DailyPnL) -> String)] = [
        ("realized_pnl", { $0.realizedPnL.description }),
        ("realized_pnl_lots", { $0.lotRealizedPnL.description }),
        ("fees", { $0.fees.description }),
        ("trades", { $0.trades.description }),
    ]
}

extension DerivedCounts {
    /// Counts what a stretch of trades comes to.
    mutating func add(_ rows: ExpectedRows) {
        campaigns += rows.campaigns.count
        legs += rows.legs.count
        allocations += rows.allocations.count
        lots += rows.lots.count
        closures += rows.closures.count
    }

    fileprivate var figures: [(table: String, count: Int)] {
        [
            ("position_campaigns", campaigns), ("campaign_legs", legs),
            ("leg_trade_map", allocations), ("position_lots", lots), ("lot_closures", closures),
        ]
    }
}
