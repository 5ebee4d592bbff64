import Ledger
import Records
import Services

/// What is to become of a notice whose turn has come.
enum NoticeVerdict: Sendable, Hashable {
    case send(isSilent: Bool)
    /// Not before that; it waits in the outbox, and others go before it.
    case hold(until: Timestamp)
    /// Never: the one it is for does not want it. It stays among their `/news`.
    case drop
}

/// Judges a notice by what the one it is for has set. Throws what storage throws: then it is asked
/// again later.
typealias NoticeJudge =
    @Sendable (_ message: OutboxMessage, _ notice: Notice) async throws -> NoticeVerdict
