import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A trade that somebody typed in; its content is the FILL.
    static let trade = ActionKind(
        name: "trade",
        title: { ManualTrade($0)?.title ?? "a trade" },
        perform: { action, services, caller in
            guard var trade = ManualTrade(action) else {
                throw ServiceError.foreignAction
            }
            // The token makes a repetition a duplicate.
            trade.report.brokerTradeID = ExactText("manual-\(action.token)")
            let uid = try await trade.store(services, caller)
            let held = try await trade.held(services, caller)
            let bytes = JSONWriter.object { result in
                result.write("trade_uid", uid)
                result.write("quantity", held)
            }
            return String(decoding: bytes, as: UTF8.self)
        },
        facts: { action, resultJSON in
            let result = try? JSONValue(parsing: resultJSON)
            var facts = ManualTrade(action)?.facts ?? []
            if let quantity = result?["quantity"]?.decimal {
                facts.append(Fact("Position", .decimal(quantity)))
            }
            if let uid = result?["trade_uid"]?.string {
                facts.append(Fact("Trade", .code(uid)))
            }
            return facts
        })
}

/// A trade on its way from a message into the ledger.
struct ManualTrade: Sendable {
    /// Tells everything of its instrument, so that it means the same one whenever it is confirmed.
    var report: FillReport

    init(_ report: FillReport) { self.report = report }

    init?(_ action: PendingAction) {
        let content = FillReader.fill(fromJSONLine: Array(action.contentJSON.utf8)[...])
        guard let report = try? content.get() else { return nil }
        self.report = report
    }

    var title: String {
        "\(report.side.rawValue) \(report.quantity) \(shownName) at \(report.price)"
    }

    private var shownName: String {
        report.option.map(\.shownName) ?? report.symbol.text
    }

    /// What is known of it without looking into the ledger.
    var facts: [Fact] {
        var facts = [
            Fact("Instrument", .text(instrumentWords)), Fact("Side", .text(report.side.rawValue)),
            Fact("Quantity", .decimal(report.quantity)), Fact("Price", .decimal(report.price)),
        ]
        if let fill {
            facts.append(
                Fact("Notional", "\(fill.notional) \(report.currency ?? fill.feeCurrency)"))
            facts.append(
                Fact("Fee", fill.fee.isZero ? "none" : "\(fill.fee) \(fill.feeCurrency)"))
        }
        facts.append(Fact("Time", .time(report.execTime)))
        if let portfolio = report.portfolio {
            facts.append(Fact("Portfolio", .text(portfolio.text)))
        }
        if case .named(let strategy) = report.strategy {
            facts.append(Fact("Strategy", .text(strategy.description)))
        }
        if let reason = report.reason { facts.append(Fact("Reason", .text(reason))) }
        return facts
    }

    /// Nil where its notional does not fit.
    private var fill: Fill? {
        guard let currency = report.feeCurrency ?? report.currency else { return nil }
        return try? Fill(
            id: report.brokerTradeID, side: report.side, quantity: report.quantity,
            price: report.price, multiplier: report.multiplier ?? .one, fee: report.fee ?? .zero,
            feeCurrency: currency, time: report.execTime)
    }

    private var instrumentWords: String {
        let parts = [
            shownName, report.assetType?.rawValue, report.currency?.code, report.exchange?.text,
            report.multiplier.flatMap { $0 == .one ? nil : "× \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// What is held of the instrument in the trade's portfolio and strategy.
    func held(_ services: Services, _ caller: Caller) async throws -> Decimal {
        let positions = try await services.positions.snapshot(
            portfolio: report.portfolio, for: Authority(caller: caller))
        let strategy: ExactText? =
            if case .named(let reference) = report.strategy {
                ExactText(reference.description)
            } else {
                nil
            }
        let position = positions.first { view in
            let instrument = view.listing.instrument.instrument
            return instrument.symbol == report.symbol && instrument.exchange == report.exchange
                && instrument.assetType == report.assetType
                && instrument.currency == report.currency && instrument.option == report.option
                && view.listing.strategy == strategy
        }
        return position?.listing.position.quantity ?? .zero
    }

    /// Stores it, once for its id, and returns the trade's uid. Throws `FillRefusal`,
    /// `ServiceError` and what storage throws.
    func store(_ services: Services, _ caller: Caller) async throws -> String {
        try await ingest(isDryRun: false, services, caller)
    }

    /// Throws the `FillRefusal` or `ServiceError` that storing it would end in.
    func rehearse(_ services: Services, _ caller: Caller) async throws {
        _ = try await ingest(isDryRun: true, services, caller)
    }

    private func ingest(
        isDryRun: Bool, _ services: Services, _ caller: Caller
    ) async throws -> String {
        let answer = try await services.trades.ingest(
            IngestRequest(fills: [.success(report)], isDryRun: isDryRun, source: .manual),
            as: Authority(caller: caller))
        switch answer.outcomes.first {
        case .accepted(let uid), .duplicate(let uid): return uid
        case .rejected(let refusal): throw refusal
        case nil:
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", detail: "the trade did not reach the ledger")
        }
    }
}
