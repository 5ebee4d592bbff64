import Ledger
import Records
import Services

extension Command {
    static let positions = Command(
        "positions", "What is held, at cost and at the last quotes", arguments: "[portfolio]",
        example: "/positions main",
        body: .approved { request, caller in
            let portfolio = try await request.portfolio(request.arguments, of: caller)
            let overview = try await request.services.positions.overview(
                portfolio: portfolio, for: Authority(caller: caller))
            let table = PositionTable(overview, today: request.services.performance.today)
            return try request.paged(
                portfolio.map { "Positions in \($0)" } ?? "Positions",
                facts: table.facts, table: table.table, notes: table.notes,
                arguments: portfolio.map(NameDigest.of) ?? "")
        })
}

/// Positions as rows; columns in which nothing would stand are left out.
private struct PositionTable {
    private let overview: PositionOverview
    private let today: Day
    private let hasPortfolios: Bool
    private let hasStrategies: Bool

    init(_ overview: PositionOverview, today: Day) {
        self.overview = overview
        self.today = today
        let positions = overview.positions
        hasPortfolios = Set(positions.map(\.listing.portfolio)).count > 1
        hasStrategies = positions.contains { $0.listing.strategy != nil }
    }

    private var positions: [PositionView] { overview.positions }

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

    /// Stands behind a stale mark.
    private static let staleMark = "⏱"

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
        return ["\(Self.staleMark) The mark is older than \(age): the oldest is of \(oldest)."]
    }

    /// In the largest unit that it is whole in.
    private static func duration(seconds: Int) -> String {
        for (unit, length) in [("h", 3600), ("min", 60)] where seconds.isMultiple(of: length) {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }
}
