import Ledger
import Records

/// A fill that passed every check but the posting itself.
struct Candidate {
    /// Its place in the request.
    let index: Int
    let tradeUID: String
    let report: FillReport
    let holding: HoldingKey
    let instrument: Instrument
    let fill: Fill
    let source: TradeSource
    var orderID: OrderID?
    var derived = DerivedOfTrade(realizedPnL: .zero, action: nil)

    /// By which it is known until it is stored.
    var number: TradeNumber { Candidate.number(at: index) }

    static func number(at index: Int) -> TradeNumber { TradeNumber(-Int64(index) - 1) }

    /// Nil for the number of a stored trade.
    static func index(of number: TradeNumber) -> Int? {
        number.raw < 0 ? Int(-(number.raw + 1)) : nil
    }

    /// Posts the fill to its holding and its order. On `LedgerError.outOfRange` nothing has
    /// changed.
    mutating func post(
        to book: inout HoldingBook, _ journey: inout Journey, _ orders: inout OrderBook
    ) throws(LedgerError) {
        let order = try orders.progress(with: self)
        let openSource = book.source
        let posting = try book.post(fill, number: number, source: source)
        journey.note(posting, source: source, of: openSource)
        derived = DerivedOfTrade(posting)
        if let order {
            orders.note(order.progress, of: order.id)
            orderID = order.id
        }
    }
}

/// What a trade is known by.
struct TradeKey: Hashable {
    let portfolioID: PortfolioID
    let brokerTradeID: ExactText
}

/// What a report of a known trade is compared with.
struct KnownTrade {
    let uid: String
    let symbol: ExactText
    let strategyID: StrategyID?
    let fill: Fill
}

extension FillReport {
    /// A duplicate where a known trade has this report's content, else a conflict with the last
    /// one: what was corrected may be reported again as it was. What the report leaves out is taken
    /// as known.
    func outcome(
        against known: [KnownTrade], strategy: IngestScope.StrategyPlace
    ) -> FillOutcome {
        var field = ""
        for trade in known {
            guard let differing = difference(from: trade, strategy: strategy) else {
                return .duplicate(tradeUID: trade.uid)
            }
            field = differing
        }
        return .rejected(
            FillRefusal(
                code: .conflict, field: field,
                detail: "this broker_trade_id is known with another \(field)"))
    }

    private func difference(
        from known: KnownTrade, strategy: IngestScope.StrategyPlace
    ) -> String? {
        if symbol != known.symbol { return "symbol" }
        if side != known.fill.side { return "side" }
        if quantity != known.fill.quantity { return "quantity" }
        if price != known.fill.price { return "price" }
        if execTime != known.fill.time { return "exec_time" }
        if strategy.isStated, !guessed.contains(.strategy), strategy.id != known.strategyID {
            return FillField.strategy.rawValue
        }
        guard !guessed.contains(.fee) else { return nil }
        // Last: where it is told, all else agrees.
        if let fee, fee != known.fill.fee { return FillField.fee.rawValue }
        if let feeCurrency, feeCurrency != known.fill.feeCurrency {
            return FillField.feeCurrency.rawValue
        }
        return nil
    }
}
