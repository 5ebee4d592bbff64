import Ledger
import Records
import Storage

/// What reports make of orders. Reads only; a fixed number of statements, however many reports.
struct OrderReportPosting {
    /// An order that is stored, or will be, with what this request makes of it.
    struct Entry {
        /// Nil for a new one.
        let id: OrderID?
        var order: ReportedOrder
        let instrument: Instrument
        var isChanged: Bool
        /// Where it stood before this request; nil for a new one.
        var statusBefore: OrderStatus?
    }

    /// By index of the request.
    private(set) var outcomes: [OrderReportOutcome] = []
    private(set) var entries: [Entry] = []
    /// The trades that came before their order, with the place of the order's entry.
    private(set) var links: [(trade: TradeID, entry: Int)] = []
    let scope: IngestScope

    private let caller: Caller
    private let now: Timestamp
    private var instruments: InstrumentBook
    private var byBrokerID: [Name: Int] = [:]
    private var byClientID: [Name: Int] = [:]
    private var unlinkedByBrokerID: [Name: [UnlinkedTrade]] = [:]
    private var unlinkedByClientID: [Name: [UnlinkedTrade]] = [:]

    private struct Name: Hashable {
        let portfolioID: PortfolioID
        let id: ExactText
    }

    init(
        _ batch: OrderBatch, _ authority: Authority, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        caller = authority.caller
        now = draw.now
        scope = try IngestScope(
            batch.orders, portfolio: batch.portfolio, strategy: batch.strategy, authority, in: tx)
        let sound = batch.orders.compactMap { try? $0.get() }
        instruments = try InstrumentBook(symbols: Set(sound.map(\.symbol)), in: tx)
        try load(sound, in: tx)
        for report in batch.orders {
            do throws(FillRefusal) {
                outcomes.append(try take(try report.get(), &draw))
            } catch {
                outcomes.append(.rejected(error))
            }
        }
    }

    private mutating func load(_ reports: [OrderReport], in tx: any Transaction) throws {
        var brokerIDs: Set<Name> = []
        var clientIDs: Set<Name> = []
        for report in reports {
            guard let portfolio = try? scope.portfolio(for: report).id else { continue }
            brokerIDs.insert(Name(portfolioID: portfolio, id: report.brokerOrderID))
            if let id = report.clientOrderID {
                clientIDs.insert(Name(portfolioID: portfolio, id: id))
            }
        }
        let brokerNames = brokerIDs.map { ($0.portfolioID, $0.id) }
        let clientNames = clientIDs.map { ($0.portfolioID, $0.id) }
        // In the order that they came to us: what is made of them must not hang on a set's order.
        let stored =
            try
            (ReportedOrders.withBrokerIDs(brokerNames, for: caller, in: tx)
            + ReportedOrders.withClientIDs(clientNames, for: caller, in: tx))
            .sorted { $0.id.raw < $1.id.raw }
        let terms = try Instruments.with(
            ids: Set(stored.map(\.order.holding.instrumentID)), in: tx)
        var known: Set<OrderID> = []
        for (id, order) in stored where known.insert(id).inserted {
            guard let instrument = terms[order.holding.instrumentID] else {
                throw StorageError.decoding(column: 0, expected: "the order's instrument")
            }
            entries.append(
                Entry(
                    id: id, order: order, instrument: instrument, isChanged: false,
                    statusBefore: order.progress.status))
            index(entries.count - 1)
        }
        unlinkedByBrokerID = Self.grouped(
            try TradeLinks.unlinked(brokerOrderIDs: brokerNames, for: caller, in: tx),
            by: \.brokerOrderID)
        unlinkedByClientID = Self.grouped(
            try TradeLinks.unlinked(clientOrderIDs: clientNames, for: caller, in: tx),
            by: \.clientOrderID)
    }

    private static func grouped(
        _ trades: [UnlinkedTrade], by id: KeyPath<UnlinkedTrade, ExactText?>
    ) -> [Name: [UnlinkedTrade]] {
        trades.reduce(into: [:]) { groups, trade in
            guard let id = trade[keyPath: id] else { return }
            groups[Name(portfolioID: trade.portfolioID, id: id), default: []].append(trade)
        }
    }

    private mutating func index(_ place: Int) {
        let order = entries[place].order
        let portfolioID = order.holding.portfolioID
        if let id = order.brokerOrderID {
            byBrokerID[Name(portfolioID: portfolioID, id: id)] = place
        }
        if let id = order.clientOrderID {
            byClientID[Name(portfolioID: portfolioID, id: id)] = place
        }
    }
}

extension OrderReportPosting {
    /// Takes in one report. On a refusal nothing has changed.
    private mutating func take(
        _ report: OrderReport, _ draw: inout Draw
    ) throws(FillRefusal) -> OrderReportOutcome {
        let portfolio = try scope.portfolio(for: report).id
        let strategy = try scope.strategy(for: report)
        if let time = report.news.updatedAt,
            time > now.adding(seconds: QuoteService.clockToleranceSeconds)
        {
            // It would keep all later reports from telling anything.
            throw .invalid("updated_at", "is more than 5 minutes ahead of the service's clock")
        }
        let byClient = report.clientOrderID.flatMap {
            byClientID[Name(portfolioID: portfolio, id: $0)]
        }
        if let place = byBrokerID[Name(portfolioID: portfolio, id: report.brokerOrderID)] {
            guard byClient == nil || byClient == place else { throw .takenClientOrderID }
            return try update(place, report, strategy)
        }
        if let byClient {
            // Sent under our id before the broker gave it one; else it is the broker's other order.
            guard entries[byClient].order.brokerOrderID == nil else { throw .takenClientOrderID }
            return try update(byClient, report, strategy)
        }
        return try add(report, portfolio, strategy, uid: draw.uid())
    }

    private mutating func add(
        _ report: OrderReport, _ portfolio: PortfolioID, _ strategy: IngestScope.StrategyPlace,
        uid: String
    ) throws(FillRefusal) -> OrderReportOutcome {
        let found = try instruments.resolve(report)
        try report.checkPrices(on: found.record.instrument)
        var entry = Entry(
            id: nil,
            order: ReportedOrder(
                uid: uid,
                holding: HoldingKey(
                    portfolioID: portfolio, instrumentID: found.record.id,
                    strategyID: strategy.id),
                side: report.side, brokerOrderID: report.brokerOrderID,
                clientOrderID: report.clientOrderID,
                progress: OrderProgress(quantity: report.news.quantity, reported: report.status),
                terms: OrderTerms(report.news, now: now)),
            instrument: found.record.instrument, isChanged: true)
        let trades = try fill(&entry.order)
        if found.isInvented { instruments.keep(found.record) }
        entries.append(entry)
        keep(trades, at: entries.count - 1)
        return .accepted(orderUID: uid)
    }

    private mutating func update(
        _ place: Int, _ report: OrderReport, _ strategy: IngestScope.StrategyPlace
    ) throws(FillRefusal) -> OrderReportOutcome {
        let known = entries[place]
        if let field = report.difference(from: known, strategy) {
            throw FillRefusal(
                code: .conflict, field: field,
                detail: "this broker_order_id is known with another \(field)")
        }
        try instruments.check(report, against: known.instrument)
        try report.checkPrices(on: known.instrument)
        var order = known.order
        order.brokerOrderID = report.brokerOrderID
        order.clientOrderID = report.clientOrderID ?? order.clientOrderID
        order.terms.hear(report.news, now: now)
        order.progress.hear(report.status, quantity: order.terms.quantity)
        guard order != known.order else { return .duplicate(orderUID: order.uid) }
        let isRenamed = order.name != known.order.name
        let trades = isRenamed ? try fill(&order) : []
        entries[place].order = order
        entries[place].isChanged = true
        keep(trades, at: place)
        return .accepted(orderUID: order.uid)
    }

    /// Adds the trades that waited for the order under its names.
    private func fill(_ order: inout ReportedOrder) throws(FillRefusal) -> [UnlinkedTrade] {
        let portfolioID = order.holding.portfolioID
        var trades: [UnlinkedTrade] = []
        if let id = order.brokerOrderID {
            trades += unlinkedByBrokerID[Name(portfolioID: portfolioID, id: id)] ?? []
        }
        if let id = order.clientOrderID {
            trades += unlinkedByClientID[Name(portfolioID: portfolioID, id: id)] ?? []
        }
        let name = order.name
        trades = trades.filter { name.isMeant(by: $0.orderName) }
        do throws(LedgerError) {
            for trade in trades where !trade.isSuperseded {
                try order.progress.fill(trade.quantity)
            }
        } catch {
            throw FillRefusal(
                code: .outOfRange, field: "quantity",
                detail: "what is filled in all would not fit 18 decimals below 1.7e20")
        }
        return trades
    }

    /// Makes the entry known by its names; its trades wait no longer.
    private mutating func keep(_ trades: [UnlinkedTrade], at place: Int) {
        index(place)
        guard !trades.isEmpty else { return }
        links += trades.map { ($0.id, place) }
        for trade in trades {
            if let id = trade.brokerOrderID {
                unlinkedByBrokerID[Name(portfolioID: trade.portfolioID, id: id)] = nil
            } else if let id = trade.clientOrderID {
                unlinkedByClientID[Name(portfolioID: trade.portfolioID, id: id)] = nil
            }
        }
    }
}

extension OrderReport {
    /// The field that says something else than what an order is known by; what the report leaves
    /// out is taken as known.
    fileprivate func difference(
        from known: OrderReportPosting.Entry, _ strategy: IngestScope.StrategyPlace
    ) -> String? {
        let instrument = known.instrument
        if symbol != instrument.symbol { return "symbol" }
        if let exchange, exchange != instrument.exchange { return "exchange" }
        if let assetType, assetType != instrument.assetType { return "asset_type" }
        if let currency, currency != instrument.currency { return "currency" }
        if let option, option != instrument.option { return "option" }
        if side != known.order.side { return "side" }
        if strategy.isStated, strategy.id != known.order.holding.strategyID { return "strategy" }
        if let clientOrderID, let other = known.order.clientOrderID, clientOrderID != other {
            return "client_order_id"
        }
        return nil
    }

    /// Only futures trade below zero.
    fileprivate func checkPrices(on instrument: Instrument) throws(FillRefusal) {
        guard instrument.assetType != .future else { return }
        for (field, price) in [("price", news.price), ("stop_price", news.stopPrice)] {
            guard let price, price.isNegative else { continue }
            throw FillRefusal(
                code: .invalidField, field: field,
                detail: "expected a price of at least 0: only futures trade below it")
        }
    }
}

extension FillRefusal {
    fileprivate static let takenClientOrderID = FillRefusal(
        code: .conflict, field: "client_order_id",
        detail: "another order of the portfolio has this client_order_id")
}
