import Ledger
import Records
import Services

extension Command {
    static let trades = Command(
        "trades", "Trades, newest first", arguments: "[symbol]", example: "/trades BTCUSDT",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let symbol = try await request.symbol(for: authority)
            let place = TradePlace(request.place) ?? .newest
            let list = try await place.list(symbol, request.services, authority)
            return try TradeScreen(request: request, symbol: symbol, place: place).screen(list)
        })
}

extension CommandRequest {
    /// The traded symbol that the arguments name; nil where there are none.
    fileprivate func symbol(for authority: Authority) async throws -> ExactText? {
        guard !arguments.isEmpty else { return nil }
        let positions = try await services.positions.snapshot(
            includeClosed: true, for: authority)
        let symbols = Set(positions.map(\.listing.instrument.instrument.symbol)).sorted()
        guard let symbol = arguments.pick(from: symbols) else {
            throw CommandRefusal.unknownName(arguments.text, kind: "traded symbol", known: symbols)
        }
        return symbol
    }
}

/// A place in the list of trades that new ones do not move, and short enough for a button: after
/// the first `skipped` trades of those that are not later than an instant.
private struct TradePlace {
    let latest: Timestamp?
    let skipped: Int

    static let newest = TradePlace(latest: nil, skipped: 0)
    private static let separator: Character = "."
    /// Microseconds of the years 1 to 9999.
    private static let instants: ClosedRange<Int64> =
        -62_135_596_800_000_000...253_402_300_799_999_999
    /// A button may be forged: so many trades of one instant are passed over at most.
    private static let skippable = 0...100_000

    init(latest: Timestamp?, skipped: Int) {
        self.latest = latest
        self.skipped = skipped
    }

    init?(_ text: String) {
        let parts = text.split(separator: Self.separator)
        guard parts.count == 2, let latest = Int64(parts[0], radix: 36),
            Self.instants.contains(latest), let skipped = Int(parts[1]),
            Self.skippable.contains(skipped)
        else { return nil }
        self.latest = Timestamp(microseconds: latest)
        self.skipped = skipped
    }

    var text: String {
        let latest = latest.map { String($0.microseconds, radix: 36) } ?? ""
        return "\(latest)\(Self.separator)\(skipped)"
    }

    static let rowsPerScreen = 20

    /// The trades from here on, one more than a screen shows where there are so many.
    func list(
        _ symbol: ExactText?, _ services: Services, _ authority: Authority
    ) async throws -> [TradeListing] {
        var query = TradeQuery(symbol: symbol)
        query.until = latest.map { Timestamp(microseconds: $0.microseconds + 1) }
        let wanted = Self.rowsPerScreen + 1
        var toSkip = skipped
        var found: [TradeListing] = []
        repeat {
            query.limit = min(toSkip + wanted - found.count, Limits.pageSize.upperBound)
            let page = try await services.trades.page(query, for: authority)
            found += page.trades.dropFirst(toSkip)
            toSkip = max(0, toSkip - page.trades.count)
            query.cursor = page.next
        } while found.count < wanted && query.cursor != nil
        return found
    }

    /// The place behind the first `count` trades of a list that begins here.
    func behind(_ count: Int, of trades: [TradeListing]) -> TradePlace {
        guard count > 0, let last = trades.prefix(count).last else { return self }
        let same = trades.prefix(count).reversed().prefix { $0.execTime == last.execTime }.count
        let before = last.execTime == latest ? skipped : 0
        return TradePlace(latest: last.execTime, skipped: before + same)
    }
}

private struct TradeScreen {
    let request: CommandRequest
    let symbol: ExactText?
    let place: TradePlace

    func screen(_ trades: [TradeListing]) throws -> Screen {
        let shown = Array(trades.prefix(TradePlace.rowsPerScreen))
        let table = Table(
            columns: columns(shown), rows: shown.map { row($0, shown) },
            whenEmpty: place.latest == nil ? "No trades yet." : "No older trades.")
        // As many rows as fit: long names may leave less room than rows.
        let page = try Paging.pages(of: table, in: request.zone) { page throws(ScreenError) in
            try screen(page.table, next: .init(latest: place.latest, skipped: 100_000))
        }.first
        let count = page?.rows.count ?? shown.count
        return try screen(
            page?.table ?? table,
            next: count < trades.count ? place.behind(count, of: trades) : nil)
    }

    private func screen(_ table: Table, next: TradePlace?) throws(ScreenError) -> Screen {
        let arguments = symbol.map(NameDigest.of) ?? ""
        var buttons: [Button] = []
        if place.latest != nil {
            buttons.append(try request.button("⇤ Newest", place: "", arguments: arguments))
        }
        if let next {
            buttons.append(try request.button("Older ›", place: next.text, arguments: arguments))
        }
        return Screen(
            title: symbol.map { "Trades in \($0)" } ?? "Trades", blocks: [.table(table)],
            buttons: buttons.isEmpty ? [] : [buttons])
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
