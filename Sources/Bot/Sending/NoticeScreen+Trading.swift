import Ledger
import Services

extension OverfilledOrder {
    func screen(others: Int) -> Screen {
        var facts = [
            Fact("Portfolio", .text(portfolio.text)),
            Fact("Order", "\(side.rawValue) \(quantity) \(symbol.shownSymbol)"),
            Fact("Filled", .decimal(filledQuantity)),
        ]
        if let brokerOrderID {
            facts.append(Fact("Broker order id", .code(brokerOrderID.text)))
        }
        var blocks: [Block] = [.facts(facts)]
        if others > 0 {
            blocks.append(
                .note("\(others) more \(others == 1 ? "order was" : "orders were") overfilled."))
        }
        blocks.append(
            .note(
                """
                The fills are facts and stay in the ledger. See /orders all; ask the broker, or \
                look for a fill that was sent under two ids.
                """))
        return Screen(title: "More was filled than ordered", blocks: blocks)
    }
}

extension SilentRun {
    var silentScreen: Screen {
        Screen(
            title: "\(strategy) is silent",
            blocks: [
                .facts(
                    facts + [
                        Fact("Promised to beat every", .text(Self.words(expectWithinSeconds ?? 0))),
                        Fact("Silent for", .text(Self.words(seconds))),
                    ]),
                .note("Look after it: it may hold positions that nobody watches."),
            ])
    }

    var backScreen: Screen {
        Screen(
            title: "\(strategy) is back",
            blocks: [.facts(facts + [Fact("Was silent for", .text(Self.words(seconds)))])])
    }

    private var facts: [Fact] {
        [runID.map { Fact("Run", .text($0.text)) }, Fact("Last beat", .time(lastBeatAt))]
            .compactMap(\.self)
    }

    /// `2 h 5 min`, `1 min 30 s`: the two largest units.
    static func words(_ seconds: Int64) -> String {
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ].drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return parts.isEmpty ? "0 s" : parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
