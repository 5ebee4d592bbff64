import Ledger
import Records

/// The rows of campaigns, legs and lots that postings to one holding touched, each as it stands
/// after the last of them.
struct Journey {
    struct LegKey: Hashable {
        let campaign: TradeNumber
        let first: TradeNumber
    }

    /// Of a lot that was stored before: what is left of it.
    struct OpenLot {
        let campaign: TradeNumber
        let closure: LotClosure
    }

    /// Oldest first.
    private(set) var campaigns = OrderedTable<TradeNumber, CampaignRow>()
    private(set) var legs = OrderedTable<LegKey, (number: Int, leg: Leg)>()
    private(set) var allocations: [LegAllocation] = []
    private(set) var newLots = OrderedTable<TradeNumber, LotRecord>()
    private(set) var changedLots = OrderedTable<TradeNumber, OpenLot>()
    private(set) var closures: [LotClosureRecord] = []

    struct CampaignRow {
        var campaign: Campaign
        let source: TradeSource
    }

    /// `source` is the posted trade's, `openCampaign` that of the one that opened what is open.
    mutating func note(_ posting: Posting, source: TradeSource, of openCampaign: TradeSource?) {
        if posting.closing != nil { noteClosing(posting, of: openCampaign ?? source) }
        if let step = posting.opening {
            let opener = posting.effect == .add ? openCampaign ?? source : source
            note(step.campaign, step.quantity, of: posting.number, opener)
            if let lot = posting.lot {
                newLots[lot.trade] = LotRecord(campaign: step.campaign.opening, lot: lot)
            }
        }
    }

    /// What a posting did to the campaign that it reduced.
    mutating func noteClosing(_ posting: Posting, of source: TradeSource) {
        guard let step = posting.closing else { return }
        note(step.campaign, step.quantity, of: posting.number, source)
        let campaign = step.campaign.opening
        for closure in posting.closures {
            closures.append(
                LotClosureRecord(campaign: campaign, trade: posting.number, closure: closure))
            if let record = newLots[closure.lot] {
                newLots[closure.lot] = LotRecord(
                    campaign: campaign, lot: record.lot.after(closure))
            } else {
                changedLots[closure.lot] = OpenLot(campaign: campaign, closure: closure)
            }
        }
    }

    /// What a trade through zero opened, told by the holding right after it.
    mutating func noteOpening(_ holding: Holding, source: TradeSource) {
        guard let campaign = holding.campaign else { return }
        note(campaign, campaign.openingQuantity, of: campaign.opening, source)
        for lot in holding.lots.open {
            newLots[lot.trade] = LotRecord(campaign: campaign.opening, lot: lot)
        }
    }

    private mutating func note(
        _ campaign: Campaign, _ quantity: Decimal, of trade: TradeNumber, _ source: TradeSource
    ) {
        let kept = campaigns[campaign.opening]?.source ?? source
        campaigns[campaign.opening] = CampaignRow(campaign: campaign, source: kept)
        legs[LegKey(campaign: campaign.opening, first: campaign.leg.first)] = (
            campaign.legCount, campaign.leg
        )
        allocations.append(
            LegAllocation(
                campaign: campaign.opening, leg: campaign.leg.first, trade: trade,
                quantity: quantity))
    }
}

/// Values by key, in the order in which their keys first came.
struct OrderedTable<Key: Hashable, Value> {
    private(set) var keys: [Key] = []
    private(set) var values: [Value] = []
    private var places: [Key: Int] = [:]

    subscript(key: Key) -> Value? {
        get { places[key].map { values[$0] } }
        set {
            guard let newValue else { return }
            if let place = places[key] {
                values[place] = newValue
            } else {
                places[key] = values.count
                keys.append(key)
                values.append(newValue)
            }
        }
    }
}
