import Wire

// How a notice stands in its outbox row: what its kind is called there, and its payload, which
// each kind writes and reads for itself.
extension Notice {
    package enum Kind: String, CaseIterable {
        case approvalRequest = "approval_request"
        case approved
        case rejected
        case erasureRequest = "erase"
        case overfill
        case orders
        case fills
        case digest
        case breach
        case alert
        case silent = "strategy_silent"
        case back = "strategy_back"
        case quarantined = "hook_quarantined"
        case quarantineFull = "hook_quarantine_full"
        case alertMissed = "hook_alert_missed"
        case botAway = "hook_bot_away"
        case membership
        case broadcast
    }

    package var kind: Kind {
        switch self {
        case .approvalRequest: .approvalRequest
        case .approved: .approved
        case .rejected: .rejected
        case .erasureRequest: .erasureRequest
        case .overfill: .overfill
        case .orders: .orders
        case .fills: .fills
        case .digest: .digest
        case .breach: .breach
        case .alert: .alert
        case .silent: .silent
        case .back: .back
        case .quarantined: .quarantined
        case .quarantineFull: .quarantineFull
        case .alertMissed: .alertMissed
        case .botAway: .botAway
        case .membership: .membership
        case .broadcast: .broadcast
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
        case .orders(let orders): orders.payloadJSON
        case .fills(let news): news.payloadJSON
        case .digest(let digest): digest.payloadJSON
        case .breach(let news): news.payloadJSON
        case .alert(let news): news.payloadJSON
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

    init?(kind name: String, _ payload: JSONValue) {
        guard let kind = Kind(rawValue: name), let notice = Self.read(kind, payload) else {
            return nil
        }
        self = notice
    }

    private static func read(_ kind: Kind, _ payload: JSONValue) -> Notice? {
        func text(_ key: String) -> String { payload[key]?.string ?? "" }
        func count(_ key: String) -> Int { Int(text(key)) ?? 0 }
        let hook = payload["hook"]?.string
        switch kind {
        case .approvalRequest:
            guard let userUID = payload["user_uid"]?.string,
                let telegramUserID = Int64(text("telegram_user_id"))
            else { return nil }
            return .approvalRequest(
                userUID: userUID, telegramUserID: telegramUserID,
                username: payload["username"]?.string)
        case .approved: return .approved
        case .rejected: return .rejected
        case .erasureRequest:
            guard let request = ErasureRequest(payload), let token = payload["token"]?.string
            else { return nil }
            return .erasureRequest(request, token: token)
        case .overfill:
            return OverfilledOrder(payload).map { .overfill($0, others: count("others")) }
        case .orders: return EndedOrders(payload).map(Notice.orders)
        case .fills: return FillNews(payload).map(Notice.fills)
        case .digest: return Digest(payload).map(Notice.digest)
        case .breach: return BreachNews(payload).map(Notice.breach)
        case .alert: return AlertNews(payload).map(Notice.alert)
        case .silent: return SilentRun(payload).map(Notice.silent)
        case .back: return SilentRun(payload).map(Notice.back)
        case .quarantined:
            return hook.map {
                .quarantined(hook: $0, reason: text("reason"), waiting: count("waiting"))
            }
        case .quarantineFull: return hook.map { .quarantineFull(hook: $0) }
        case .alertMissed:
            return hook.map {
                .alertMissed(
                    hook: $0, symbol: text("symbol"), expected: text("expected"),
                    told: text("told"))
            }
        case .botAway:
            return hook.map {
                .botAway(
                    hook: $0, bot: text("bot"), failures: count("failures"), error: text("error"))
            }
        case .membership:
            return MembershipChange(rawValue: text("change")).map(Notice.membership)
        case .broadcast: return Broadcast(payload).map(Notice.broadcast)
        }
    }
}
