import Ledger
import Records
import Storage

/// A portfolio's trades posted anew, beside what is stored. Holds the open state of each holding
/// and a page of trades at a time, however long the history is.
struct PortfolioCheck {
    private static let pageSize = 2000

    private let portfolio: Portfolio
    private let caller: Caller
    private let tx: any Transaction
    private var books: [HoldingKey: HoldingBook] = [:]
    private var instruments: [InstrumentID: Instrument] = [:]
    private var findings: Findings
    private var expected = DerivedCounts()

    init(_ portfolio: Portfolio, for caller: Caller, in tx: any Transaction) {
        self.portfolio = portfolio
        self.caller = caller
        self.tx = tx
        findings = Findings(portfolio: portfolio.name)
    }

    /// The holdings in which something differs.
    var suspects: Set<HoldingKey> { findings.suspects }

    mutating func run(report: (Verification.Progress) -> Void) throws {
        var last: FillOrder?
        while true {
            let page = try Trades.page(
                of: portfolio.id, after: last, limit: Self.pageSize, for: caller, in: tx
            ) { try instrument($0).multiplier }
            try check(page)
            report(findings.progress(trades: page.count))
            last = page.last?.fill.order
            if page.count < Self.pageSize { break }
        }
        try checkEnds()
        report(findings.progress(trades: 0, holdings: books.count))
    }

    private mutating func check(_ page: [TradeRecord]) throws {
        var rows = ExpectedRows()
        for trade in page {
            let holding = trade.holding
            let instrument = try instrument(holding.instrumentID)
            let number = TradeNumber(trade.id.raw)
            var book =
                books.removeValue(forKey: holding)
                ?? HoldingBook(of: instrument, holding: Holding(portfolio.rules))
            let before = book.holding.campaign
            let source = book.source
            let posting = try book.post(trade.fill, number: number, source: trade.source)
            if trade.derived != DerivedOfTrade(posting) {
                findings.compare(trade, with: DerivedOfTrade(posting), instrument.symbol)
            }
            try rows.add(
                posting, of: trade, after: before, source, multiplier: instrument.multiplier)
            books[holding] = book
        }
        expected.add(rows)
        try compare(rows)
    }

    private mutating func compare(_ rows: ExpectedRows) throws {
        func symbol(_ holding: HoldingKey) -> ExactText {
            instruments[holding.instrumentID]?.symbol ?? ""
        }
        var allocations: [LegAllocation] = []
        var closures: [LotClosureRecord] = []
        var lots: [OpenedLot] = []
        for (campaign, trades) in rows.tradesByCampaign {
            allocations += try Legs.allocations(
                of: campaign, within: trades, for: caller, in: tx)
            closures += try Lots.closures(of: campaign, within: trades, for: caller, in: tx)
            lots += try Lots.opened(of: campaign, within: trades, for: caller, in: tx)
        }
        findings.compare(rows.allocations, allocations, symbol)
        findings.compare(rows.closures, closures, symbol)
        findings.compare(rows.lots, lots, symbol)
        findings.compare(
            rows.legs,
            try Legs.at(
                rows.legs.map { ($0.row.record.campaign, $0.row.record.leg.first) }, for: caller,
                in: tx
            ), symbol)
        findings.compare(
            rows.campaigns,
            try Campaigns.figures(
                of: rows.campaigns.map { TradeID($0.row.opening.raw) }, for: caller,
                in: tx), symbol)
    }

    /// What is known only once all trades are through.
    private mutating func checkEnds() throws {
        var rows = ExpectedRows()
        var openLots: [Placed<OpenLot>] = []
        var positions: [HoldingKey: PositionRecord] = [:]
        for (holding, book) in books {
            let multiplier = try instrument(holding.instrumentID).multiplier
            try rows.addOpen(book, holding, multiplier: multiplier)
            if let campaign = book.holding.campaign {
                openLots += book.holding.lots.open.map {
                    Placed(holding: holding, row: OpenLot(campaign.opening, $0))
                }
            }
            positions[holding] = PositionRecord(
                holding: holding, position: book.holding.position,
                averagePrice: try book.holding.position.averagePrice(multiplier: multiplier))
        }
        expected.add(rows)
        try compare(rows)
        let stored = try Lots.open(of: portfolio.id, for: caller, in: tx)
        findings.compare(
            openLots, stored.map { OpenLot($0.campaign, $0.lot) },
            { [instruments] in instruments[$0.instrumentID]?.symbol ?? "" })
        try comparePositions(positions)
        try compareDays()
        try compareCounts()
    }

    private mutating func comparePositions(_ expected: [HoldingKey: PositionRecord]) throws {
        let stored = Dictionary(
            try Positions.all(of: portfolio.id, for: caller, in: tx).map { ($0.holding, $0) }
        ) { first, _ in first }
        for holding in Set(stored.keys).union(expected.keys).sorted() {
            findings.compare(
                stored[holding], expected[holding], of: holding,
                try instrument(holding.instrumentID).symbol)
        }
    }

    private mutating func compareDays() throws {
        var holdings = Set(try DailyPnLRows.holdings(of: portfolio.id, for: caller, in: tx))
        holdings.formUnion(books.keys)
        for holding in holdings.sorted() {
            let stored = try DailyPnLRows.all(of: holding, for: caller, in: tx)
                .reduce(into: [DailyPnL.Key: DailyPnL]()) { $0[$1.key] = $1.value }
            findings.compare(
                stored, books[holding]?.days.filter { !$0.value.isEmpty } ?? [:], of: holding,
                try instrument(holding.instrumentID).symbol)
        }
    }

    /// Rows that no trade accounts for show in the counts alone; any holding may have them.
    private mutating func compareCounts() throws {
        let stored = try DerivedCounts(of: portfolio.id, for: caller, in: tx)
        guard findings.compare(stored, expected) else { return }
        findings.suspects.formUnion(books.keys)
        findings.suspects.formUnion(
            try Campaigns.holdings(of: portfolio.id, for: caller, in: tx))
    }

    private mutating func instrument(_ id: InstrumentID) throws -> Instrument {
        if let known = instruments[id] { return known }
        guard let record = try Instruments.with(id: id, in: tx) else {
            throw StorageError.decoding(column: 0, expected: "an instrument")
        }
        instruments[id] = record.instrument
        return record.instrument
    }
}
