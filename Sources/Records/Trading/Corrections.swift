public import Ledger
public import Storage

/// A broker's word that a trade was not as reported.
public struct CorrectionRecord: Sendable, Hashable {
    public let uid: String
    /// The sender's, by which a repeat is known.
    public let correctionID: ExactText
    public let isBust: Bool
    /// The trade that it took out of the ledger, and the one in its place.
    public let tradeUID: String
    public let replacementUID: String?
    /// As it was asked for: a JSON object.
    public let requestJSON: String

    public init(
        uid: String, correctionID: ExactText, isBust: Bool, tradeUID: String,
        replacementUID: String?, requestJSON: String
    ) {
        self.uid = uid
        self.correctionID = correctionID
        self.isBust = isBust
        self.tradeUID = tradeUID
        self.replacementUID = replacementUID
        self.requestJSON = requestJSON
    }
}

/// What was corrected, why, and by whom.
public enum Corrections {
    public static func with(
        id: ExactText, in portfolio: PortfolioID, for caller: Caller, in tx: any Transaction
    ) throws -> CorrectionRecord? {
        try tx.first(
            SQL(
                """
                SELECT c.uid, c.correction_id, c.action, t.uid, r.uid, c.request_json
                FROM trade_corrections c
                JOIN trades t ON t.id = c.trade_id
                LEFT JOIN trades r ON r.id = c.replacement_trade_id
                WHERE c.portfolio_id = $1 AND c.user_id = $2 AND c.correction_id = $3
                """, [.id(portfolio), .id(caller.userID), .exact(id)])
        ) { row in
            CorrectionRecord(
                uid: try row.text(0), correctionID: try row.exact(1),
                isBust: try row.text(2) == "bust", tradeUID: try row.text(3),
                replacementUID: try row.optionalText(4), requestJSON: try row.text(5))
        }
    }

    /// Stores a correction; `was` are the figures that it replaced, a JSON object.
    public static func insert(
        _ record: CorrectionRecord, of trade: TradeID, by replacement: TradeID?,
        in portfolio: PortfolioID, was: String, reason: String?, through way: String,
        now: Timestamp, for caller: Caller, in tx: any Transaction
    ) throws {
        try tx.execute(
            SQL(
                """
                INSERT INTO trade_corrections (uid, user_id, portfolio_id, correction_id, action,
                    trade_id, replacement_trade_id, request_json, was_json, reason, made_through,
                    created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """,
                [
                    .text(record.uid), .id(caller.userID), .id(portfolio),
                    .exact(record.correctionID), .text(record.isBust ? "bust" : "correct"),
                    .id(trade), .optional(replacement), .text(record.requestJSON), .text(was),
                    .optional(reason), .text(way), .time(now),
                ]))
    }
}
