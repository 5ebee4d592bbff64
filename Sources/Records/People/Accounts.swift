public import Ledger
public import Storage

/// A user's account with a broker.
public struct Account: Sendable, Hashable {
    public let id: AccountID
    public let uid: String
    public let name: ExactText
    public let brokerCode: String
    public let brokerName: String
    public let baseCurrency: Currency
}

public enum Accounts {
    public static func all(for caller: Caller, in tx: any Transaction) throws -> [Account] {
        try tx.query(
            SQL(
                """
                SELECT a.id, a.uid, a.name, b.code, b.name, a.base_currency
                FROM accounts a
                JOIN brokers b ON b.id = a.broker_id
                WHERE a.user_id = $1
                ORDER BY a.name
                """, [.id(caller.userID)]), decode)
    }

    /// The caller's oldest account with a broker in a currency.
    public static func with(
        brokerID: Int64, baseCurrency: Currency, for caller: Caller, in tx: any Transaction
    ) throws -> Account? {
        try tx.first(
            SQL(
                """
                SELECT a.id, a.uid, a.name, b.code, b.name, a.base_currency
                FROM accounts a
                JOIN brokers b ON b.id = a.broker_id
                WHERE a.user_id = $1 AND a.broker_id = $2 AND a.base_currency = $3
                ORDER BY a.id
                LIMIT 1
                """, [.id(caller.userID), .integer(brokerID), .text(baseCurrency.code)]), decode)
    }

    /// The id of a broker by its code (`BINANCE`, `PAPER`, …).
    public static func brokerID(
        code: String, in tx: any Transaction
    ) throws -> Int64? {
        try tx.first(SQL("SELECT id FROM brokers WHERE code = $1", [.text(code)])) {
            try $0.integer(0)
        }
    }

    public static func brokerCodes(in tx: any Transaction) throws -> [String] {
        try tx.query(SQL("SELECT code FROM brokers ORDER BY code")) { try $0.text(0) }
    }

    public static func insert(
        uid: String, name: ExactText, brokerID: Int64, baseCurrency: Currency, now: Timestamp,
        for caller: Caller, in tx: any Transaction
    ) throws -> AccountID {
        let ids: [AccountID] = try tx.query(
            SQL(
                """
                INSERT INTO accounts (uid, user_id, broker_id, name, base_currency, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                RETURNING id
                """,
                [
                    .text(uid), .id(caller.userID), .integer(brokerID), .exact(name),
                    .text(baseCurrency.code), .time(now),
                ])
        ) { try $0.id(0) }
        guard let id = ids.first else { throw StorageError.decoding(column: 0, expected: "an id") }
        return id
    }

    private static func decode(_ row: any Row) throws -> Account {
        Account(
            id: try row.id(0), uid: try row.text(1), name: try row.exact(2),
            brokerCode: try row.text(3), brokerName: try row.text(4),
            baseCurrency: try row.currency(5))
    }
}
