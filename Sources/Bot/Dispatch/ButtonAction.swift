import Records

/// What a button of ours does when it is pressed, as the text that Telegram sends back.
///
/// A client may send any text, so nothing follows from it but what is asked for: it is carried out
/// in the name of the one who presses, with their rights.
enum ButtonAction: Sendable, Hashable {
    /// An admin's answer to one who asks to come in.
    case decide(Approval.Answer, telegramUserID: Int64)
    /// A command's screen anew, at another place of its list or with other arguments; only for
    /// `owner`, who asked for the screen.
    case show(command: String, owner: Int64, place: String, arguments: String)
    /// What was proposed under this token is carried out or dropped; only for whom it was proposed
    /// to.
    case settle(PendingAction.Decision, token: String)

    init?(_ data: String) {
        let parts = data.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            .map(String.init)
        if parts.count == 2, let answer = Approval.Answer(rawValue: parts[0]),
            let telegramUserID = Int64(parts[1])
        {
            self = .decide(answer, telegramUserID: telegramUserID)
        } else if parts.count == 2, let decision = PendingAction.Decision(rawValue: parts[0]) {
            self = .settle(decision, token: parts[1])
        } else if parts.count == 4, let owner = Int64(parts[1], radix: 36) {
            self = .show(
                command: parts[0], owner: owner, place: parts[2], arguments: parts[3])
        } else {
            return nil
        }
    }

    /// At most 64 bytes for what the commands put in.
    var data: String {
        switch self {
        case .decide(let answer, let telegramUserID): "\(answer.rawValue):\(telegramUserID)"
        case .show(let command, let owner, let place, let arguments):
            "\(command):\(String(owner, radix: 36)):\(place):\(arguments)"
        case .settle(let decision, let token): "\(decision.rawValue):\(token)"
        }
    }
}
