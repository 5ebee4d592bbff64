import Ledger
import Records
import Services

extension Command {
    static let orders = Command(
        "orders", "Orders that are open, or in another state", arguments: "[status]",
        example: "/orders filled",
        body: .approved { request, caller in
            let selection = try OrderSelection(request.arguments)
            let start = OrderPlace(request.place)?.cursor
            let page = try await request.services.orders.page(
                OrderQuery(
                    statuses: selection.statuses, cursor: start, limit: OrderPlace.rowsPerScreen),
                for: Authority(caller: caller))
            return try OrderScreen(
                request: request, selection: selection, start: start, page: page
            ).screen()
        })
}

/// A place in the list of orders that new ones do not move, and short enough for a button: after
/// the order with that instant and id.
private struct OrderPlace {
    static let rowsPerScreen = 20
    private static let separator: Character = "."

    let cursor: OrderCursor

    init(_ cursor: OrderCursor) { self.cursor = cursor }

    init?(_ text: String) {
        let parts = text.split(separator: Self.separator)
        guard parts.count == 2, let instant = Int64(parts[0], radix: 36),
            let id = Int64(parts[1], radix: 36),
            (Timestamp.distantPast...Timestamp.distantFuture)
                .contains(Timestamp(microseconds: instant))
        else { return nil }
        cursor = OrderCursor(placedAt: Timestamp(microseconds: instant), id: OrderID(id))
    }

    var text: String {
        String(cursor.placedAt.microseconds, radix: 36) + String(Self.separator)
            + String(cursor.id.raw, radix: 36)
    }
}

private struct OrderScreen {
    let request: CommandRequest
    let selection: OrderSelection
    let start: OrderCursor?
    let page: OrderPage

    func screen() throws -> Screen {
        let orders = page.orders
        let table = Table(
            columns: [
                .init("Symbol"), .init("Side"), .init("Type"), .init("Filled", .right),
                .init("Price", .right), .init("Status"), .init("Placed"),
            ], rows: orders.map(row),
            whenEmpty: start == nil ? selection.whenEmpty : "No older orders.")
        // As many rows as fit: long names may leave less room than rows.
        let fitting = try Paging.pages(of: table, in: request.zone) { page throws(ScreenError) in
            try screen(page.table, next: orders.last.map { OrderPlace($0.cursor) })
        }.first
        let count = fitting?.rows.count ?? orders.count
        let isLast = count == orders.count && page.next == nil
        return try screen(
            fitting?.table ?? table,
            next: isLast ? nil : orders.prefix(count).last.map { OrderPlace($0.cursor) })
    }

    private func screen(_ table: Table, next: OrderPlace?) throws(ScreenError) -> Screen {
        var turns: [Button] = []
        if start != nil {
            turns.append(try request.button("⇤ Newest", place: "", arguments: selection.name))
        }
        if let next {
            turns.append(
                try request.button("Older ›", place: next.text, arguments: selection.name))
        }
        var others: [Button] = []
        for name in ["open", "filled", "all"] where name != selection.name {
            others.append(
                try request.button(
                    name.prefix(1).uppercased() + name.dropFirst(), place: "", arguments: name))
        }
        let isOverfilled = page.orders.contains(where: \.isOverfilled)
        return Screen(
            title: "Orders: \(selection.name)",
            blocks: [.table(table)]
                + (isOverfilled ? [.note("⚠ More was filled than ordered.")] : []),
            buttons: [turns, others].filter { !$0.isEmpty })
    }

    private func row(_ order: OrderListing) -> [Cell] {
        [
            .text(order.instrument.shownName), .text(order.side.rawValue), .text(order.type),
            order.isOverfilled
                ? "⚠ \(order.filledQuantity)/\(order.quantity)"
                : "\(order.filledQuantity)/\(order.quantity)",
            (order.price ?? order.stopPrice).map(Cell.decimal) ?? "–",
            .text(order.status.rawValue), .time(order.placedAt),
        ]
    }
}

/// Which orders are asked for: `open`, `all`, or one status by its name.
private struct OrderSelection {
    /// In lower case.
    let name: String
    /// Nil for those that are open.
    let statuses: [OrderStatus]?

    init(_ arguments: Arguments) throws(CommandRefusal) {
        let word = arguments.text.lowercased()
        let statusName = word.uppercased().replacing(" ", with: "_").replacing("-", with: "_")
        switch word {
        case "", "open": (name, statuses) = ("open", nil)
        case "all": (name, statuses) = ("all", OrderStatus.allCases)
        default:
            guard let status = OrderStatus(rawValue: statusName) else {
                let names = OrderStatus.allCases.map { Cell.text($0.rawValue.lowercased()) }
                throw CommandRefusal(
                    title: "That was not understood",
                    reason: "“\(arguments.text.shortened)” is no status of an order.",
                    facts: [Fact("There are", .joined(["open", "all"] + names))],
                    showsUsage: true)
            }
            (name, statuses) = (status.rawValue.lowercased(), [status])
        }
    }

    var whenEmpty: String {
        switch name {
        case "open": "No open orders."
        case "all": "No orders yet."
        default: "No orders in this state."
        }
    }
}
