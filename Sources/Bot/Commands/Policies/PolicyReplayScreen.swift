import Ledger
import Records
import Services

/// What a policy would have done in the past, for people.
struct PolicyReplayScreen {
    private static let mostRows = 8

    let replay: PolicyReplay
    let period: String

    private var result: ReplayedPolicy { replay.result }
    private var currency: Currency { replay.currency }

    var title: String { "\(replay.policy.name), tried on \(period)" }

    var blocks: [Block] {
        if case .none(let reason) = replay.sight {
            return [.note("The past can't tell, because \(reason).")]
        }
        return [.facts(facts)] + (worst.rows.isEmpty ? [] : [.table(worst)]) + notes.map(Block.note)
    }

    private var facts: [Fact] {
        var facts = [
            Fact("Days with trades", "\(result.days)"),
            Fact("Orders judged", "\(result.orders)"),
            Fact("Would have fired", .text(times)),
        ]
        if let first = result.breaches.first, let last = result.breaches.last {
            facts.append(Fact("First", .time(first.time)))
            facts.append(Fact("Last", .time(last.time)))
            facts.append(Fact(savedLabel, saved))
        }
        if result.unjudged > 0 {
            facts.append(
                Fact(
                    "Not judged",
                    .text("\(result.unjudged) orders, because \(result.reason ?? "–")")))
        }
        return facts
    }

    private var times: String {
        switch result.breaches.count {
        case 0: "never"
        case 1: "once"
        case let count: "\(count) times"
        }
    }

    private var savedLabel: String {
        replay.action == .warn ? "Blocking would have saved" : "Would have saved"
    }

    private var saved: Cell {
        result.saved.map { .gain($0, currency) }
            ?? "not known: a rate is missing, or it does not fit"
    }

    /// Those that would have saved the most; where none would have, those that would have cost
    /// the least.
    private var worst: Table {
        let known = result.breaches.sorted { ($0.saved ?? .zero) > ($1.saved ?? .zero) }
        return Table(
            caption: known.count > Self.mostRows ? "The worst of them" : nil,
            columns: [
                .init("When"), .init("Order"), .init("Portfolio"), .init("Observed", .right),
                .init("Limit", .right), .init("Saved", .right),
            ],
            rows: known.prefix(Self.mostRows).map { breach in
                [
                    .time(breach.time), .text(order(breach)),
                    .text(replay.portfolios[breach.portfolio]?.text ?? "–"),
                    .text(
                        [
                            breach.measure.shownObserved.description,
                            breach.measure.unit.shown(currency),
                        ]
                        .compactMap(\.self).joined(separator: " ")),
                    .decimal(breach.measure.limit),
                    breach.saved.map { .gain($0, currency) } ?? "–",
                ]
            })
    }

    /// `BUY 10 AAPL (4 of it)`
    private func order(_ breach: ReplayedBreach) -> String {
        let name = breach.instrument.shownName.shortened
        let whole = "\(breach.side.rawValue) \(breach.quantity) \(name)"
        return breach.prevented == breach.quantity
            ? whole : "\(whole) (\(breach.prevented) of it)"
    }

    private var notes: [Cell] {
        var notes: [Cell] = []
        if case .partial(let reason) = replay.sight { notes.append("Mind that \(reason).") }
        if let readFrom = replay.readFrom {
            notes.append(
                """
                Only the last \(Limits.replayedTrades) trades were read, from \(readFrom) on: what \
                was held before counts as nothing.
                """)
        }
        if let stoppedAt = result.stoppedAt {
            notes.append("It stopped at \(stoppedAt): the rest would have been too much work.")
        }
        notes.append(
            """
            Reckoned on what was traded, as if all else had gone the same: at the prices of the \
            trades, today's rates, before fees; what is open still counts at its last price.
            """)
        return notes
    }
}
