import Ledger
import Records
import Storage

/// Which fills of a request are new and sound. Reads only; a fixed number of statements, however
/// many fills.
struct FillSelection {
    let scope: IngestScope
    /// By index of the request; an accepted one may still be refused by the posting.
    private(set) var outcomes: [FillOutcome?]
    private(set) var candidates: [Candidate] = []
    /// Of candidates that others of the request contradict.
    private(set) var contradicted: [String] = []
    private let caller: Caller
    private let source: TradeSource

    private struct Placed {
        let index: Int
        var report: FillReport
        let portfolio: Portfolio
        let strategy: IngestScope.StrategyPlace

        var key: TradeKey {
            TradeKey(portfolioID: portfolio.id, brokerTradeID: report.brokerTradeID)
        }

        var keyBesideOtherSymbol: TradeKey? {
            report.idBesideOtherSymbol.map {
                TradeKey(portfolioID: portfolio.id, brokerTradeID: $0)
            }
        }

        /// Takes its other id where its own is known of other symbols alone.
        mutating func stepAside(from known: [TradeKey: [KnownTrade]]) {
            guard let id = report.idBesideOtherSymbol, let trades = known[key],
                trades.allSatisfy({ $0.symbol != report.symbol })
            else { return }
            report.brokerTradeID = id
        }
    }

    /// `refused` are fills that did not fit when it was tried with them.
    init(
        _ request: IngestRequest, without refused: Set<Int> = [], _ authority: Authority,
        in tx: any Transaction, _ draw: inout Draw
    ) throws {
        caller = authority.caller
        source = request.source
        // A stream or a file may have begun before the membership ended.
        if !request.isFromGateway { try caller.requireMember(in: tx) }
        scope = try IngestScope(
            request.fills, portfolio: request.portfolio, strategy: request.strategy, authority,
            in: tx)
        outcomes = Array(repeating: nil, count: request.fills.count)
        let placed = place(request.fills).filter { !refused.contains($0.index) }
        for index in refused { outcomes[index] = .rejected(.positionOutOfRange) }
        let keys = Set(placed.map(\.key)).union(placed.lazy.compactMap(\.keyBesideOtherSymbol))
        var known = try knownTrades(keys, in: tx)
        var instruments = try InstrumentBook(symbols: Set(placed.map(\.report.symbol)), in: tx)
        for var placed in placed {
            placed.stepAside(from: known)
            if let trade = known[placed.key] {
                let outcome = placed.report.outcome(against: trade, strategy: placed.strategy)
                if case .rejected = outcome, let uid = trade.last?.uid { contradicted.append(uid) }
                outcomes[placed.index] = outcome
                continue
            }
            do throws(FillRefusal) {
                let candidate = try candidate(placed, &instruments, uid: draw.uid())
                candidates.append(candidate)
                outcomes[placed.index] = .accepted(tradeUID: candidate.tradeUID)
                known[placed.key] = [
                    KnownTrade(
                        uid: candidate.tradeUID, symbol: placed.report.symbol,
                        strategyID: placed.strategy.id, fill: candidate.fill)
                ]
            } catch {
                outcomes[placed.index] = .rejected(error)
            }
        }
    }

    private mutating func place(_ fills: [Result<FillReport, FillRefusal>]) -> [Placed] {
        var placed: [Placed] = []
        placed.reserveCapacity(fills.count)
        for (index, fill) in fills.enumerated() {
            do throws(FillRefusal) {
                let report = try fill.get()
                placed.append(
                    Placed(
                        index: index, report: report, portfolio: try scope.portfolio(for: report),
                        strategy: try scope.strategy(for: report)))
            } catch {
                outcomes[index] = .rejected(error)
            }
        }
        return placed
    }

    /// Every revision of the trades that are known, the one that is in force last.
    private func knownTrades(
        _ keys: Set<TradeKey>, in tx: any Transaction
    ) throws -> [TradeKey: [KnownTrade]] {
        let stored = try Trades.known(
            keys.map { ($0.portfolioID, $0.brokerTradeID) }, for: caller, in: tx)
        return stored.sorted { $0.trade.revision < $1.trade.revision }.reduce(into: [:]) {
            let (trade, symbol) = $1
            let key = TradeKey(
                portfolioID: trade.holding.portfolioID, brokerTradeID: trade.fill.id)
            $0[key, default: []].append(
                KnownTrade(
                    uid: trade.uid, symbol: symbol, strategyID: trade.holding.strategyID,
                    fill: trade.fill))
        }
    }

    private func candidate(
        _ placed: Placed, _ instruments: inout InstrumentBook, uid: String
    ) throws(FillRefusal) -> Candidate {
        let report = placed.report
        let found = try instruments.resolve(report)
        let instrument = found.record.instrument
        if report.price.isNegative, instrument.assetType != .future {
            throw FillRefusal(
                code: .invalidField, field: "price",
                detail: "expected a price of at least 0: only futures trade below it")
        }
        do throws(LedgerError) {
            let fill = try Fill(
                id: report.brokerTradeID, side: report.side, quantity: report.quantity,
                price: report.price, multiplier: instrument.multiplier, fee: report.fee ?? .zero,
                feeCurrency: report.feeCurrency ?? instrument.currency, time: report.execTime,
                orderID: report.brokerOrderID)
            if found.isInvented { instruments.keep(found.record) }
            return Candidate(
                index: placed.index, tradeUID: uid, report: report,
                holding: HoldingKey(
                    portfolioID: placed.portfolio.id, instrumentID: found.record.id,
                    strategyID: placed.strategy.id),
                instrument: instrument, fill: fill, source: source)
        } catch {
            throw FillRefusal(
                code: .outOfRange, field: "quantity",
                detail: "price × quantity × multiplier does not fit 18 decimals below 1.7e20")
        }
    }
}
