import Ledger
import Records
import Services

extension Command {
    static let positions = Command(
        "positions", "What is held, at cost and at the last quotes", arguments: "[portfolio]",
        example: "/positions main",
        body: .approved { request, caller in
            let portfolio = try await request.portfolio(request.arguments, of: caller)
            let positions = try await request.services.positions.snapshot(
                portfolio: portfolio, for: Authority(caller: caller))
            let table = PositionTable(positions)
            return try request.paged(
                portfolio.map { "Positions in \($0)" } ?? "Positions",
                facts: table.facts, table: table.table, notes: table.notes,
                arguments: portfolio.map(NameDigest.of) ?? "")
        })
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
        var cells: [Cell] = [.text(instrument.symbol.text)]
        if hasPortfolios { cells.append(.text(listing.portfolio.text)) }
        if hasStrategies { cells.append(.text(listing.strategy?.text ?? "–")) }
        return cells + [
            .decimal(listing.position.quantity), .decimal(listing.averagePrice),
            view.markPrice.map(Cell.decimal) ?? "–",
            view.unrealizedPnL.map { .gain($0, instrument.currency) } ?? "–",
        ]
    }

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
        ]
        return facts.compactMap(\.self)
    }

    var notes: [Cell] {
        let unmarked = positions.count { $0.markPrice == nil }
        guard unmarked > 0 else { return [] }
        return unmarked == positions.count
            ? ["Without a quote there is no unrealized P&L."]
            : ["\(unmarked) without a quote, so without unrealized P&L."]
    }
}
