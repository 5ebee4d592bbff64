import Ledger
import Records
import Services

/// What an order would do, for people.
struct ShownPreview {
    private let preview: OrderPreview
    private let now: Timestamp

    init(_ preview: OrderPreview, now: Timestamp) {
        self.preview = preview
        self.now = now
    }

    private var instruction: OrderInstruction { preview.instruction }
    private var instrument: Instrument { preview.instrument }

    /// `BUY 10 AAPL limit 180, GTC`
    var title: String { instruction.shown(of: instrument.shownName) }

    var facts: [Fact] { terms + effect + exits + money + risk.facts + market }

    private var exits: [Fact] {
        guard let exits = preview.exits else { return [] }
        var facts: [Fact] = []
        if let stop = exits.stop { facts.append(Fact("Stop loss", .text(stop.shown))) }
        if let profit = exits.profit { facts.append(Fact("Take profit", .decimal(profit))) }
        if let risk = preview.riskToStop {
            facts.append(
                Fact("Risk to the stop", "\(risk) \(instrument.currency) before fees"))
        }
        return facts
    }

    private var risk: ShownRisk { ShownRisk(preview.verdict, in: preview.baseCurrency) }

    /// In place of a proposal, where it would not be sent; else nil.
    var denied: Screen? {
        guard risk.isDenied else { return nil }
        return Screen(
            title: "Denied: \(title)",
            blocks: [.facts(facts)] + notes.map(Block.note)
                + [.note("Nothing can be confirmed. \(code: "/policy") shows the policies.")])
    }

    private var terms: [Fact] {
        var facts = [
            Fact("Instrument", .text(instrument.described)),
            Fact("Side", .text(instruction.side.rawValue)),
            Fact("Quantity", quantity),
            Fact("Price", .text(instruction.pricing.shown)),
            Fact("Works", .text(instruction.timeInForce.explained)),
            Fact("Portfolio", .text(preview.portfolio.text)),
        ]
        if let strategy = preview.strategy { facts.append(Fact("Strategy", .text(strategy.text))) }
        if instruction.isReduceOnly { facts.append(Fact("Reduce only", "it opens nothing")) }
        return facts
    }

    private var quantity: Cell {
        preview.askedQuantity == instruction.quantity
            ? .decimal(instruction.quantity)
            : "\(instruction.quantity), cut down from \(preview.askedQuantity)"
    }

    private var money: [Fact] {
        var facts: [Fact] = []
        if let fee = preview.fee, !fee.isZero {
            facts.append(Fact("Fee", "about \(fee) \(instrument.currency)"))
        }
        if let power = preview.buyingPower {
            let (before, after) = (
                power.before.rounded(decimals: 2), power.after.rounded(decimals: 2)
            )
            facts.append(
                Fact(
                    "Buying power",
                    "\(before) → \(after) \(preview.baseCurrency)"))
        }
        return facts
    }

    private var effect: [Fact] {
        var facts: [Fact] = []
        if let notional = preview.notional, let price = preview.price {
            facts.append(Fact("Notional", "\(notional) \(instrument.currency) at \(price)"))
        }
        facts += [
            Fact("Position", "\(preview.heldBefore) → \(preview.heldAfter)"),
            Fact("Campaign", .text(preview.effect.explained)),
        ]
        if let realized = preview.realizedPnL {
            facts.append(
                Fact("Would realize", "\(gain: realized, instrument.currency) before fees"))
        }
        return facts
    }

    private var market: [Fact] {
        guard let quote = preview.quote else { return [] }
        let prices: [(String, Decimal?)] = [
            ("bid", quote.bid), ("ask", quote.ask), ("last", quote.last),
        ]
        let words = prices.compactMap { name, price in price.map { "\(name) \($0)" } }
        let age = max(0, now.wholeSeconds(since: quote.time))
        return [
            Fact(
                "Quote",
                .text(
                    words.joined(separator: ", ")
                        + ", \(CampaignWords.duration(seconds: age)) old"))
        ]
    }

    var notes: [Cell] {
        var notes: [Cell] = []
        if preview.isNewInstrument { notes.append("The instrument is new: it is created.") }
        if preview.quote == nil { notes.append("There is no quote yet: it waits for one.") }
        if let hours = MarketHours(instrument, at: now) { notes.append(hours.note) }
        if let power = preview.buyingPower, power.after.isNegative, power.after < power.before {
            notes.append("The account can't pay for it: the broker would reject it.")
        }
        return notes
    }
}

extension OrderPreview.Effect {
    /// What the order does to the journey of its holding.
    var explained: String {
        switch self {
        case .opens: "opens one"
        case .adds: "adds to the open one"
        case .reduces: "reduces the open one"
        case .closes: "closes the open one"
        case .flips: "closes the open one and opens one on the other side"
        }
    }
}
