import Ledger
import Records
import Services

extension Command {
    static let order = Command(
        "order", "One order: its terms, how it goes, its trades",
        arguments: "ORDER", example: "/order 2b7afe",
        body: .approved { request, caller in
            guard !request.arguments.isEmpty else {
                throw CommandRefusal.misused("Which order? \(code: "/orders") shows their names.")
            }
            let authority = Authority(caller: caller)
            let order = try await request.order(named: request.arguments.text, for: authority)
            let detail = try await request.services.orders.detail(
                uid: order.uid, limit: OrderDetailScreen.rowsPerScreen, for: authority)
            return try OrderDetailScreen(request: request, detail: detail).screen()
        })
}

extension CommandRequest {
    /// To the order's own screen.
    func link(_ label: String, to order: OrderListing) throws(ScreenError) -> Button {
        try link(label, to: .order, arguments: order.uid)
    }
}

private struct OrderDetailScreen {
    static let rowsPerScreen = 20

    let request: CommandRequest
    let detail: OrderDetail

    private var order: OrderListing { detail.order }

    func screen() throws(ScreenError) -> Screen {
        let table = Table(
            columns: [
                .init("Time"), .init("Quantity", .right), .init("Price", .right),
                .init("Fee", .right), .init("Realized", .right),
            ], rows: detail.trades.trades.map(row), whenEmpty: "No fills yet.")
        return try Paging.first(of: table, in: request.zone) { page throws(ScreenError) in
            let isCut =
                page.rows.count < detail.trades.trades.count || detail.trades.next != nil
            return Screen(
                title: order.shown,
                blocks: [.facts(facts), .table(page.table)]
                    + (isCut ? [.note("The newest \(page.rows.count) of its fills.")] : [])
                    + (order.isOverfilled ? [.note("⚠ More was filled than ordered.")] : []),
                buttons: try buttons())
        }
    }

    private func buttons() throws(ScreenError) -> [[Button]] {
        var first = [try request.button("Refresh", place: "", arguments: order.uid)]
        if order.isWorking { first.insert(try request.cancelButton("Cancel", for: order), at: 0) }
        return [first, [try request.link("‹ Orders", to: .orders, arguments: "")]]
    }

    private var facts: [Fact] {
        let said: [(String, Cell?)] = [
            ("Order", .code(order.uid)), ("Portfolio", .text(order.portfolio.text)),
            ("Strategy", order.strategy.map { .text($0.text) }),
            ("Status", .text(order.status.explained)), ("Why", order.reason.map(Cell.text)),
            ("Closed by", order.closeReason.map { .text($0.rawValue) }),
            ("Filled", "\(order.filledQuantity) of \(order.quantity)"),
            ("Limit", order.price.map(Cell.decimal)), ("Stop", order.stopPrice.map(Cell.decimal)),
            ("Trails by", order.trail.map { .text($0.shown) }),
            ("Works", timeInForce.map(Cell.text)),
            ("Reduce only", order.isReduceOnly ? "it opens nothing" : nil),
            ("Placed", .time(order.placedAt)), ("Triggered", order.triggeredAt.map(Cell.time)),
            ("Changed", order.updatedAt == order.placedAt ? nil : .time(order.updatedAt)),
            ("Through", .text(order.gateway ?? "placed elsewhere, and reported")),
            ("Your id", order.clientOrderID.map { .code($0.text) }),
            ("The broker's id", order.brokerOrderID.map { .code($0.text) }),
        ]
        return said.compactMap { label, value in value.map { Fact(label, $0) } }
    }

    private var timeInForce: String? {
        order.timeInForce.map { TimeInForce(rawValue: $0)?.explained ?? $0 }
    }

    private func row(_ trade: TradeListing) -> [Cell] {
        [
            .time(trade.execTime), .decimal(trade.quantity), .decimal(trade.price),
            .money(trade.fee, trade.feeCurrency),
            trade.supersession == nil
                ? .gain(trade.realizedPnL, trade.instrument.currency) : "–",
        ]
    }
}
