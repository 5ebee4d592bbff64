import Ledger
import Records
import Storage

/// What the selected fills make of holdings, days and orders. Reads only; a fixed number of
/// statements, however many fills.
struct FillPosting {
    private(set) var outcomes: [FillOutcome?]
    /// What is to be stored, in the order of the request.
    private(set) var accepted: [Candidate] = []
    /// The holdings that accepted fills touch, in the order in which the request does.
    private(set) var books: [(holding: HoldingKey, book: HoldingBook)] = []
    /// Holdings that were replayed from their trades: all their days are written anew.
    private(set) var rebuilt: [HoldingKey] = []
    private(set) var orders: OrderBook
    /// Known trades whose realized P&L moves because a fill came late.
    private(set) var movedPnL: [(TradeID, Decimal)] = []
    private let caller: Caller
    /// Trades that were not to be, by their uid.
    private var refusedUIDs: Set<String> = []

    init(_ selection: FillSelection, for caller: Caller, in tx: any Transaction) throws {
        self.caller = caller
        outcomes = selection.outcomes
        orders = try OrderBook(selection.candidates, for: caller, in: tx)
        let byHolding = Dictionary(grouping: selection.candidates, by: \.holding)
        let stored = Dictionary(
            try Positions.with(
                byHolding.keys.filter { $0.instrumentID.raw > 0 }, for: caller, in: tx
            ).map { ($0.holding, $0.position) }
        ) { first, _ in first }
        let late = byHolding.filter { holding, candidates in
            guard let last = stored[holding]?.lastFill else { return false }
            return candidates.contains { $0.fill.order < last }
        }
        let days = try storedDays(
            byHolding.filter { late[$0.key] == nil && stored[$0.key] != nil }, in: tx)
        let histories = Dictionary(
            grouping: try Trades.history(of: late.keys, for: caller, in: tx), by: \.holding)
        for (holding, candidates) in byHolding.sorted(by: { $0.value[0].index < $1.value[0].index })
        {
            if let history = histories[holding] {
                rebuild(holding, history, candidates)
            } else {
                extend(
                    holding, stored[holding] ?? Position(), days[holding] ?? [:], candidates)
            }
        }
        accepted.sort { $0.index < $1.index }
        refuseRepeats()
    }

    private func storedDays(
        _ byHolding: [HoldingKey: [Candidate]], in tx: any Transaction
    ) throws -> [HoldingKey: [DailyPnL.Key: DailyPnL]] {
        let keys = byHolding.flatMap { holding, candidates in
            candidates.reduce(into: Set<DailyPnL.Key>()) {
                $0.formUnion(HoldingBook.dayKeys(of: $1.fill, in: $1.instrument))
            }.map { (holding, $0) }
        }
        return try DailyPnLRows.with(keys, for: caller, in: tx).reduce(into: [:]) {
            $0[$1.holding, default: [:]][$1.key] = $1.value
        }
    }
}

extension FillPosting {
    /// Fills that all come after what is stored are posted on top of it.
    private mutating func extend(
        _ holding: HoldingKey, _ position: Position, _ days: [DailyPnL.Key: DailyPnL],
        _ candidates: [Candidate]
    ) {
        var book = HoldingBook(
            of: candidates[0].instrument, holding: Holding(position: position), days: days)
        let countBefore = accepted.count
        for var candidate in candidates.sorted(by: { $0.fill.order < $1.fill.order }) {
            do throws(LedgerError) {
                try candidate.post(to: &book, &orders)
                accepted.append(candidate)
            } catch {
                refuse(candidate)
            }
        }
        if accepted.count > countBefore { books.append((holding, book)) }
    }

    /// A late fill: the holding is replayed in the order of truth, as if all had come in time.
    private mutating func rebuild(
        _ holding: HoldingKey, _ history: [TradeRecord], _ candidates: [Candidate]
    ) {
        let known = history.sorted { $0.fill.order < $1.fill.order }
        var sound: [Candidate] = []
        var replay: Replay?
        // Where something does not fit, halving finds the fills that make it so without a replay
        // for each of the others.
        var waiting = [candidates[...]]
        while let part = waiting.popLast() {
            if let next = try? Replay(known, sound + part, orders) {
                replay = next
                sound += part
            } else if part.count == 1 {
                refuse(part[part.startIndex])
            } else {
                let middle = part.startIndex + part.count / 2
                waiting += [part[middle...], part[..<middle]]
            }
        }
        guard let replay else { return }
        accepted += replay.candidates
        orders = replay.orders
        books.append((holding, replay.book))
        rebuilt.append(holding)
        movedPnL += replay.movedPnL
    }

    private mutating func refuse(_ candidate: Candidate) {
        refusedUIDs.insert(candidate.tradeUID)
        outcomes[candidate.index] = .rejected(.positionOutOfRange)
    }

    /// What repeats a refused fill within the request is no better than it.
    private mutating func refuseRepeats() {
        guard !refusedUIDs.isEmpty else { return }
        for index in outcomes.indices {
            if case .duplicate(let uid)? = outcomes[index], refusedUIDs.contains(uid) {
                outcomes[index] = .rejected(.positionOutOfRange)
            }
        }
    }
}

extension FillRefusal {
    fileprivate static let positionOutOfRange = FillRefusal(
        code: .outOfRange, field: "quantity",
        detail: "the position would not fit 18 decimals below 1.7e20")
}

/// A holding played again from its first trade, with new fills among the known ones.
private struct Replay {
    private(set) var book: HoldingBook
    private(set) var orders: OrderBook
    private(set) var candidates: [Candidate]
    private(set) var movedPnL: [(TradeID, Decimal)] = []

    /// `known` stands in the order of truth. Throws `LedgerError.outOfRange` where it does not fit.
    init(
        _ known: [TradeRecord], _ new: [Candidate], _ orders: OrderBook
    ) throws(LedgerError) {
        book = HoldingBook(of: new[0].instrument)
        self.orders = orders
        candidates = new.sorted { $0.fill.order < $1.fill.order }
        var next = 0
        for trade in known {
            while next < candidates.count, candidates[next].fill.order < trade.fill.order {
                try candidates[next].post(to: &book, &self.orders)
                next += 1
            }
            let realized = try book.post(trade.fill)
            if realized != trade.realizedPnL { movedPnL.append((trade.id, realized)) }
        }
        while next < candidates.count {
            try candidates[next].post(to: &book, &self.orders)
            next += 1
        }
    }
}
