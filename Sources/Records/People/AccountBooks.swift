public import Ledger
public import Storage

/// A position as far as its account's money is about it.
public struct AccountPosition: Sendable, Hashable {
    public let portfolioID: PortfolioID
    public let strategyID: StrategyID?
    public let instrument: PricedInstrument
    public let position: Position
}

/// What is left of an open order.
public struct AccountOrder: Sendable, Hashable {
    public let uid: String
    public let portfolioID: PortfolioID
    public let instrument: PricedInstrument
    public let side: Side
    /// Below zero where more was filled than ordered.
    public let remaining: Decimal
    /// Its limit, else its stop price; nil for one that takes any price.
    public let price: Decimal?
}

/// What an amount of an instrument depends on.
public struct PricedInstrument: Sendable, Hashable {
    public let id: InstrumentID
    public let currency: Currency
    public let multiplier: Decimal
    /// Nil where no quote is known.
    public let mark: Decimal?
}

/// All that accounts' money follows from, each kind in one statement for all of the accounts.
public enum AccountBooks {
    private static func items(_ accounts: [AccountID], _ caller: Caller) -> RowSet {
        var items = RowSet([.init("account_id", .integer), .init("user_id", .integer)])
        for account in accounts { items.append([.id(account), .id(caller.userID)]) }
        return items
    }

    /// What was paid in (above zero) and out (below), each entry for itself: their sum may not fit.
    public static func deposits(
        of accounts: [AccountID], for caller: Caller, in tx: any Transaction
    ) throws -> [(account: AccountID, amount: Decimal, currency: Currency)] {
        try tx.query(
            """
            SELECT c.account_id, c.amount, c.currency
            FROM item
            JOIN cash_entries c ON c.account_id = item.account_id AND c.user_id = item.user_id
            """, forEach: items(accounts, caller)
        ) { (try $0.id(0), try $0.decimal(1), try $0.currency(2)) }
    }

    /// The positions of the accounts' portfolios, closed and archived ones too: what they made is
    /// in the account.
    public static func positions(
        of accounts: [AccountID], for caller: Caller, in tx: any Transaction
    ) throws -> [(account: AccountID, position: AccountPosition)] {
        try tx.query(
            """
            SELECT b.account_id, p.portfolio_id, p.instrument_id, i.currency, i.multiplier,
                q.last, q.bid, q.ask, q.quoted_at, p.quantity, p.cost, p.realized_pnl, p.fees_json,
                p.strategy_id
            FROM item
            JOIN portfolios b ON b.account_id = item.account_id AND b.user_id = item.user_id
            JOIN positions p ON p.portfolio_id = b.id AND p.user_id = item.user_id
            JOIN instruments i ON i.id = p.instrument_id
            LEFT JOIN quotes q ON q.instrument_id = p.instrument_id
            """, forEach: items(accounts, caller)
        ) { row in
            (
                try row.id(0),
                AccountPosition(
                    portfolioID: try row.id(1), strategyID: try row.optionalID(13),
                    instrument: try instrument(row),
                    position: Position(
                        quantity: try row.decimal(9), cost: try row.decimal(10),
                        realizedPnL: try row.decimal(11),
                        fees: try FeesColumn.read(try row.text(12), column: 12)))
            )
        }
    }

    /// The open orders of the accounts' portfolios, without those that may only reduce a position.
    public static func openOrders(
        of accounts: [AccountID], for caller: Caller, in tx: any Transaction
    ) throws -> [(account: AccountID, order: AccountOrder)] {
        try tx.query(
            """
            SELECT b.account_id, o.portfolio_id, o.instrument_id, i.currency, i.multiplier,
                q.last, q.bid, q.ask, q.quoted_at, o.side, o.quantity, o.filled_quantity,
                o.price, o.stop_price, o.uid
            FROM item
            JOIN portfolios b ON b.account_id = item.account_id AND b.user_id = item.user_id
            JOIN orders o ON o.portfolio_id = b.id AND o.user_id = item.user_id
                AND o.status IN ('PENDING', 'NEW', 'PARTIALLY_FILLED') AND NOT o.is_reduce_only
            JOIN instruments i ON i.id = o.instrument_id
            LEFT JOIN quotes q ON q.instrument_id = o.instrument_id
            """, forEach: items(accounts, caller)
        ) { row in
            let (quantity, filled) = (try row.decimal(10), try row.decimal(11))
            return (
                try row.id(0),
                AccountOrder(
                    uid: try row.text(14), portfolioID: try row.id(1),
                    instrument: try instrument(row),
                    side: try row.choice(9),
                    // Neither is below zero, so the difference fits.
                    remaining: try quantity - filled,
                    price: try row.optionalDecimal(12) ?? row.optionalDecimal(13))
            )
        }
    }

    /// From the columns 2 to 8.
    private static func instrument(_ row: any Row) throws -> PricedInstrument {
        let mark =
            row.isNull(8)
            ? nil
            : Quote(
                bid: try row.optionalDecimal(6), ask: try row.optionalDecimal(7),
                last: try row.optionalDecimal(5), time: try row.time(8)
            ).mark
        return PricedInstrument(
            id: try row.id(2), currency: try row.currency(3), multiplier: try row.decimal(4),
            mark: mark)
    }
}
