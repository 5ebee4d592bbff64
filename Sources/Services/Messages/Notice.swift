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

    var kind: String {
        switch self {
        case .approvalRequest: "approval_request"
        case .approved: "approved"
        case .rejected: "rejected"
        case .erasureRequest: ErasureRequest.kind
        case .overfill: "overfill"
        case .silent: "strategy_silent"
        case .back: "strategy_back"
        case .quarantined: "hook_quarantined"
        case .quarantineFull: "hook_quarantine_full"
        case .alertMissed: "hook_alert_missed"
        case .botAway: "hook_bot_away"
        case .membership: "membership"
        case .broadcast: "broadcast"
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
        case .erasureRequest(let request, let token): request.payloadJSON(token: token)
        case .overfill(let order, let others): order.payloadJSON(others: others)
        case .silent(let run), .back(let run): run.payloadJSON
        case .quarantined(let hook, let reason, let waiting):
            Details.object(["hook": hook, "reason": reason, "waiting": String(waiting)])
        case .quarantineFull(let hook): Details.object(["hook": hook])
        case .alertMissed(let hook, let symbol, let expected, let told):
            Details.object([
                "hook": hook, "symbol": symbol, "expected": expected, "told": told,
            ])
        case .botAway(let hook, let bot, let failures, let error):
            Details.object([
                "hook": hook, "bot": bot, "failures": String(failures), "error": error,
            ])
        case .membership(let change): Details.object(["change": change.rawValue])
        case .broadcast(let broadcast): broadcast.payloadJSON
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
        case ErasureRequest.kind:
            guard let request = ErasureRequest(json: message.payloadJSON),
                let token = (try? JSONValue(parsing: message.payloadJSON))?["token"]?.string
            else { return nil }
            self = .erasureRequest(request, token: token)
        case "overfill", "strategy_silent", "strategy_back":
            guard let payload = try? JSONValue(parsing: message.payloadJSON),
                let notice = Notice(kind: message.kind, payload)
            else { return nil }
            self = notice
        case "membership":
            guard let payload = try? JSONValue(parsing: message.payloadJSON),
                let change = payload["change"]?.string.flatMap(MembershipChange.init(rawValue:))
            else { return nil }
            self = .membership(change)
        case "broadcast":
            guard let payload = try? JSONValue(parsing: message.payloadJSON),
                let broadcast = Broadcast(payload)
            else { return nil }
            self = .broadcast(broadcast)
        default:
            guard let notice = Notice(ofHook: message) else { return nil }
            self = notice
        }
    }

    private init?(ofHook message: OutboxMessage) {
        guard let payload = try? JSONValue(parsing: message.payloadJSON),
            let hook = payload["hook"]?.string
        else { return nil }
        func text(_ key: String) -> String { payload[key]?.string ?? "" }
        switch message.kind {
        case "hook_quarantined":
            self = .quarantined(
                hook: hook, reason: text("reason"), waiting: Int(text("waiting")) ?? 0)
        case "hook_quarantine_full": self = .quarantineFull(hook: hook)
        case "hook_alert_missed":
            self = .alertMissed(
                hook: hook, symbol: text("symbol"), expected: text("expected"), told: text("told"))
        case "hook_bot_away":
            self = .botAway(
                hook: hook, bot: text("bot"), failures: Int(text("failures")) ?? 0,
                error: text("error"))
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

    /// The same, once for this `uid`; whether it was not there yet.
    func postOnce(
        uid: String, to user: User, in tx: any Transaction, _ draw: inout Draw
    ) throws -> Bool {
        let isNew = try Outbox.appendOnce(
            uid: uid, to: user.id, chatID: user.telegramUserID, kind: kind,
            payloadJSON: payloadJSON, now: draw.now, in: tx)
        draw.hasMail = draw.hasMail || isNew
        return isNew
    }
}
