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
        return (trades, total)
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
                for (order, fill) in trade.fills() {
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

    private func store(_ fills: [FillReport], _ report: inout FreqtradePullReport) async throws {
        let hook = hook
        let answer = try await services.trades.ingest(
            IngestRequest(fills: fills.map { .success($0) }, source: .broker), as: hook.authority
        ) { answer, tx, draw in
            try Hooks.noteFills(answer.accepted, of: hook.id, for: hook.caller, in: tx)
            guard answer.accepted > 0,
                try HookDeliveries.countQuarantined(for: hook.caller, in: tx) > 0
            else { return }
            let stored = zip(fills, answer.outcomes).compactMap { fill, outcome in
                if case .accepted = outcome { fill.brokerOrderID?.text } else { nil }
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
            let message = HookMessage(
                body: Array(fill.json.utf8), contentType: HookMessage.fillType,
                receivedAt: services.work.world.now())
            _ = try await services.quarantine.keep(
                message, identity: fill.brokerOrderID.map { "order-\($0)" }, for: refusal, hook,
                wasFetched: true)
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
        let identity = id.map { "\(kind)-\($0)" } ?? message.identity(of: .freqtrade)
        _ = try await services.quarantine.keep(
            message, identity: identity, for: refusal, hook, wasFetched: true)
    }
}
