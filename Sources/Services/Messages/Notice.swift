public import Records
import Storage
import Wire

/// What the service tells somebody of its own accord. It is stored as an outbox row in the unit of
/// work it tells about, and becomes a screen when it is sent.
public enum Notice: Sendable, Hashable {
    /// To an admin: somebody wants to join.
    case approvalRequest(userUID: String, telegramUserID: Int64, username: String?)
    /// To the user: come in.
    case approved
    /// To the user: no.
    case rejected
    /// To an admin: a member wants to be erased; `token` is that of the admin's own proposal.
    case erasureRequest(ErasureRequest, token: String)
    /// To the owner: more was filled than ordered. `others` counts the orders that this happened to
    /// at the same time.
    case overfill(OverfilledOrder, others: Int)
    /// To the owner: orders came to their end.
    case orders(EndedOrders)
    /// To the owner: a broker reported fills.
    case fills(FillNews)
    /// To the owner: what a day or a week brought.
    case digest(Digest)
    /// To the owner: a risk rule was exceeded.
    case breach(BreachNews)
    /// To the owner: something came about that they wanted to be told of.
    case alert(AlertNews)
    /// To the owner: a strategy promised to beat and did not.
    case silent(SilentRun)
    /// To the owner: it beats again.
    case back(SilentRun)
    /// To a hook's owner: something came that could not be stored.
    case quarantined(hook: String, reason: String, waiting: Int)
    /// To a hook's owner: something came that could not even be kept.
    case quarantineFull(hook: String)
    /// To a hook's owner: between two alerts there was one that did not come.
    case alertMissed(hook: String, symbol: String, expected: String, told: String)
    /// To a hook's owner: the bot that fills are pulled from does not answer.
    case botAway(hook: String, bot: String, failures: Int, error: String)
    /// To the one whom an admin's decision is about.
    case membership(MembershipChange)
    /// To every member: an admin has something to say.
    case broadcast(Broadcast)

    /// Which of its reader's settings it goes by.
    public var topic: NoticeTopic {
        switch self {
        case .approvalRequest, .erasureRequest, .broadcast: .admin
        case .approved, .rejected, .membership: .membership
        case .overfill, .orders: .orders
        case .fills: .fills
        case .digest: .digest
        case .breach(let news): news.isBlock ? .block : .breach
        case .alert: .alert
        case .silent, .back: .strategies
        case .quarantined, .quarantineFull, .alertMissed, .botAway: .hooks
        }
    }

    /// Nil for a row that another version of the program wrote and this one does not know.
    public init?(_ message: OutboxMessage) {
        guard let payload = try? JSONValue(parsing: message.payloadJSON) else { return nil }
        self.init(kind: message.kind, payload)
    }

    /// Writes the outbox row; a user's private chat has the user's id.
    func post(to user: User, in tx: any Transaction, _ draw: inout Draw) throws {
        try Outbox.append(
            uid: draw.uid(), to: user.id, chatID: user.telegramUserID, kind: kind.rawValue,
            payloadJSON: payloadJSON, now: draw.now, in: tx)
        draw.hasMail = true
    }

    /// The same, once for this `uid`; whether it was not there yet.
    func postOnce(
        uid: String, to user: User, in tx: any Transaction, _ draw: inout Draw
    ) throws -> Bool {
        let isNew = try Outbox.appendOnce(
            uid: uid, to: user.id, chatID: user.telegramUserID, kind: kind.rawValue,
            payloadJSON: payloadJSON, now: draw.now, in: tx)
        draw.hasMail = draw.hasMail || isNew
        return isNew
    }
}
