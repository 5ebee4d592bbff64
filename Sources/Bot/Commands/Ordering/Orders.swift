import Ledger
import Records
import Services

extension Command {
    static let orders = Command(
        "orders", "Orders that are open, or in another state",
        arguments: "[status] [symbol] [period] [portfolio] [strategy]",
        example: "/orders filled BTCUSDT",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let words = try await request.listWords(
                [.symbol, .period, .portfolio, .strategy], choices: OrderSelection.choices,
                of: caller, otherSymbols: try await request.orderedSymbols(for: authority))
            let selection = OrderSelection(words)
            var query = OrderQuery(
                portfolio: words.portfolio, statuses: selection.statuses, symbol: words.symbol,
                strategy: words.strategyReference, limit: OrderScreen.rowsPerScreen)
            (query.from, query.until) = words.period?.period.instants ?? (nil, nil)
            if let start = ListPlace<OrderRecord>(request.place) {
                query.cursor = try await request.services.orders.cursor(
                    behind: start.id, for: authority)
            }
            let page = try await request.services.orders.page(query, for: authority)
            return try OrderScreen(
                request: request, selection: selection, isFirst: query.cursor == nil, page: page
            ).screen()
        })
}

private struct OrderScreen {
    static let rowsPerScreen = 20

    let request: CommandRequest
    let selection: OrderSelection
    let isFirst: Bool
    let page: OrderPage

    func screen() throws -> Screen {
        let orders = page.orders
        let table = Table(
            columns: [
                .init("Symbol"), .init("Side"), .init("Type"), .init("Filled", .right),
                .init("Price", .right), .init("Status"), .init("Placed"), .init("Order"),
            ], rows: orders.map(row),
            whenEmpty: isFirst ? selection.whenEmpty : "No older orders.")
        // As many rows as fit: long names may leave less room than rows.
        return try Paging.first(of: table, in: request.zone) { part throws(ScreenError) in
            let isLast = part.rows.upperBound == orders.count && page.next == nil
            let isOverfilled = orders[part.rows].contains(where: \.isOverfilled)
            return Screen(
                title: selection.title,
                blocks: [.table(part.table)]
                    + (isOverfilled ? [.note("⚠ More was filled than ordered.")] : []),
                buttons: try links(to: orders[part.rows]) + [
                    try request.turning(
                        isFirst: isFirst, behind: isLast ? nil : orders[part.rows].last?.id,
                        selection.carried()), try others(),
                ])
        }
    }

    /// To each order's screen; beside those that work, what cancels them.
    private func links(
        to orders: ArraySlice<OrderListing>
    ) throws(ScreenError) -> [[Button]] {
        var working: [[Button]] = []
        var ended: [Button] = []
        for order in orders {
            if order.isWorking {
                let name = "\(order.instrument.shownName) · \(order.chatName)"
                working.append([
                    try request.link(name, to: order),
                    try request.cancelButton("Cancel", for: order),
                ])
            } else {
                ended.append(try request.link(order.chatName, to: order))
            }
        }
        return working + ended.inRows(of: Self.linksPerRow)
    }

    private static let linksPerRow = 4

    private func others() throws(ScreenError) -> [Button] {
        var others: [Button] = []
        for name in OrderSelection.offered where name != selection.name {
            others.append(
                try request.button(
                    name.prefix(1).uppercased() + name.dropFirst(), place: "",
                    arguments: selection.carried(name)))
        }
        return others
    }

    private func row(_ order: OrderListing) -> [Cell] {
        [
            .text(order.instrument.shownName), .text(order.side.rawValue), .text(order.type),
            order.isOverfilled
                ? "⚠ \(order.filledQuantity)/\(order.quantity)"
                : "\(order.filledQuantity)/\(order.quantity)",
            (order.price ?? order.stopPrice).map(Cell.decimal) ?? "–",
            .text(order.status.rawValue), .time(order.placedAt), .code(order.chatName),
        ]
    }
}

/// Which orders are asked for: `open`, `all`, or one status by its name.
private struct OrderSelection {
    static let open = "open"
    static let all = "all"
    static let offered = [open, "filled", all]
    static let choices = [[open, all] + OrderStatus.allCases.map { $0.rawValue.lowercased() }]

    let words: ListWords
    /// In lower case.
    let name: String

    init(_ words: ListWords) {
        self.words = words
        name = words.choices.first ?? Self.open
    }

    /// Nil for those that are open.
    var statuses: [OrderStatus]? {
        switch name {
        case Self.open: nil
        case Self.all: OrderStatus.allCases
        default: OrderStatus.allCases.filter { $0.rawValue.lowercased() == name }
        }
    }

    var title: String {
        "Orders" + words.named + (words.period == nil ? ": " : ", ")
            + name.replacing("_", with: " ")
    }

    /// What a button carries for these orders, or for those in another state.
    func carried(_ other: String? = nil) -> String {
        var words = words
        words.choices = [other ?? name]
        return words.carried(choices: Self.choices)
    }

    var whenEmpty: String {
        var narrowed = words
        narrowed.choices = []
        guard narrowed.isEmpty else { return "No such orders." }
        return switch name {
        case Self.open: "No open orders."
        case Self.all: "No orders yet."
        default: "No orders in this state."
        }
    }
}
