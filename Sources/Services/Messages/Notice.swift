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
    /// To the owner: more was filled than ordered. `others` counts the orders that this happened to
    /// at the same time.
    case overfill(OverfilledOrder, others: Int)
    /// To the owner: a strategy promised to beat and did not.
    case silent(SilentRun)
    /// To the owner: it beats again.
    case back(SilentRun)

    var kind: String {
        switch self {
        case .approvalRequest: "approval_request"
        case .approved: "approved"
        case .rejected: "rejected"
        case .overfill: "overfill"
        case .silent: "strategy_silent"
        case .back: "strategy_back"
        }
    }

    var payloadJSON: String {
        switch self {
        case .approvalRequest(let userUID, let telegramUserID, let username):
            Details.object([
                "user_uid": userUID, "telegram_user_id": String(telegramUserID),
                "username": username,
            ])
        case .approved, .rejected: "{}"
        case .overfill(let order, let others): order.payloadJSON(others: others)
        case .silent(let run), .back(let run): run.payloadJSON
        }
    }

    /// Nil for a row that another version of the program wrote and this one does not know.
    public init?(_ message: OutboxMessage) {
        switch message.kind {
        case "approval_request":
            guard let payload = try? JSONValue(parsing: message.payloadJSON),
                let userUID = payload["user_uid"]?.string,
                let telegramUserID = payload["telegram_user_id"]?.string.flatMap({ Int64($0) })
            else { return nil }
            self = .approvalRequest(
                userUID: userUID, telegramUserID: telegramUserID,
                username: payload["username"]?.string)
        case "approved": self = .approved
        case "rejected": self = .rejected
        case "overfill", "strategy_silent", "strategy_back":
            guard let payload = try? JSONValue(parsing: message.payloadJSON),
                let notice = Notice(kind: message.kind, payload)
            else { return nil }
            self = notice
        default: return nil
        }
    }

    private init?(kind: String, _ payload: JSONValue) {
        if kind == "overfill" {
            guard let order = OverfilledOrder(payload) else { return nil }
            self = .overfill(order, others: payload["others"]?.string.flatMap { Int($0) } ?? 0)
        } else {
            guard let run = SilentRun(payload) else { return nil }
            self = kind == "strategy_silent" ? .silent(run) : .back(run)
        }
    }

    /// Writes the outbox row; a user's private chat has the user's id.
    func post(to user: User, in tx: any Transaction, _ draw: inout Draw) throws {
        try Outbox.append(
            uid: draw.uid(), to: user.id, chatID: user.telegramUserID, kind: kind,
            payloadJSON: payloadJSON, now: draw.now, in: tx)
        draw.hasMail = true
    }
}
