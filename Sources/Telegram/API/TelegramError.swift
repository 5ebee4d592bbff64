public import Transport

/// Why Telegram did not do what was asked, named by what the caller has to do.
///
/// Descriptions are Telegram's own words, shortened, never with the token or the URL.
public enum TelegramError: Error, Sendable, Hashable {
    /// The token is wrong or revoked: stop, and tell the operator.
    case unauthorized
    /// Another process polls with this token, or a webhook is set: stop one of them.
    case conflict(description: String)
    /// Too many messages: send nothing more to this chat (or at all) before that.
    case retryAfter(seconds: Int)
    /// This chat cannot be written to (the bot was blocked or removed, the account is gone, or the
    /// person has never written): stop sending until they write again.
    case blocked(description: String)
    /// The group has another number now: remember it and send there.
    case chatMigrated(to: ChatID)
    /// The message already reads so: harmless.
    case notModified
    /// The message to be edited or deleted is no longer there, or no longer ours to change: send a
    /// new one.
    case messageGone
    /// The button was pressed too long ago to be answered: harmless.
    case queryTooOld
    /// The request itself is wrong; sending it again will not help.
    case badRequest(description: String)
    /// This server does not know the method: fall back to an older one.
    case unknownMethod
    /// Telegram, or something before it, failed or answered what only it understands: try later.
    case server(status: Int)
    /// No answer came.
    case network(TransportError)
    /// An answer came that is not the Bot API's: try later.
    case malformed
    /// A file is larger than bots are given, or than was asked for.
    case fileTooLarge(limitBytes: Int)
    /// A self-hosted server that was started with `--local` keeps files on its own disk and gives
    /// none out: start it without that.
    case fileKeptByServer
}

extension TelegramError {
    /// Whether Telegram may have done it in spite of the error: sending it again may do it twice.
    public var mayHaveBeenCarriedOut: Bool {
        switch self {
        case .network(.unreachable): false
        case .network(.interrupted), .network(.timedOut), .network(.tooLarge), .network(.closed):
            true
        case .server, .malformed: true
        case .unauthorized, .conflict, .retryAfter, .blocked, .chatMigrated, .notModified,
            .messageGone, .queryTooOld, .badRequest, .unknownMethod, .fileTooLarge,
            .fileKeptByServer:
            false
        }
    }
}

extension TelegramError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unauthorized: "Telegram refuses the token: check it, or get a new one from BotFather"
        case .conflict(let description): "someone else takes this bot's updates: \(description)"
        case .retryAfter(let seconds): "too many messages: wait \(seconds) s"
        case .blocked(let description): "the chat cannot be written to: \(description)"
        case .chatMigrated(let chat): "the group is now \(chat)"
        case .notModified: "the message already reads so"
        case .messageGone: "the message can no longer be changed"
        case .queryTooOld: "the button was pressed too long ago to be answered"
        case .badRequest(let description): "Telegram refuses the request: \(description)"
        case .unknownMethod: "this Telegram server does not know the method"
        case .server(let status): "the server answered with status \(status)"
        case .network(.unreachable(let detail)): "Telegram was not reached: \(detail)"
        case .network(.interrupted(let detail)): "the connection broke: \(detail)"
        case .network(.timedOut): "no answer in time"
        case .network(.tooLarge(let limit)): "the answer is larger than \(limit) bytes"
        case .network(.closed): "the connection is shut down"
        case .malformed: "the answer is not the Bot API's"
        case .fileTooLarge(let limit): "the file is larger than \(limit) bytes"
        case .fileKeptByServer:
            """
            the Bot API server runs with --local, so it keeps files on its own disk and gives none \
            out: start it without --local
            """
        }
    }
}
