import Ledger
import Records
import Services

extension Command {
    static let trades = Command(
        "trades", "Trades, newest first",
        arguments: "[symbol] [period] [portfolio] [strategy]", example: "/trades BTCUSDT feb",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let words = try await request.listWords(
                [.symbol, .period, .portfolio, .strategy], of: caller)
            let start = ListPlace<TradeRecord>(request.place)
            var query = TradeQuery(
                portfolio: words.portfolio, symbol: words.symbol,
                strategy: words.strategyReference, limit: TradeScreen.rowsPerScreen)
            (query.from, query.until) = words.period?.period.instants ?? (nil, nil)
            if let start {
                query.cursor = try await request.services.trades.cursor(
                    behind: start.id, for: authority)
            }
            let page = try await request.services.trades.page(query, for: authority)
            return try TradeScreen(
                request: request, words: words, isFirst: query.cursor == nil, page: page
            ).screen()
        })
}

private struct TradeScreen {
    static let rowsPerScreen = 20

    let request: CommandRequest
    let words: ListWords
    let isFirst: Bool
    let page: TradePage

    private var symbol: ExactText? { words.symbol }

    func screen() throws -> Screen {
        let trades = page.trades
        let table = Table(
            columns: columns(trades), rows: trades.map { row($0, trades) }, whenEmpty: whenEmpty)
        // As many rows as fit: long names may leave less room than rows.
        return try Paging.first(of: table, in: request.zone) { part throws(ScreenError) in
            let isLast = part.rows.upperBound == trades.count && page.next == nil
            return Screen(
                title: "Trades" + words.named, blocks: [.table(part.table)],
                buttons: [
                    try request.turning(
                        isFirst: isFirst, behind: isLast ? nil : trades[part.rows].last?.id,
                        words.carried())
                ])
        }
    }

    private var whenEmpty: String {
        guard isFirst else { return "No older trades." }
        return words.isEmpty ? "No trades yet." : "No such trades."
    }

    private func hasPortfolios(_ trades: [TradeListing]) -> Bool {
        Set(trades.map(\.portfolio)).count > 1
    }

    private func columns(_ trades: [TradeListing]) -> [Table.Column] {
        var columns: [Table.Column] = [.init("Time")]
        if symbol == nil { columns.append(.init("Symbol")) }
        if hasPortfolios(trades) { columns.append(.init("Portfolio")) }
        return columns + [
            .init("Side"), .init("Quantity", .right), .init("Price", .right),
            .init("Fee", .right), .init("Realized", .right),
        ]
    }

    private func row(_ trade: TradeListing, _ trades: [TradeListing]) -> [Cell] {
        var cells: [Cell] = [.time(trade.execTime)]
        if symbol == nil { cells.append(.text(trade.instrument.shownName)) }
        if hasPortfolios(trades) { cells.append(.text(trade.portfolio.text)) }
        return cells + [
            .text(trade.shownSide), .decimal(trade.quantity), .decimal(trade.price),
            .money(trade.fee, trade.feeCurrency), trade.shownGain,
        ]
    }
}

extension TradeListing {
    /// With what became of a trade that is not in the ledger any more.
    fileprivate var shownSide: String {
        switch supersession {
        case nil: side.rawValue
        case .corrected: "\(side.rawValue), corrected"
        case .busted: "\(side.rawValue), busted"
        }
    }

    fileprivate var shownGain: Cell {
        supersession == nil ? .gain(realizedPnL, instrument.currency) : "–"
    }
}
