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
    private(set) var changes: [HoldingChange] = []
    private(set) var orders: OrderBook
    private let caller: Caller
    /// What did not fit, by index of the request.
    private(set) var refused: Set<Int> = []
    /// Trades that were not to be, by their uid.
    private var refusedUIDs: Set<String> = []

    init(_ selection: FillSelection, for caller: Caller, in tx: any Transaction) throws {
        self.caller = caller
        outcomes = selection.outcomes
        orders = try OrderBook(selection.candidates, for: caller, in: tx)
        let byHolding = Dictionary(grouping: selection.candidates, by: \.holding)
        let portfolios = PortfolioRules(try Portfolios.all(for: caller, in: tx))
        let positions = Dictionary(
            try Positions.with(
                byHolding.keys.filter { $0.instrumentID.raw > 0 }, for: caller, in: tx
            ).map { ($0.holding, $0) }
        ) { first, _ in first }
        let stored = try StoredHoldings(
            positions.values.filter { !portfolios.isRebuildDue($0.holding.portfolioID) },
            for: byHolding, portfolios.rules, for: caller, in: tx)
        let days = try storedDays(byHolding.filter { positions[$0.key] != nil }, in: tx)
        for (holding, candidates) in byHolding.sorted(by: { $0.value[0].index < $1.value[0].index })
        {
            let rules = portfolios.rules(holding.portfolioID)
            let additions = candidates.sorted { $0.fill.order < $1.fill.order }
            guard let position = positions[holding]?.position else {
                extend(
                    holding, StoredHoldings.Entry(holding: Holding(rules), source: nil), [:],
                    additions)
                continue
            }
            if let entry = stored[holding] {
                if let last = position.lastFill, additions[0].fill.order < last {
                    let start = try HoldingRebuild.start(
                        of: holding, at: additions[0].fill.order, without: [], for: caller, in: tx)
                    try rebuild(start, position, rules, additions)
                } else {
                    extend(holding, entry, days[holding] ?? [:], additions)
                }
            } else {
                try rebuild(
                    HoldingRebuild.beginning(of: holding, for: caller, in: tx), nil, rules,
                    additions)
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
        _ holding: HoldingKey, _ entry: StoredHoldings.Entry,
        _ days: [DailyPnL.Key: DailyPnL], _ candidates: [Candidate]
    ) {
        let instrument = candidates[0].instrument
        var book = HoldingBook(
            of: instrument, holding: entry.holding, source: entry.source, days: days)
        var journey = Journey()
        let countBefore = accepted.count
        for var candidate in candidates {
            do throws(LedgerError) {
                try candidate.post(to: &book, &journey, &orders)
                accepted.append(candidate)
            } catch {
                refuse(candidate)
            }
        }
        guard accepted.count > countBefore else { return }
        changes.append(
            HoldingChange(
                holding: holding, instrument: instrument, position: book.holding.position,
                days: book.days, journey: journey))
    }

    /// A late fill: the holding is posted anew around it, as if all had come in time. Without
    /// `position` all of it is, whatever is stored.
    private mutating func rebuild(
        _ start: HoldingRebuild.Start, _ position: Position?, _ rules: HoldingRules,
        _ candidates: [Candidate]
    ) throws {
        var sound: [Candidate] = []
        var best: (rebuild: HoldingRebuild, orders: OrderBook, candidates: [Candidate])?
        // Where something does not fit, halving finds the fills that make it so without a replay
        // for each of the others.
        var waiting = [candidates[...]]
        while let part = waiting.popLast() {
            do {
                let tried = (sound + part).sorted { $0.fill.order < $1.fill.order }
                best = try attempt(start, position, rules, tried)
                sound += part
            } catch is LedgerError {
                if part.count == 1 {
                    refuse(part[part.startIndex])
                } else {
                    let middle = part.startIndex + part.count / 2
                    waiting += [part[middle...], part[..<middle]]
                }
            }
        }
        guard let best else { return }
        accepted += best.candidates
        orders = best.orders
        changes.append(best.rebuild.change)
    }

    private func attempt(
        _ start: HoldingRebuild.Start, _ position: Position?, _ rules: HoldingRules,
        _ candidates: [Candidate]
    ) throws -> (HoldingRebuild, OrderBook, [Candidate]) {
        var orders = orders
        var placed = candidates
        for index in placed.indices {
            guard let order = try orders.progress(with: placed[index]) else { continue }
            orders.note(order.progress, of: order.id)
            placed[index].orderID = order.id
        }
        let rebuild = try HoldingRebuild(
            start, of: candidates[0].instrument, rules, position: position,
            adding: candidates.map {
                HoldingRebuild.Addition(fill: $0.fill, number: $0.number, source: $0.source)
            })
        for index in placed.indices {
            if let derived = rebuild.derived[placed[index].number] {
                placed[index].derived = derived
            }
        }
        return (rebuild, orders, placed)
    }

    private mutating func refuse(_ candidate: Candidate) {
        refused.insert(candidate.index)
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

    /// Whether a fill was refused for another one's sake that is not to be itself.
    func refutes(_ conflicts: some Sequence<String>) -> Bool {
        !refusedUIDs.isEmpty && conflicts.contains { refusedUIDs.contains($0) }
    }
}

extension FillRefusal {
    static let positionOutOfRange = FillRefusal(
        code: .outOfRange, field: "quantity",
        detail: "the position would not fit 18 decimals below 1.7e20")
}

/// By what rules the holdings of a user's portfolios are kept.
struct PortfolioRules {
    private let portfolios: [PortfolioID: Portfolio]

    init(_ portfolios: [Portfolio]) {
        self.portfolios = Dictionary(portfolios.map { ($0.id, $0) }) { first, _ in first }
    }

    func rules(_ id: PortfolioID) -> HoldingRules { portfolios[id]?.rules ?? HoldingRules() }

    func isRebuildDue(_ id: PortfolioID) -> Bool { portfolios[id]?.isRebuildDue ?? false }
}
