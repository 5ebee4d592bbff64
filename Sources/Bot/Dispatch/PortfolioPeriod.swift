import Ledger

/// A portfolio and a period as people type them: either first, each may be left out.
struct PortfolioPeriod {
    let portfolio: ExactText?
    let period: Period
    /// The period as it was said.
    let text: String

    /// Throws `CommandRefusal` with what there is to choose from.
    init(
        _ arguments: Arguments, portfolios: [ExactText], standard: String, today: Day
    ) throws(CommandRefusal) {
        for (head, tail) in arguments.cuts {
            for (name, time) in [(head, tail), (tail, head)] {
                let portfolio = name.pick(from: portfolios)
                let text = time.isEmpty ? standard : time.text.lowercased()
                guard portfolio != nil || name.isEmpty, let period = Period(text, today: today)
                else { continue }
                self.portfolio = portfolio
                self.period = period
                self.text = text
                return
            }
        }
        throw CommandRefusal(
            title: "That was not understood",
            reason: "“\(arguments.text.shortened)” is neither a portfolio of yours nor a period.",
            facts: [
                Fact("Periods", "week, month, quarter, ytd, all, 90d, 2026-01-01..2026-03-31"),
                Fact("Portfolios", .joined(portfolios.prefix(20).map { .text($0.text) })),
            ], showsUsage: true)
    }
}
