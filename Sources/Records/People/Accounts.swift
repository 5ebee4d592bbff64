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

    /// The code of the paper broker, whose accounts hold play money.
    public static let paperBroker = "PAPER"
    public var isPaper: Bool { brokerCode == Account.paperBroker }
}

/// Whom accounts may be with; shared by all users.
public struct Broker: Sendable, Hashable {
    public let code: String
    public let name: String
    /// Of all users.
    public let accounts: Int
}

public enum Accounts {
    private static let select = """
        SELECT a.id, a.uid, a.name, b.code, b.name, a.base_currency
        FROM accounts a
        JOIN brokers b ON b.id = a.broker_id
        """

    public static func all(for caller: Caller, in tx: any Transaction) throws -> [Account] {
        try tx.query(
            SQL("\(select) WHERE a.user_id = $1 ORDER BY a.name", [.id(caller.userID)]), decode)
    }

    /// Everybody's, with the owner's id; by owner and name.
    public static func all(
        for admin: Administrator, in tx: any Transaction
    ) throws -> [(owner: UserID, account: Account)] {
        try tx.query(
            SQL(
                """
                SELECT a.id, a.uid, a.name, b.code, b.name, a.base_currency, a.user_id
                FROM accounts a
                JOIN brokers b ON b.id = a.broker_id
                ORDER BY a.user_id, a.name
                """)
        ) { (try $0.id(6), try decode($0)) }
    }

    public static func named(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> Account? {
        try tx.first(
            SQL(
                "\(select) WHERE a.user_id = $1 AND a.name = $2",
                [.id(caller.userID), .exact(name)]), decode)
    }

    public static func with(
        id: AccountID, for caller: Caller, in tx: any Transaction
    ) throws -> Account? {
        try tx.first(
            SQL(
                "\(select) WHERE a.user_id = $1 AND a.id = $2", [.id(caller.userID), .id(id)]),
            decode)
    }

    /// Whose an account is, by what its broker calls it; nil where nobody has it.
    public static func owner(
        ofUID uid: String, in tx: any Transaction
    ) throws -> (caller: Caller, id: AccountID)? {
        try tx.first(
            SQL("SELECT user_id, id FROM accounts WHERE uid = $1", [.text(uid)])
        ) { (Caller(userID: try $0.id(0), isAdmin: false), try $0.id(1)) }
    }

    /// The account that a portfolio is bound to.
    public static func of(
        _ portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> Account? {
        try tx.first(
            SQL(
                """
                \(select)
                JOIN portfolios p ON p.account_id = a.id
                WHERE a.user_id = $1 AND p.user_id = $1 AND p.id = $2
                """, [.id(caller.userID), .id(portfolio)]), decode)
    }

    /// Makes other units of work that spend the account's money wait (PostgreSQL; SQLite has one
    /// writer). Where portfolios are locked too, the account comes first.
    public static func lock(
        _ id: AccountID, for caller: Caller, in tx: any Transaction
    ) throws {
        guard tx.dialect == .postgres else { return }
        _ = try tx.query(
            SQL(
                "SELECT id FROM accounts WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE",
                [.id(caller.userID), .id(id)])
        ) { try $0.integer(0) }
    }

    /// The caller's oldest account with a broker in a currency.
    public static func with(
        brokerID: Int64, baseCurrency: Currency, for caller: Caller, in tx: any Transaction
    ) throws -> Account? {
        try tx.first(
            SQL(
                """
                \(select)
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

    public static func brokers(in tx: any Transaction) throws -> [Broker] {
        try tx.query(
            SQL(
                """
                SELECT b.code, b.name, COUNT(a.id)
                FROM brokers b
                LEFT JOIN accounts a ON a.broker_id = b.id
                GROUP BY b.code, b.name
                ORDER BY b.code
                """)
        ) { row in
            Broker(
                code: try row.text(0), name: try row.text(1), accounts: Int(try row.integer(2)))
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
