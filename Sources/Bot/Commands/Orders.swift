import Ledger
import Records
import Services

extension Command {
    static let orders = Command(
        "orders", "Orders that are open, or in another state", arguments: "[status]",
        example: "/orders filled",
        body: .approved { request, caller in
            let selection = try OrderSelection(request.arguments)
            let orders = try await request.services.orders.list(
                statuses: selection.statuses, for: Authority(caller: caller))
            let isFull = orders.count == OrderService.listLimit
            return try request.paged(
                "Orders: \(selection.name)",
                table: Table(
                    columns: [
                        .init("Symbol"), .init("Side"), .init("Type"), .init("Filled", .right),
                        .init("Price", .right), .init("Status"), .init("Placed"),
                    ], rows: orders.map(row), whenEmpty: selection.whenEmpty),
                notes: isFull ? ["The newest \(OrderService.listLimit) are listed."] : [],
                arguments: selection.name,
                buttons: [
                    try ["open", "filled", "all"].filter { $0 != selection.name }.map {
                        try request.button(
                            $0.prefix(1).uppercased() + $0.dropFirst(), arguments: $0)
                    }
                ])
        })

    private static func row(_ order: OrderListing) -> [Cell] {
        [
            .text(order.instrument.shownName), .text(order.side.rawValue), .text(order.type),
            "\(order.filledQuantity)/\(order.quantity)",
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
