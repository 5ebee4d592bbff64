import Ledger
import Records
import Services
import World

extension Command {
    static let trade = Command(
        "trade", "Record a trade that was done elsewhere; asks before it stores",
        arguments: "buy|sell QUANTITY SYMBOL PRICE [fee N [USD]] [at DATE [TIME]]"
            + " [strategy NAME] [portfolio NAME] [reason …]",
        example: "/trade buy 10 AAPL 182.50 fee 1 at 2026-02-01 14:30",
        body: .approved { request, caller in
            let proposal = try await TradeProposal(request, caller)
            let action = try await request.services.actions.propose(
                kind: ActionKind.trade.name, contentJSON: proposal.trade.report.json,
                for: caller, update: request.update)
            return try proposal.screen(of: action)
        })
}

/// What `/trade` would store, and what is known of it.
private struct TradeProposal {
    let trade: ManualTrade
    let isNewInstrument: Bool
    let isNewStrategy: Bool
    let held: Decimal

    /// Throws the refusal that storing it would end in.
    init(_ request: CommandRequest, _ caller: Caller) async throws {
        let services = request.services
        let world = services.work.world
        let words = try TradeWords(request.arguments.words, now: world.now())
        let found = try await TradeInstrument(words, services)
        let portfolio = try await request.portfolio(named: words.portfolio, of: caller)
        let strategies = try await services.strategies.all(for: caller)
        let strategy = try words.strategy.map { name throws(CommandRefusal) in
            try SpokenStrategy(name, among: strategies)
        }
        let instrument = found.instrument
        let report = FillReport(
            // Its real id is not known yet: no trade has this one.
            brokerTradeID: ExactText("manual-\(world.randomBytes(16).hexadecimal)"),
            symbol: instrument.symbol, side: words.side, quantity: words.quantity,
            price: words.price, execTime: words.time ?? world.now(),
            exchange: instrument.exchange, assetType: instrument.assetType,
            currency: instrument.currency, fee: words.fee, feeCurrency: words.feeCurrency,
            multiplier: instrument.multiplier, option: instrument.option, portfolio: portfolio,
            strategy: strategy.map { .named($0.reference) } ?? .none, reason: words.reason)
        do {
            // Read as every fill is, so that one rule holds for all of them.
            let checked = FillReader.fill(fromJSONLine: Array(report.json.utf8)[...])
            trade = ManualTrade(try checked.get())
            try await trade.rehearse(services, caller)
        } catch let refusal as FillRefusal {
            throw CommandRefusal.misused(.text(refusal.sentence))
        }
        isNewInstrument = found.isNew
        isNewStrategy = strategy?.isNew ?? false
        held = try await trade.held(services, caller)
    }

    func screen(of action: PendingAction) throws -> Screen {
        // What was proposed: an update that is delivered again may read otherwise by now.
        let trade = ManualTrade(action) ?? trade
        let quantity = trade.report.quantity
        let after =
            trade.report.side == .buy ? try? held + quantity : try? held - quantity
        var blocks: [Block] = [
            .facts(
                trade.facts + [
                    Fact("Position", "\(held) → \(after.map(Cell.decimal) ?? "too large")")
                ])
        ]
        if isNewInstrument { blocks.append(.note("The instrument is new: it is created.")) }
        if isNewStrategy { blocks.append(.note("The strategy is new: it is created.")) }
        blocks.append(.note(Confirmation.note))
        return Screen(
            title: "\(trade.title)?", blocks: blocks,
            buttons: try Confirmation.buttons(for: action))
    }
}

extension CommandRequest {
    /// The portfolio of that name, or the default one; nil where there is none.
    fileprivate func portfolio(named name: String?, of caller: Caller) async throws -> ExactText? {
        if let name {
            return try await portfolio(Arguments(text: name, isFromButton: false), of: caller)
        }
        return try await services.portfolios.all(for: caller).first(where: \.isDefault)?.name
    }
}
