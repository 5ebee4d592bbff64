import Ledger
import Records
import Storage

/// Holdings as they are stored, with as many of their open lots as the fills to come can reach.
struct StoredHoldings {
    struct Entry {
        let holding: Holding
        /// Of the trade that opened what is open.
        let source: TradeSource?
    }

    /// How many lots are asked for at first; what needs more asks again.
    private static let firstLots = 64

    private var entries: [HoldingKey: Entry] = [:]
    /// Those whose position is not flat, but without a campaign and lots that agree with it: they
    /// have to be rebuilt before they can be built upon.
    private(set) var incomplete: Set<HoldingKey> = []

    /// Loads `positions` with what belongs to them; `fills` are those that are to be posted.
    init(
        _ positions: [PositionRecord], for fills: [HoldingKey: [Candidate]],
        _ rules: (PortfolioID) -> HoldingRules, for caller: Caller, in tx: any Transaction
    ) throws {
        let held = positions.filter { !$0.position.isFlat }
        let campaigns = Dictionary(
            try Campaigns.open(of: held.map(\.holding), for: caller, in: tx)
                .map { ($0.holding, $0) }
        ) { first, _ in first }
        var reaches: [Reach] = []
        for record in positions {
            let rules = rules(record.holding.portfolioID)
            guard !record.position.isFlat else {
                entries[record.holding] = Entry(
                    holding: Holding(
                        rules, position: record.position, lots: LotBook(rules.lotMethod),
                        campaign: nil), source: nil)
                continue
            }
            guard let campaign = campaigns[record.holding] else {
                incomplete.insert(record.holding)
                continue
            }
            reaches.append(
                Reach(record, campaign, rules, by: fills[record.holding] ?? []))
        }
        try load(reaches, for: caller, in: tx)
    }

    subscript(holding: HoldingKey) -> Entry? { entries[holding] }

    private mutating func load(
        _ reaches: [Reach], for caller: Caller, in tx: any Transaction
    ) throws {
        var waiting = reaches
        var limit = StoredHoldings.firstLots
        while !waiting.isEmpty {
            let byMethod = Dictionary(grouping: waiting, by: \.rules.lotMethod)
            waiting = []
            for (method, reaches) in byMethod {
                let lots = Dictionary(
                    grouping: try Lots.next(
                        method, of: reaches.map { TradeID($0.campaign.campaign.opening.raw) },
                        limit: limit, for: caller, in: tx), by: \.campaign)
                for reach in reaches {
                    let loaded = lots[reach.campaign.campaign.opening] ?? []
                    switch reach.judge(loaded.map(\.lot), limit: limit) {
                    case .enough(let holding):
                        entries[reach.record.holding] = Entry(
                            holding: holding, source: reach.campaign.source)
                    case .more: waiting.append(reach)
                    case .incomplete: incomplete.insert(reach.record.holding)
                    }
                }
            }
            limit *= 8
        }
    }
}

/// How far the fills to come can reach into the open lots of a holding.
private struct Reach {
    enum Judgement {
        case enough(Holding)
        case more
        case incomplete
    }

    let record: PositionRecord
    let campaign: CampaignRecord
    let rules: HoldingRules
    private let needed: Decimal

    init(
        _ record: PositionRecord, _ campaign: CampaignRecord, _ rules: HoldingRules,
        by fills: [Candidate]
    ) {
        self.record = record
        self.campaign = campaign
        self.rules = rules
        let held = record.position.quantity
        let closing: Side = held.isNegative ? .buy : .sell
        var needed = Decimal.zero
        for candidate in fills where candidate.fill.side == closing {
            // What does not fit is more than all that is held.
            needed = (try? needed + candidate.fill.quantity) ?? held.magnitude
        }
        self.needed = min(needed, held.magnitude)
    }

    func judge(_ lots: [Lot], limit: Int) -> Judgement {
        let held = record.position.quantity.magnitude
        guard let sum = try? lots.reduce(Decimal.zero, { try $0 + $1.openQuantity }), sum <= held
        else { return .incomplete }
        let isWhole = sum == held
        guard isWhole || sum >= needed else { return lots.count < limit ? .incomplete : .more }
        guard isWhole || lots.count >= limit else { return .incomplete }
        return .enough(
            Holding(
                rules, position: record.position,
                lots: LotBook(rules.lotMethod, loaded: lots, isWhole: isWhole),
                campaign: campaign.campaign))
    }
}
