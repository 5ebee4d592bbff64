public import Ledger
public import Storage

/// Money that was paid into an account or out of it. A fact: added, never edited.
public struct CashEntry: Sendable, Hashable {
    /// The raw values are those of the column.
    public enum Kind: String, Sendable, CaseIterable {
        case deposit = "DEPOSIT"
        case withdrawal = "WITHDRAWAL"
        /// What makes the ledger agree with the broker.
        case adjustment = "ADJUSTMENT"
    }

    public let uid: String
    public let kind: Kind
    /// Above zero what came in, below zero what went out.
    public let amount: Decimal
    public let currency: Currency
    public let note: String?
    public let createdAt: Timestamp

    public init(
        uid: String, kind: Kind, amount: Decimal, currency: Currency, note: String?,
        createdAt: Timestamp
    ) {
        self.uid = uid
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.note = note
        self.createdAt = createdAt
    }
}

public enum CashEntries {
    public static func insert(
        _ entry: CashEntry, into account: AccountID, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO cash_entries (uid, user_id, account_id, kind, currency, amount, note,
                    created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .text(entry.uid), .id(caller.userID), .id(account),
                    .text(entry.kind.rawValue), .text(entry.currency.code),
                    .decimal(entry.amount), .optional(entry.note), .time(entry.createdAt),
                ]))
    }

    /// The entry with this uid, and whose account it is of. Nil for one of another user.
    public static func with(
        uid: String, for caller: Caller, in tx: any Transaction
    ) throws -> (account: AccountID, entry: CashEntry)? {
        try tx.first(
            SQL(
                """
                SELECT account_id, uid, kind, amount, currency, note, created_at
                FROM cash_entries
                WHERE uid = $1 AND user_id = $2
                """, [.text(uid), .id(caller.userID)])
        ) { row in
            (
                try row.id(0),
                CashEntry(
                    uid: try row.text(1), kind: try row.choice(2), amount: try row.decimal(3),
                    currency: try row.currency(4), note: try row.optionalText(5),
                    createdAt: try row.time(6))
            )
        }
    }

    /// What was paid into a portfolio's account and out of it, the earliest first.
    public static func all(
        of portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> [(account: AccountID, amount: Decimal, currency: Currency, time: Timestamp)] {
        try tx.query(
            SQL(
                """
                SELECT c.account_id, c.amount, c.currency, c.created_at
                FROM portfolios p
                JOIN cash_entries c ON c.account_id = p.account_id AND c.user_id = p.user_id
                WHERE p.id = $1 AND p.user_id = $2
                ORDER BY c.created_at, c.id
                """, [.id(portfolio), .id(caller.userID)])
        ) { (try $0.id(0), try $0.decimal(1), try $0.currency(2), try $0.time(3)) }
    }

    /// How many entries an account has.
    public static func count(
        of account: AccountID, for caller: Caller, in tx: any Transaction
    ) throws -> Int {
        let count = try tx.first(
            SQL(
                "SELECT COUNT(*) FROM cash_entries WHERE account_id = $1 AND user_id = $2",
                [.id(account), .id(caller.userID)])
        ) { try $0.integer(0) }
        return Int(count ?? 0)
    }
}
