import Services
import Telegram

/// An update on its way to being carried out.
struct Arrival: Sendable, Hashable {
    let update: Update
    /// Whether an earlier process had it: its answer may have got through.
    var isRepeated = false

    var id: UpdateID { update.id }
    var incoming: IncomingUpdate { IncomingUpdate(id: update.id.rawValue) }
}

extension Update {
    /// The chat in whose line it stands; nil for what is not read at all. A press under a message
    /// that is not known stands in the line of the private chat of the one who pressed.
    var lineID: ChatID? {
        if case .callbackQuery(let query) = content {
            return query.message?.chat.id ?? ChatID(privateChatWith: query.sender.id)
        }
        return chatID
    }
}
