import Ledger
import Records
import Storage

/// One holding as it is stored beside what its trades say.
struct HoldingCheck {
    private let holding: HoldingKey
    private let caller: Caller
    private let instrument: Instrument
    private let trades: [TradeRecord]
    private let realized: [Decimal]
    private let book: HoldingBook
    private let expectedPosition: PositionRecord
    private let stored: PositionRecord?
    private let storedDays: [DailyPnL.Key: DailyPnL]

    init(_ holding: HoldingKey, for caller: Caller, in tx: any Transaction) throws {
        guard let record = try Instruments.with(id: holding.instrumentID, in: tx) else {
            throw StorageError.decoding(column: 0, expected: "an instrument")
        }
        self.holding = holding
        self.caller = caller
        instrument = record.instrument
        trades = try Trades.history(of: [holding], for: caller, in: tx)
            .sorted { $0.fill.order < $1.fill.order }
        var book = HoldingBook(of: instrument)
        realized = try trades.map { try book.post($0.fill) }
        self.book = book
        expectedPosition = PositionRecord(
            holding: holding, position: book.holding.position,
            averagePrice: try book.averagePrice())
        stored = try Positions.with([holding], for: caller, in: tx).first
        storedDays = try DailyPnLRows.all(of: holding, for: caller, in: tx)
            .reduce(into: [:]) { $0[$1.key] = $1.value }
    }

    func progress(in portfolio: Portfolio) -> Verification.Progress {
        var differences: [Difference] = []
        func compare(_ figure: String, _ stored: String?, _ computed: String?) {
            guard stored != computed else { return }
            differences.append(
                Difference(
                    portfolio: portfolio.name, symbol: instrument.symbol, figure: figure,
                    stored: stored ?? "absent", computed: computed ?? "absent"))
        }
        for (trade, realized) in zip(trades, realized) {
            compare(
                "trades \(trade.fill.id) realized_pnl", trade.realizedPnL.description,
                realized.description)
        }
        let expected = trades.isEmpty ? nil : expectedPosition
        for (name, figure) in HoldingCheck.positionFigures {
            compare("positions.\(name)", stored.map(figure), expected.map(figure))
        }
        for key in Set(storedDays.keys).union(book.days.keys).sorted(by: HoldingCheck.precedes) {
            for (name, figure) in HoldingCheck.dayFigures {
                compare(
                    "daily_pnl \(key.day) \(key.currency) \(name)", storedDays[key].map(figure),
                    book.days[key].map(figure))
            }
        }
        return Verification.Progress(trades: trades.count, differences: differences)
    }

    /// Writes what the trades say in place of what is stored.
    func repair(in tx: any Transaction, _ draw: inout Draw) throws {
        try Trades.setRealizedPnL(
            zip(trades, realized).filter { $0.realizedPnL != $1 }.map { ($0.id, $1) },
            for: caller, in: tx)
        if trades.isEmpty {
            try Positions.remove(holding, for: caller, in: tx)
        } else {
            try Positions.put([(draw.uid(), expectedPosition)], for: caller, in: tx)
        }
        try DailyPnLRows.remove(holding, for: caller, in: tx)
        try DailyPnLRows.put(
            book.days.map { DailyPnLRecord(holding: holding, key: $0, value: $1) },
            for: caller, in: tx)
        try AuditLog.append(
            [
                AuditEntry(
                    .sync, .position, id: nil,
                    detailsJSON: Details.object([
                        "portfolio_id": holding.portfolioID.description,
                        "instrument_id": holding.instrumentID.description,
                        "reason": "verify --repair",
                    ]))
            ], userID: caller.userID, now: draw.now, in: tx)
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
        ("fees", { $0.fees.description }),
        ("trades", { $0.trades.description }),
    ]

    private static func precedes(_ left: DailyPnL.Key, _ right: DailyPnL.Key) -> Bool {
        (left.day, left.currency) < (right.day, right.currency)
    }
}
