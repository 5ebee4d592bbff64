import Ledger
import Records
import Storage
import Wire
import World

/// What a pull came to.
struct FreqtradePullReport: Sendable, Hashable {
    var accepted = 0
    var duplicates = 0
    /// Those that are kept in quarantine.
    var refused = 0
}

/// Asks a bot, and stores what it answers: orders that are known already are duplicates.
struct FreqtradePull: Sendable {
    /// The answer is not what freqtrade answers.
    struct BadAnswer: Error, CustomStringConvertible {
        let description: String
    }

    /// The hook was set to another bot, or to none, since the bot was asked.
    struct HookChanged: Error {}

    static let tradesPerPage = 500
    /// Closed trades of one bot that are asked for at most.
    static let tradeLimit = 1_000_000
    private static let fillsPerBatch = 1000

    let services: Services
    let hook: HookRecord
    let source: any FreqtradeSource

    /// Throws what the source throws, `BadAnswer`, `ServiceError` and `StorageError`; what was
    /// stored by then stays stored.
    func run(_ inquiry: FreqtradeInquiry) async throws -> FreqtradePullReport {
        var report = FreqtradePullReport()
        switch inquiry {
        case .trade(let id):
            guard let bytes = try await source.trade(id) else { return report }
            try await store([try Self.json(bytes)], &report)
        case .recent:
            try await storeOpen(&report)
            let total = try await page(at: 0, limit: 1).total
            try await storeClosed(from: max(0, total - Self.tradesPerPage), &report)
        case .everything:
            try await storeOpen(&report)
            try await storeClosed(from: 0, &report)
        }
        return report
    }

    private func storeOpen(_ report: inout FreqtradePullReport) async throws {
        guard let trades = try Self.json(try await source.openTrades()).array else {
            throw BadAnswer(description: "the bot's list of open trades is no list")
        }
        try await store(trades, &report)
    }

    private func storeClosed(
        from start: Int, _ report: inout FreqtradePullReport
    ) async throws {
        var offset = start
        while offset < Self.tradeLimit {
            let page = try await page(at: offset, limit: Self.tradesPerPage)
            try await store(page.trades, &report)
            offset += page.trades.count
            if page.trades.isEmpty || offset >= page.total { return }
        }
    }

    private func page(
        at offset: Int, limit: Int
    ) async throws -> (trades: [JSONValue], total: Int) {
        let answer = try Self.json(
            try await source.closedTrades(limit: limit, offset: offset))
        guard let trades = answer["trades"]?.array else {
            throw BadAnswer(description: "the bot's answer has no list of trades")
        }
        let total = answer["total_trades"]?.integer ?? (offset + trades.count)
        return (trades, min(max(0, total), Self.tradeLimit))
    }

    private static func json(_ bytes: [UInt8]) throws(BadAnswer) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw BadAnswer(description: "the bot's answer is not JSON: \(error)")
        }
    }

    private func store(_ trades: [JSONValue], _ report: inout FreqtradePullReport) async throws {
        var fills: [FillReport] = []
        for json in trades {
            switch Result(catching: { () throws(FillRefusal) in try FreqtradeTrade(json) }) {
            case .success(let trade):
                for (order, fill) in trade.fills() where !cameAsMessage(order) {
                    switch fill {
                    case .success(let fill): fills.append(fill)
                    case .failure(let refusal):
                        report.refused += 1
                        try await keep(order.json, "order", order.id, refusal)
                    }
                }
            case .failure(let refusal):
                report.refused += 1
                try await keep(
                    json, "trade", json["trade_id"]?.integer.map(String.init), refusal)
            }
        }
        var rest = fills[...]
        while !rest.isEmpty {
            try await store(Array(rest.prefix(Self.fillsPerBatch)), &report)
            rest = rest.dropFirst(Self.fillsPerBatch)
        }
    }

    /// Before the hook had a bot its messages were fills of their own, under ids that tell nothing:
    /// what they told of would be stored a second time.
    private func cameAsMessage(_ order: FreqtradeOrder) -> Bool {
        guard let until = hook.weakUntil, let time = order.time else { return false }
        return time <= until
    }

    private func store(_ fills: [FillReport], _ report: inout FreqtradePullReport) async throws {
        let hook = hook
        let answer = try await services.trades.ingest(
            IngestRequest(fills: fills.map { .success($0) }, source: .broker), as: hook.authority
        ) { answer, tx, draw in
            try Hooks.noteFills(answer.accepted, of: hook.id, for: hook.caller, in: tx)
            if answer.accepted > 0 {
                // Its row is locked from here on: no message becomes a fill meanwhile.
                let now = try Hooks.with(id: hook.id, for: hook.caller, in: tx)
                guard now?.restBot == hook.restBot, now?.weakUntil == hook.weakUntil else {
                    throw HookChanged()
                }
            }
            guard try HookDeliveries.countQuarantined(for: hook.caller, in: tx) > 0 else { return }
            let stored = zip(fills, answer.outcomes).compactMap { fill, outcome in
                outcome.isStored ? fill.brokerOrderID?.text : nil
            }
            try HookDeliveries.settleStored(
                identities: stored.map { "order-\($0)" }, of: hook.id, now: draw.now,
                for: hook.caller, in: tx)
        }
        report.accepted += answer.accepted
        report.duplicates += answer.duplicates
        report.refused += answer.rejected
        for (fill, outcome) in zip(fills, answer.outcomes) {
            guard case .rejected(let refusal) = outcome else { continue }
            if refusal.isAboutFee, try await takeFee(of: fill) {
                report.refused -= 1
                report.duplicates += 1
                continue
            }
            let message = HookMessage(
                body: Array(fill.json.utf8), contentType: HookMessage.fillType,
                receivedAt: services.work.world.now())
            _ = try await services.quarantine.keep(
                message, identity: fill.brokerOrderID.map { "order-\($0)" }, for: refusal, hook,
                wasFetched: true)
        }
    }

    /// Freqtrade learns what an order cost after it has told of it. A fee that it states takes the
    /// place of the one that was stored, once: what was corrected since stays as it is. False where
    /// it can't.
    private func takeFee(of fill: FillReport) async throws -> Bool {
        let hook = hook
        let ids = [fill.brokerTradeID, fill.idBesideOtherSymbol].compactMap(\.self)
        let revisions = try await services.work.read { tx in
            try Trades.known(ids.map { (hook.portfolioID, $0) }, for: hook.caller, in: tx)
                .filter { $0.symbol == fill.symbol }.map(\.trade)
        }
        guard revisions.count == 1, let trade = revisions.first, !trade.isSuperseded else {
            return !revisions.isEmpty
        }
        do {
            _ = try await services.corrections.post(
                CorrectionRequest(
                    brokerTradeID: trade.fill.id, correctionID: ExactText("fee-\(trade.fill.id)"),
                    change: .correct(
                        CorrectedFigures(fee: fill.fee, feeCurrency: fill.feeCurrency)),
                    reason: "the fee as freqtrade states it now"),
                through: .hook,
                // Of whichever strategy: a file may have told of the order first.
                as: Authority(caller: hook.caller, portfolioID: hook.portfolioID))
            return true
        } catch is ServiceError {
            return false
        }
    }

    /// Keeps what makes no fill; without an id it is known by its content.
    private func keep(
        _ json: JSONValue, _ kind: String, _ id: String?, _ refusal: FillRefusal
    ) async throws {
        let body = Array(json.canonical.utf8.prefix(Limits.hookBodyBytes))
        let message = HookMessage(
            body: body, contentType: HookMessage.orderType,
            receivedAt: services.work.world.now())
        let identity = id.map { "\(kind)-\($0)" } ?? message.identity(of: hook)
        _ = try await services.quarantine.keep(
            message, identity: identity, for: refusal, hook, wasFetched: true)
    }
}

extension FillOutcome {
    /// Whether the ledger has the fill now, be it with another fee.
    fileprivate var isStored: Bool {
        switch self {
        case .accepted, .duplicate: true
        case .rejected(let refusal): refusal.isAboutFee
        }
    }
}

extension FillRefusal {
    /// Whether all but the fee agrees with what is known.
    fileprivate var isAboutFee: Bool {
        code == .conflict
            && (field == FillField.fee.rawValue || field == FillField.feeCurrency.rawValue)
    }
}
