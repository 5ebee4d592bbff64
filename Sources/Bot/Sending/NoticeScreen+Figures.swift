import Ledger
import Services

extension FillNews {
    /// Fills as they came, or by symbol where they are many; never more rows than fit.
    func screen() throws(ScreenError) -> Screen {
        let table = lines.isEmpty ? sumTable : lineTable
        return try Paging.first(of: table, in: .utc) { page throws(ScreenError) in
            let left = table.rows.count - page.rows.count
            return Screen(
                title: title,
                blocks: [.table(page.table)]
                    + (left > 0 ? [.note("\(left) more rows: \(code: "/trades")")] : []))
        }
    }

    private var title: String {
        let what = fills == 1 ? "1 fill" : "\(fills) fills"
        return "\(what) in \(symbols == 1 ? "1 symbol" : "\(symbols) symbols") · \(portfolio)"
    }

    private var lineTable: Table {
        Table(
            columns: [
                .init("Time"), .init("Side"), .init("Quantity", .right), .init("Symbol"),
                .init("Price", .right), .init("Realized", .right),
            ],
            rows: lines.map { line in
                [
                    .time(line.time), .text(line.side.rawValue), .decimal(line.quantity),
                    .text(line.symbol.shownSymbol), .decimal(line.price),
                    Self.realized(line.realizedPnL, line.currency),
                ]
            }, whenEmpty: "None.")
    }

    private var sumTable: Table {
        Table(
            columns: [
                .init("Symbol"), .init("Side"), .init("Fills", .right),
                .init("Quantity", .right), .init("Average", .right), .init("Realized", .right),
            ],
            rows: sums.map { sum in
                [
                    .text(sum.symbol.shownSymbol), .text(sum.side.rawValue), "\(sum.fills)",
                    .decimal(sum.quantity), sum.averagePrice.map(Cell.decimal) ?? "–",
                    Self.realized(sum.realizedPnL, sum.currency),
                ]
            }, whenEmpty: "None.")
    }

    private static func realized(_ amount: Decimal, _ currency: Currency) -> Cell {
        amount.isZero ? "–" : .gain(amount, currency)
    }
}

extension EndedOrders {
    var screen: Screen {
        let rows = orders.map { order -> [Cell] in
            [
                .text(order.symbol.shownSymbol), .text(order.side.rawValue),
                "\(order.filledQuantity)/\(order.quantity)", .text(order.status.rawValue),
                order.brokerOrderID.map { .code($0.text) } ?? "–",
            ]
        }
        let count = orders.count + others
        let portfolios = Set(orders.map(\.portfolio)).sorted()
        return Screen(
            title: count == 1 ? "An order is \(statusWords)" : "\(count) orders ended",
            blocks: [
                .facts([Fact("Portfolio", .joined(portfolios.map { .text($0.text) }))]),
                .table(
                    Table(
                        columns: [
                            .init("Symbol"), .init("Side"), .init("Filled", .right),
                            .init("Status"), .init("Broker order id"),
                        ], rows: rows, whenEmpty: "None.")),
            ] + (others > 0 ? [.note("\(others) more: \(code: "/orders all")")] : []))
    }

    private var statusWords: String { orders.first?.status.rawValue.lowercased() ?? "ended" }
}

extension Digest {
    var screen: Screen {
        Screen(
            title: span == .day ? "Your day: \(to)" : "Your week: \(from) to \(to)",
            blocks: [
                .facts(facts),
                .note("Days are UTC; net is after fees. More: \(code: "/pnl \(from)..\(to)")"),
            ])
    }

    private var facts: [Fact] {
        var facts = totals.flatMap { total in
            [
                Fact("Net \(total.currency)", .gain(total.netPnL, total.currency)),
                Fact("Realized \(total.currency)", .money(total.realizedPnL, total.currency)),
                Fact("Fees \(total.currency)", .money(total.fees, total.currency)),
            ]
        }
        facts.append(Fact("Fills", "\(fills)"))
        facts += Self.named("Winners", winners) + Self.named("Losers", losers)
        facts.append(Fact("Open positions", "\(openPositions)"))
        facts += unrealized.map {
            Fact("Unrealized \($0.currency)", .gain($0.netPnL, $0.currency))
        }
        if !silentStrategies.isEmpty {
            facts.append(
                Fact("Silent strategies", .joined(silentStrategies.map { .text($0.text) })))
        }
        return facts
    }

    private static func named(_ label: String, _ results: [Result]) -> [Fact] {
        guard !results.isEmpty else { return [] }
        return [
            Fact(
                label,
                .joined(results.map { "\($0.symbol.shownSymbol) \(gain: $0.netPnL, $0.currency)" }))
        ]
    }
}

extension BreachNews {
    var screen: Screen {
        Screen(
            title: isBlock ? "An order was blocked" : "A risk limit was exceeded",
            blocks: [
                .facts(
                    [
                        Fact("Policy", .text(policy.text)),
                        portfolio.map { Fact("Portfolio", .text($0.text)) },
                        Fact("Observed", .text(observed)),
                        done.map { Fact("What was done", .text($0)) },
                    ].compactMap(\.self)),
                .note("\(code: "/risk") shows your policies and their latest breaches."),
            ])
    }
}

extension AlertNews {
    var screen: Screen {
        Screen(
            title: "Alert: \(name)",
            blocks: [.facts([Fact("What", .text(text)), Fact("Time", .time(time))])])
    }
}
