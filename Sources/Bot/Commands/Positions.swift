import Ledger
import Records
import Services

extension Command {
    static let positions = Command(
        "positions", "What is held, at cost and at the last quotes",
        arguments: "[portfolio|all] [symbol] [strategy]", example: "/positions main",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            if let digest = HoldingScreen.digest(in: request.arguments) {
                return try await HoldingScreen.screen(digest, request, authority)
            }
            let words = try await request.listWords(
                [.symbol, .portfolio, .strategy], choices: PositionList.choices, of: caller)
            guard words.symbol != nil else {
                return try await PositionList(words, request, authority).screen()
            }
            return try await HoldingScreen.screen(words, request, authority)
        })
}

/// The open positions of a portfolio, or of all.
private struct PositionList {
    static let choices = [["all"]]
    static let rowsPerScreen = 20
    static let linksPerRow = 4

    let request: CommandRequest
    let words: ListWords
    let overview: PositionOverview

    /// Where neither a portfolio nor a strategy is named, of the default portfolio.
    init(_ said: ListWords, _ request: CommandRequest, _ authority: Authority) async throws {
        self.request = request
        overview = try await request.services.positions.overview(
            portfolio: said.portfolio, strategy: said.strategyReference, standsIn: said.isEmpty,
            for: authority)
        var words = said
        words.portfolio = overview.portfolio
        self.words = words
    }

    func screen() throws(ScreenError) -> Screen {
        let table = PositionTable(overview.positions)
        let sums = PositionSums(overview, today: request.services.performance.today)
        let carried = words.carried(choices: Self.choices)
        return try request.paged(
            title, facts: sums.facts, table: table.table, notes: sums.notes, arguments: carried,
            rowsAtMost: Self.rowsPerScreen,
            links: { page throws(ScreenError) in try table.links(page.rows, request) },
            buttons: try request.switcher(
                between: overview.portfolios, shown: words.portfolio
            ) { name in
                var other = words
                other.portfolio = name
                other.choices = name == nil ? ["all"] : []
                return other.carried(choices: Self.choices)
            } + [[try request.refresh(carried)]])
    }

    private var title: String {
        "Positions" + (words.portfolio.map { " in \($0)" } ?? "")
            + (words.strategy.map { " of \($0)" } ?? "")
    }
}

extension HoldingScreen {
    /// One holding where the symbol is held once, else those in the symbol to choose from; none
    /// being open, those that were.
    fileprivate static func screen(
        _ words: ListWords, _ request: CommandRequest, _ authority: Authority
    ) async throws -> Screen {
        let symbol = words.symbol ?? ""
        let all = try await request.services.positions.snapshot(
            portfolio: words.portfolio, strategy: words.strategyReference, includeClosed: true,
            for: authority
        ).filter { $0.listing.instrument.instrument.symbol == symbol }
        let open = all.filter { !$0.listing.position.quantity.isZero }
        let found = open.isEmpty ? all : open
        guard found.count != 1 else {
            return try await screen(of: found[0], request, authority)
        }
        guard !found.isEmpty else {
            throw CommandRefusal(
                title: "Not found", reason: "There is no position in \(symbol) there.",
                showsUsage: true)
        }
        let table = PositionTable(found)
        let carried = words.carried(choices: PositionList.choices)
        return try request.paged(
            "Positions in \(symbol)", table: table.table, arguments: carried,
            rowsAtMost: PositionList.rowsPerScreen,
            links: { page throws(ScreenError) in try table.links(page.rows, request) },
            buttons: [[try request.refresh(carried)]])
    }
}

/// Positions as rows; columns in which nothing would stand are left out.
private struct PositionTable {
    private let positions: [PositionView]
    private let hasPortfolios: Bool
    private let hasStrategies: Bool

    init(_ positions: [PositionView]) {
        self.positions = positions
        hasPortfolios = Set(positions.map(\.listing.portfolio)).count > 1
        hasStrategies = positions.contains { $0.listing.strategy != nil }
    }

    var table: Table {
        var columns: [Table.Column] = [.init("Symbol")]
        if hasPortfolios { columns.append(.init("Portfolio")) }
        if hasStrategies { columns.append(.init("Strategy")) }
        columns += [
            .init("Quantity", .right), .init("Average", .right), .init("Mark", .right),
            .init("Unrealized", .right),
        ]
        return Table(columns: columns, rows: positions.map(row), whenEmpty: "No open positions.")
    }

    private func row(_ view: PositionView) -> [Cell] {
        let listing = view.listing
        let instrument = listing.instrument.instrument
        var cells: [Cell] = [.text(instrument.shownName)]
        if hasPortfolios { cells.append(.text(listing.portfolio.text)) }
        if hasStrategies { cells.append(.text(listing.strategy?.text ?? "–")) }
        return cells + [
            .decimal(listing.position.quantity), .decimal(listing.averagePrice),
            view.markPrice.map { view.isMarkStale ? "\($0) \(Self.staleMark)" : .decimal($0) }
                ?? "–",
            view.unrealizedPnL.map { .gain($0, instrument.currency) } ?? "–",
        ]
    }

    /// A button to each of these rows' holdings, with more than the symbol on it where that is
    /// held more than once.
    func links(
        _ rows: Range<Int>, _ request: CommandRequest
    ) throws(ScreenError) -> [[Button]] {
        let counts = Dictionary(
            positions.map { ($0.listing.instrument.instrument.shownName, 1) },
            uniquingKeysWith: +)
        var buttons: [Button] = []
        var hasTwins = false
        for view in positions[rows] {
            let listing = view.listing
            let name = listing.instrument.instrument.shownName
            let isTwin = counts[name] != 1
            hasTwins = hasTwins || isTwin
            let parts = [
                name, isTwin && hasPortfolios ? listing.portfolio.text : nil,
                isTwin && hasStrategies ? listing.strategy?.text : nil,
            ]
            buttons.append(
                try request.button(
                    parts.compactMap(\.self).joined(separator: " · "), place: "",
                    arguments: HoldingScreen.arguments(for: listing)))
        }
        return buttons.inRows(of: hasTwins ? 2 : PositionList.linksPerRow)
    }

    /// Stands behind a stale mark.
    static let staleMark = "⏱"
}

/// What positions come to, and what is to be said of their marks.
private struct PositionSums {
    private let overview: PositionOverview
    private let today: Day

    init(_ overview: PositionOverview, today: Day) {
        self.overview = overview
        self.today = today
    }

    private var positions: [PositionView] { overview.positions }

    var facts: [Fact] {
        guard !positions.isEmpty else { return [] }
        var unrealized = Sums()
        var realized = Sums()
        var fees = Sums()
        for view in positions {
            let currency = view.listing.instrument.instrument.currency
            if let amount = view.unrealizedPnL { unrealized.add(amount, currency) }
            realized.add(view.listing.position.realizedPnL, currency)
            fees.add(view.listing.position.fees)
        }
        let facts = [
            unrealized.isEmpty ? nil : Fact("Unrealized", unrealized.gains),
            Fact("Realized so far", realized.gains),
            fees.isEmpty ? nil : Fact("Fees", fees.money),
            Conversions.fact("Unrealized", overview.unrealized, Cell.gain),
            Conversions.fact("Realized so far", overview.realized, Cell.gain),
            Conversions.fact("Fees", overview.fees, Cell.money),
        ]
        return facts.compactMap(\.self)
    }

    var notes: [Cell] {
        unmarkedNotes + staleNotes
            + Conversions.notes(
                [overview.unrealized, overview.realized, overview.fees], today: today)
    }

    private var unmarkedNotes: [Cell] {
        let unmarked = positions.count { $0.markPrice == nil }
        guard unmarked > 0 else { return [] }
        return unmarked == positions.count
            ? ["Without a quote there is no unrealized P&L."]
            : ["\(unmarked) without a quote, so without unrealized P&L."]
    }

    private var staleNotes: [Cell] {
        let stale = positions.filter(\.isMarkStale).compactMap(\.markTime)
        guard let oldest = stale.min() else { return [] }
        let age = Self.duration(seconds: overview.staleAfterSeconds)
        return [
            "\(PositionTable.staleMark) The mark is older than \(age): the oldest is of \(oldest)."
        ]
    }

    /// In the largest unit that it is whole in.
    private static func duration(seconds: Int) -> String {
        for (unit, length) in [("h", 3600), ("min", 60)] where seconds.isMultiple(of: length) {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }
}
