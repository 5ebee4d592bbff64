import Ledger
import Records

/// A row of a holding.
struct Placed<Row> {
    let holding: HoldingKey
    let row: Row
}

/// What is left of a lot.
struct OpenLot: Hashable {
    let campaign: TradeNumber
    let trade: TradeNumber
    let quantity: Decimal
    let cost: Decimal

    init(_ campaign: TradeNumber, _ lot: Lot) {
        self.campaign = campaign
        trade = lot.trade
        quantity = lot.openQuantity
        cost = lot.openCost
    }
}

/// The rows that a stretch of trades comes to: those of legs and campaigns as soon as nothing can
/// change them any more.
struct ExpectedRows {
    /// The campaigns' trades that are here: from which to which.
    private(set) var tradesByCampaign: [TradeNumber: ClosedRange<Int64>] = [:]
    private(set) var allocations: [Placed<LegAllocation>] = []
    private(set) var closures: [Placed<LotClosureRecord>] = []
    private(set) var lots: [Placed<OpenedLot>] = []
    private(set) var legs: [Placed<LegFigures>] = []
    private(set) var campaigns: [Placed<CampaignFigures>] = []

    /// `before` is the campaign that was open before the posting, `source` of the trade that
    /// opened it.
    mutating func add(
        _ posting: Posting, of trade: TradeRecord, after before: Campaign?, _ source: TradeSource?,
        multiplier: Decimal
    ) throws(LedgerError) {
        let holding = trade.holding
        if let step = posting.closing {
            add(step, of: posting, holding)
            closures += posting.closures.map {
                Placed(
                    holding: holding,
                    row: LotClosureRecord(
                        campaign: step.campaign.opening, trade: posting.number, closure: $0))
            }
        }
        if let step = posting.opening {
            add(step, of: posting, holding)
            if let lot = posting.lot {
                lots.append(
                    Placed(
                        holding: holding,
                        row: OpenedLot(campaign: step.campaign.opening, lot: lot)))
            }
        }
        if let before, let after = posting.closing?.campaign ?? posting.opening?.campaign,
            after.legCount > before.legCount
        {
            try addLeg(before.leg, before.legCount, of: before.opening, holding, multiplier)
        }
        if let campaign = posting.closing?.campaign, !campaign.isOpen {
            try addLeg(campaign.leg, campaign.legCount, of: campaign.opening, holding, multiplier)
            try addCampaign(campaign, source ?? trade.source, holding, multiplier)
        }
    }

    private mutating func add(_ step: Posting.Step, of posting: Posting, _ holding: HoldingKey) {
        let campaign = step.campaign
        let trade = posting.number.raw
        let known = tradesByCampaign[campaign.opening] ?? trade...trade
        tradesByCampaign[campaign.opening] =
            min(known.lowerBound, trade)...max(known.upperBound, trade)
        allocations.append(
            Placed(
                holding: holding,
                row: LegAllocation(
                    campaign: campaign.opening, leg: campaign.leg.first, trade: posting.number,
                    quantity: step.quantity)))
    }

    /// What a holding has open at the end.
    mutating func addOpen(
        _ book: HoldingBook, _ holding: HoldingKey, multiplier: Decimal
    ) throws(LedgerError) {
        guard let campaign = book.holding.campaign, let source = book.source else { return }
        try addLeg(campaign.leg, campaign.legCount, of: campaign.opening, holding, multiplier)
        try addCampaign(campaign, source, holding, multiplier)
    }

    private mutating func addLeg(
        _ leg: Leg, _ number: Int, of campaign: TradeNumber, _ holding: HoldingKey,
        _ multiplier: Decimal
    ) throws(LedgerError) {
        legs.append(
            Placed(
                holding: holding,
                row: try LegFigures(
                    LegRecord(
                        campaign: campaign, number: number, leg: leg, multiplier: multiplier))))
    }

    private mutating func addCampaign(
        _ campaign: Campaign, _ source: TradeSource, _ holding: HoldingKey, _ multiplier: Decimal
    ) throws(LedgerError) {
        campaigns.append(
            Placed(
                holding: holding,
                row: try CampaignFigures(
                    CampaignRecord(
                        holding: holding, campaign: campaign, source: source,
                        multiplier: multiplier))))
    }
}
