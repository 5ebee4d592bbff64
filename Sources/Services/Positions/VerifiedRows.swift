import Ledger
import Records

extension LegAllocation: VerifiedRow {
    static var table: String { "leg_trade_map" }
    var key: Pair { Pair(campaign, trade) }
    var name: String { "trade \(trade.raw) of campaign \(campaign.raw)" }
    var figures: [(name: String, value: String)] {
        [("first_trade_id", "\(leg.raw)"), ("allocated_qty", quantity.description)]
    }
}

extension LotClosureRecord: VerifiedRow {
    static var table: String { "lot_closures" }
    var key: [Int64] { [campaign.raw, trade.raw, lot.raw] }
    var name: String { "of lot \(lot.raw) by trade \(trade.raw)" }
    var figures: [(name: String, value: String)] {
        [
            ("quantity", quantity.description), ("cost", cost.description),
            ("proceeds", proceeds.description), ("realized_pnl", realizedPnL.description),
        ]
    }
}

extension OpenedLot: VerifiedRow {
    static var table: String { "position_lots" }
    var key: Pair { Pair(campaign, trade) }
    var name: String { "of trade \(trade.raw)" }
    var figures: [(name: String, value: String)] {
        [
            ("opened_at", order.time.description), ("broker_trade_id", order.id.text),
            ("quantity", quantity.description), ("cost", cost.description),
        ]
    }
}

extension OpenLot: VerifiedRow {
    static var table: String { "position_lots" }
    var key: Pair { Pair(campaign, trade) }
    var name: String { "open of trade \(trade.raw)" }
    var figures: [(name: String, value: String)] {
        [("open_quantity", quantity.description), ("open_cost", cost.description)]
    }
}

extension LegFigures: VerifiedRow {
    static var table: String { "campaign_legs" }
    var key: Pair { Pair(record.campaign, record.leg.first) }
    var name: String { "\(record.number) of campaign \(record.campaign.raw)" }
    var figures: [(name: String, value: String)] {
        let leg = record.leg
        return [
            ("leg_number", "\(record.number)"), ("leg_type", leg.kind.rawValue),
            ("side", leg.side.rawValue), ("quantity", leg.quantity.description),
            ("notional", leg.notional.description), ("avg_price", averagePrice.description),
            ("started_at", leg.startedAt.description), ("ended_at", leg.endedAt.description),
            ("last_broker_order_id", leg.lastOrderID?.text ?? "none"),
            ("fill_count", "\(leg.fillCount)"),
        ]
    }
}

extension CampaignFigures: VerifiedRow {
    static var table: String { "position_campaigns" }
    var key: TradeNumber { opening }
    var name: String { "\(opening.raw)" }
    var figures: [(name: String, value: String)] {
        Array(zip(CampaignFigures.names, values)).map { ($0, $1 ?? "none") }
    }
}

/// Two trades that together tell a row.
struct Pair: Hashable {
    let first: TradeNumber
    let second: TradeNumber

    init(_ first: TradeNumber, _ second: TradeNumber) {
        self.first = first
        self.second = second
    }
}
