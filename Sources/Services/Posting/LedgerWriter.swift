import Ledger
import Records
import Storage

/// Stores what postings made of holdings. Each touched row is written once; a fixed number of
/// statements, however many holdings.
struct LedgerWriter {
    let caller: Caller
    let tx: any Transaction
    /// The number that a trade has now that it is stored.
    let number: (TradeNumber) -> TradeNumber

    /// `holding` gives a holding the ids that its strategy and instrument have now; `renamed` are
    /// trades in whose place others stand now.
    func write(
        _ changes: [HoldingChange], renamed: [(TradeID, TradeID)] = [],
        holding stored: (HoldingKey) -> HoldingKey = { $0 }, _ draw: inout Draw
    ) throws {
        let unchanged = try clear(changes, renamed: renamed)
        try writeCampaigns(changes, except: unchanged, holding: stored, &draw)
        try writeLots(changes)
        try Trades.setDerived(changes.flatMap(\.moved), for: caller, in: tx)
        try writePositions(changes, holding: stored, &draw)
        try writeDays(changes, holding: stored)
    }

    /// Makes room for campaigns that are written anew. What keeps its opening trade, or a leg its
    /// first one, keeps its row. Returns the legs that are stored in campaigns that stay.
    private func clear(
        _ changes: [HoldingChange], renamed: [(TradeID, TradeID)]
    ) throws -> Set<LegRecord> {
        let replaced = changes.flatMap(\.replaced)
        guard !replaced.isEmpty else { return [] }
        try Legs.removeAllocations(of: replaced, for: caller, in: tx)
        try Lots.remove(of: replaced, for: caller, in: tx)
        var kept = Set(changes.flatMap { $0.journey.campaigns.keys.map(number) })
        var names: [TradeID: TradeID] = [:]
        for (trade, replacement) in renamed {
            try Campaigns.rename(trade, to: replacement, in: replaced, for: caller, in: tx)
            if replaced.contains(trade) { names[trade] = replacement }
        }
        let present = replaced.map { names[$0] ?? $0 }
        let gone = present.filter { !kept.contains(TradeNumber($0.raw)) }
        try Campaigns.remove(gone, for: caller, in: tx)
        kept.formIntersection(present.map { TradeNumber($0.raw) })
        let legs = Set(
            changes.flatMap { change in
                change.journey.legs.keys.map {
                    Journey.LegKey(campaign: number($0.campaign), first: number($0.first))
                }
            })
        let storedLegs = try Legs.all(of: kept.map { TradeID($0.raw) }, for: caller, in: tx)
        try Legs.remove(
            storedLegs.map { (campaign: $0.campaign, first: $0.leg.first) }
                .filter { !legs.contains(Journey.LegKey(campaign: $0.campaign, first: $0.first)) },
            for: caller, in: tx)
        return Set(storedLegs)
    }

    private func writeCampaigns(
        _ changes: [HoldingChange], except unchanged: Set<LegRecord>,
        holding stored: (HoldingKey) -> HoldingKey,
        _ draw: inout Draw
    ) throws {
        var campaigns: [(uid: String, record: CampaignRecord)] = []
        var legs: [(uid: String, record: LegRecord)] = []
        for change in changes {
            let multiplier = change.instrument.multiplier
            for row in change.journey.campaigns.values {
                campaigns.append(
                    (
                        draw.uid(),
                        CampaignRecord(
                            holding: stored(change.holding),
                            campaign: row.campaign.renumbered(number), source: row.source,
                            multiplier: multiplier)
                    ))
            }
            for (key, leg) in zip(change.journey.legs.keys, change.journey.legs.values) {
                let record = LegRecord(
                    campaign: number(key.campaign), number: leg.number,
                    leg: leg.leg.renumbered(number), multiplier: multiplier)
                // Made anew means all of it, also what follows from a record.
                if change.forgetsOtherDays || !unchanged.contains(record) {
                    legs.append((draw.uid(), record))
                }
            }
        }
        try Campaigns.put(campaigns, now: draw.now, for: caller, in: tx)
        try Legs.put(legs, now: draw.now, for: caller, in: tx)
        let allocations = changes.flatMap { change in
            change.journey.allocations.map {
                LegAllocation(
                    campaign: number($0.campaign), leg: number($0.leg), trade: number($0.trade),
                    quantity: $0.quantity)
            }
        }
        try Legs.insert(allocations, for: caller, in: tx)
    }

    private func writeLots(_ changes: [HoldingChange]) throws {
        var lots: [LotRecord] = []
        var open: [(campaign: TradeNumber, closure: LotClosure)] = []
        var closures: [LotClosureRecord] = []
        for change in changes {
            for record in change.journey.newLots.values {
                lots.append(
                    LotRecord(
                        campaign: number(record.campaign), lot: record.lot.renumbered(number)))
            }
            for lot in change.journey.changedLots.values {
                open.append((lot.campaign, lot.closure))
            }
            for closure in change.journey.closures {
                closures.append(closure.renumbered(number))
            }
        }
        try Lots.insert(lots, for: caller, in: tx)
        try Lots.setOpen(open, for: caller, in: tx)
        try Lots.insert(closures, for: caller, in: tx)
    }

    private func writePositions(
        _ changes: [HoldingChange], holding stored: (HoldingKey) -> HoldingKey,
        _ draw: inout Draw
    ) throws {
        var rows: [(uid: String, record: PositionRecord)] = []
        for change in changes {
            guard let position = change.position else {
                try Positions.remove(stored(change.holding), for: caller, in: tx)
                continue
            }
            rows.append(
                (
                    draw.uid(),
                    PositionRecord(
                        holding: stored(change.holding), position: position,
                        averagePrice: try position.averagePrice(
                            multiplier: change.instrument.multiplier))
                ))
        }
        try Positions.put(rows, for: caller, in: tx)
    }

    private func writeDays(
        _ changes: [HoldingChange], holding stored: (HoldingKey) -> HoldingKey
    ) throws {
        var rows: [DailyPnLRecord] = []
        var empty: [(HoldingKey, DailyPnL.Key)] = []
        for change in changes {
            let holding = stored(change.holding)
            if change.forgetsOtherDays {
                try DailyPnLRows.remove(holding, for: caller, in: tx)
            }
            let days = change.days.sorted {
                ($0.key.day, $0.key.currency) < ($1.key.day, $1.key.currency)
            }
            for (key, value) in days {
                if value.isEmpty {
                    empty.append((holding, key))
                } else {
                    rows.append(DailyPnLRecord(holding: holding, key: key, value: value))
                }
            }
        }
        try DailyPnLRows.remove(empty, for: caller, in: tx)
        try DailyPnLRows.put(rows, for: caller, in: tx)
    }
}
