import Ledger
import Records
import Services
import Storage

/// Campaigns, legs, lots and closures as lines of text; trades are told by the broker's ids.
enum JourneyLines {
    /// What postings lead to, in their order.
    static func of(
        _ postings: [Posting], of fills: [Fill], _ holding: String
    ) throws -> [String] {
        func id(_ number: TradeNumber) -> String { fills[Int(number.raw)].id.text }
        let multiplier = fills[0].multiplier
        var lines: [String] = []
        var campaigns: [TradeNumber: Campaign] = [:]
        var legs: [[TradeNumber]: (number: Int, leg: Leg)] = [:]
        var lots: [TradeNumber: (campaign: TradeNumber, lot: Lot)] = [:]
        for posting in postings {
            let trade = id(posting.number)
            lines.append("action \(holding) \(trade): \(posting.action.rawValue)")
            for step in [posting.closing, posting.opening].compactMap(\.self) {
                let campaign = step.campaign
                campaigns[campaign.opening] = campaign
                legs[[campaign.opening, campaign.leg.first]] = (campaign.legCount, campaign.leg)
                lines.append(
                    "part \(holding) \(id(campaign.opening))/\(id(campaign.leg.first))"
                        + " \(trade): \(step.quantity)")
            }
            for closure in posting.closures {
                if let (campaign, lot) = lots[closure.lot] {
                    lots[closure.lot] = (campaign, lot.after(closure))
                }
                lines.append(
                    "closure \(holding) \(id(closure.lot)) by \(trade): \(closure.quantity) cost"
                        + " \(closure.cost) for \(closure.proceeds) is \(closure.realizedPnL)")
            }
            if let lot = posting.lot, let step = posting.opening {
                lots[lot.trade] = (step.campaign.opening, lot)
            }
        }
        for campaign in campaigns.values {
            lines.append(
                "campaign \(holding) \(id(campaign.opening)): "
                    + (try figures(of: campaign, multiplier)).joined(separator: " "))
        }
        for (key, value) in legs {
            let leg = value.leg
            lines.append(
                "leg \(holding) \(id(key[0]))/\(id(key[1])): \(value.number) \(leg.kind.rawValue)"
                    + " \(leg.side.rawValue) \(leg.quantity) \(leg.notional)"
                    + " \(try leg.averagePrice(multiplier: multiplier)) \(leg.startedAt)"
                    + " \(leg.endedAt) \(leg.lastOrderID?.text ?? "-") \(leg.fillCount)")
        }
        for (campaign, lot) in lots.values {
            lines.append(
                "lot \(holding) \(id(lot.trade)) of \(id(campaign)): \(lot.quantity) cost"
                    + " \(lot.cost), open \(lot.openQuantity) cost \(lot.openCost)")
        }
        return lines
    }

    private static func figures(of campaign: Campaign, _ multiplier: Decimal) throws -> [String] {
        let average = try campaign.averageClosePrice(multiplier: multiplier)
        return [
            campaign.direction.rawValue, campaign.isOpen ? "open" : "closed",
            campaign.openingOrder.time.description, campaign.closedAt?.description ?? "-",
            "\(campaign.openingQuantity)", "\(campaign.openedQuantity)",
            "\(campaign.closedQuantity)", "\(campaign.maxQuantity)", "\(campaign.openedCost)",
            "\(campaign.closedNotional)",
            "\(try campaign.averageOpenPrice(multiplier: multiplier))",
            average?.description ?? "-", "\(campaign.realizedPnL)",
            campaign.returnPercent?.description ?? "-",
            campaign.holdingPeriodSeconds.map(String.init) ?? "-", "\(campaign.fillCount)",
            "\(campaign.legCount)",
        ]
    }

    private static let campaign = """
        JOIN position_campaigns c ON c.id = x.campaign_id
        JOIN trades o ON o.id = c.id
        """
    private static let place = """
        JOIN portfolios b ON b.id = c.portfolio_id
        JOIN instruments i ON i.id = c.instrument_id
        LEFT JOIN strategies s ON s.id = c.strategy_id
        WHERE b.name = $1 AND b.user_id = $2
        """
    private static let holding = "i.symbol, COALESCE(s.name, '-')"

    static func stored(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try actions(owner, tx) + campaigns(owner, tx) + legs(owner, tx) + parts(owner, tx)
            + lots(owner, tx) + closures(owner, tx)
    }

    private static func actions(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), c.broker_trade_id, c.action FROM trades c
                \(place) AND c.is_superseded = $3
                """, owner + [.bool(false)])
        ) { "action \(try $0.text(0))/\(try $0.text(1)) \(try $0.text(2)): \(try $0.text(3))" }
    }

    private static func campaigns(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), o.broker_trade_id, c.direction, c.status, c.opened_at,
                    c.closed_at, c.opening_qty, c.qty_opened, c.qty_closed, c.max_qty,
                    c.opened_cost, c.closed_notional, c.avg_open_price, c.avg_close_price,
                    c.realized_pnl, c.return_pct, c.holding_period_sec, c.num_fills, c.legs_count
                FROM position_campaigns c JOIN trades o ON o.id = c.id
                \(place)
                """, owner)
        ) { row in
            var figures = [try row.text(3), try row.text(4), try row.text(5)]
            figures.append(try row.optionalText(6) ?? "-")
            for column in 7...16 {
                figures.append(row.isNull(column) ? "-" : try row.amount(column).description)
            }
            for column in 17...19 {
                figures.append(try row.optionalInteger(column).map(String.init) ?? "-")
            }
            return "campaign \(try row.text(0))/\(try row.text(1)) \(try row.text(2)): "
                + figures.joined(separator: " ")
        }
    }

    private static func legs(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), o.broker_trade_id, f.broker_trade_id, x.leg_number, x.leg_type,
                    x.side, x.quantity, x.notional, x.avg_price, x.started_at, x.ended_at,
                    x.last_broker_order_id, x.fill_count
                FROM campaign_legs x JOIN trades f ON f.id = x.first_trade_id
                \(campaign) \(place)
                """, owner)
        ) { row in
            "leg \(try row.text(0))/\(try row.text(1)) \(try row.text(2))/\(try row.text(3)):"
                + " \(try row.integer(4)) \(try row.text(5)) \(try row.text(6))"
                + " \(try row.amount(7)) \(try row.amount(8)) \(try row.amount(9))"
                + " \(try row.text(10)) \(try row.text(11)) \(try row.optionalText(12) ?? "-")"
                + " \(try row.integer(13))"
        }
    }

    private static func parts(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), o.broker_trade_id, f.broker_trade_id, t.broker_trade_id,
                    x.allocated_qty
                FROM leg_trade_map x JOIN trades f ON f.id = x.first_trade_id
                JOIN trades t ON t.id = x.trade_id
                \(campaign) \(place)
                """, owner)
        ) { row in
            "part \(try row.text(0))/\(try row.text(1)) \(try row.text(2))/\(try row.text(3))"
                + " \(try row.text(4)): \(try row.amount(5))"
        }
    }

    private static func lots(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), t.broker_trade_id, o.broker_trade_id, x.quantity, x.cost,
                    x.open_quantity, x.open_cost
                FROM position_lots x
                JOIN trades t ON t.id = x.trade_id AND t.exec_time = x.opened_at
                    AND t.broker_trade_id = x.broker_trade_id
                \(campaign) \(place)
                """, owner)
        ) { row in
            "lot \(try row.text(0))/\(try row.text(1)) \(try row.text(2)) of \(try row.text(3)):"
                + " \(try row.amount(4)) cost \(try row.amount(5)), open \(try row.amount(6))"
                + " cost \(try row.amount(7))"
        }
    }

    private static func closures(_ owner: [Value], _ tx: any Transaction) throws -> [String] {
        try tx.query(
            SQL(
                """
                SELECT \(holding), l.broker_trade_id, t.broker_trade_id, x.quantity, x.cost,
                    x.proceeds, x.realized_pnl
                FROM lot_closures x JOIN trades l ON l.id = x.lot_trade_id
                JOIN trades t ON t.id = x.trade_id
                \(campaign) \(place)
                """, owner)
        ) { row in
            "closure \(try row.text(0))/\(try row.text(1)) \(try row.text(2)) by"
                + " \(try row.text(3)): \(try row.amount(4)) cost \(try row.amount(5)) for"
                + " \(try row.amount(6)) is \(try row.amount(7))"
        }
    }
}
