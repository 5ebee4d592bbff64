import Ledger
import Records
import Services

extension Command {
    static let whatIf = Command(
        "whatif", "What a trade would do to a position and its P&L; sends nothing",
        arguments: "buy|sell QUANTITY|$AMOUNT|PART% SYMBOL [PRICE] [strategy NAME] [portfolio]",
        example: "/whatif sell 100 AAPL 190",
        body: .approved { request, caller in
            let words = try WhatIfWords(request.arguments.words)
            let found = try await TradeInstrument(words.order, request.services)
            let place = try await OrderPlace(words.order, request, caller)
            let answer = try await request.services.positions.whatIf(
                WhatIfQuestion(
                    words.order.side, words.order.size, of: found.instrument, at: words.price,
                    portfolio: place.portfolio, strategy: place.strategy?.reference),
                for: Authority(caller: caller))
            return WhatIfScreen(
                answer, risk: try await risk(of: answer, found.instrument, request, caller)
            ).screen
        })

    /// What the risk policies would make of it as an order; where it could be none, why not.
    private static func risk(
        of answer: WhatIf, _ instrument: Instrument, _ request: CommandRequest, _ caller: Caller
    ) async throws -> [Fact] {
        let strategy = answer.strategy.flatMap { StrategyReference(parsing: $0.text) }
        let order = PlaceOrder(
            symbol: instrument.symbol, side: answer.side, size: .quantity(answer.quantity),
            pricing: .limit(answer.price), timeInForce: .goodTillCanceled,
            exchange: instrument.exchange, assetType: instrument.assetType,
            currency: instrument.currency, option: instrument.option,
            multiplier: instrument.multiplier, portfolio: answer.portfolio,
            strategy: strategy.map { .named($0) } ?? .none)
        do {
            let services = request.services
            let verdict = try await services.risk.check(order, as: Authority(caller: caller))
            let portfolios = try await services.portfolios.all(for: caller)
            let currency = portfolios.first { $0.name == answer.portfolio }?.baseCurrency
            return ShownRisk(verdict, in: currency ?? instrument.currency).facts
        } catch let error as ServiceError {
            return [Fact("Risk", .text("not judged: \(error.detail)"))]
        }
    }
}

/// What stands behind `/whatif`: an order's words, with the price where it comes naturally.
struct WhatIfWords: Sendable, Hashable {
    let order: OrderWords
    /// Nil for what the quote offers.
    let price: Decimal?

    init(_ words: [String]) throws(CommandRefusal) {
        guard words.count >= 3 else {
            throw .misused("Say buy or sell, how much, of what, and at which price.")
        }
        let side = try SpokenValue.side(words[0])
        var rest = Array(words.dropFirst())
        var price: Decimal?
        if rest.count > 2, let number = try? Decimal(parsing: rest[2]) {
            price = number
            rest.remove(at: 2)
        }
        order = try OrderWords(side, rest)
        guard order.prices.stop == nil, order.prices.trail == nil,
            order.timeInForce == nil, order.exits.isEmpty
        else {
            throw .misused("A trade that is done has a price, and waits for nothing.")
        }
        guard price == nil || order.prices.limit == nil else { throw .twice("limit") }
        self.price = price ?? order.prices.limit
    }
}

private struct WhatIfScreen {
    private let answer: WhatIf
    private let risk: [Fact]

    init(_ answer: WhatIf, risk: [Fact]) {
        self.answer = answer
        self.risk = risk
    }

    private var currency: Currency { answer.instrument.currency }

    var screen: Screen {
        let name = answer.instrument.shownName
        return Screen(
            title:
                "If you \(answer.side == .buy ? "bought" : "sold") \(answer.quantity) \(name)"
                + " at \(answer.price)",
            blocks: [.facts(facts)] + (table.map { [.table($0)] } ?? [])
                + [.note("Before fees. Nothing is sent.")])
    }

    private var facts: [Fact] {
        var facts = [
            Fact("Instrument", .text(answer.instrument.described)),
            Fact("Portfolio", .text(answer.portfolio.text)),
        ]
        if let strategy = answer.strategy { facts.append(Fact("Strategy", .text(strategy.text))) }
        facts += [
            Fact("Notional", "\(answer.notional) \(currency)"),
            Fact("Position", "\(answer.heldBefore) → \(answer.heldAfter)"),
            Fact("Average", "\(answer.averageBefore) → \(answer.averageAfter)"),
            Fact("Campaign", .text(answer.effect.explained)),
        ]
        if let campaign = answer.campaign, campaign.realizedAfter != campaign.realizedBefore {
            let (before, after) = (campaign.realizedBefore, campaign.realizedAfter)
            facts.append(
                Fact("Its P&L", "\(gain: before, currency) → \(gain: after, currency)"))
        }
        return facts + risk
    }

    /// Nil where nothing is closed.
    private var table: Table? {
        guard !answer.realized.isEmpty else { return nil }
        return Table(
            columns: [.init("Method"), .init("Would realize", .right), .init("")],
            rows: answer.realized.map { realized in
                [
                    .text(realized.method.rawValue.uppercased()),
                    .gain(realized.amount, currency),
                    realized.isOwn ? "the portfolio's lots" : "",
                ]
            })
    }
}

extension Posting.Effect {
    fileprivate var explained: String {
        switch self {
        case .open: OrderPreview.Effect.opens.explained
        case .add: OrderPreview.Effect.adds.explained
        case .reduce: OrderPreview.Effect.reduces.explained
        case .close: OrderPreview.Effect.closes.explained
        case .flip: OrderPreview.Effect.flips.explained
        }
    }
}
