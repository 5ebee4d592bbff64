import Ledger
public import Records
import Storage
import Wire

/// What an admin has to say to every member.
public struct Broadcast: Sendable, Hashable {
    /// The admin's username; nil where they have none.
    public let from: String?
    public let text: String

    public init(from: String?, text: String) {
        self.from = from
        self.text = text
    }

    /// Nil for what another version of the program wrote and this one does not know.
    init?(_ payload: JSONValue) {
        guard let text = payload["text"]?.string else { return nil }
        self.init(from: payload["from"]?.string, text: text)
    }

    var payloadJSON: String { Details.object(["from": from, "text": text]) }

    /// Throws `.invalid` for what is empty or too long for one message.
    public static func checked(_ text: String) throws(ServiceError) -> String {
        let limits = Limits.broadcastCharacters
        guard limits.contains(text.utf16.count) else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "text",
                detail: "expected \(limits.lowerBound) to \(limits.upperBound) characters, found"
                    + " \(text.utf16.count)")
        }
        return text
    }
}

extension MessageService {
    /// Tells every member, the admin too, once for this token: repeated, only those hear it who
    /// have not. Returns how many members there are. Throws `.invalid`, and `.forbidden` where the
    /// one who sends it is no admin any more.
    public func broadcast(
        _ text: String, token: String, by admin: Administrator
    ) async throws -> Int {
        let text = try Broadcast.checked(text)
        return try await work.write { tx, draw in
            try UserService.requireAdmin(admin, in: tx)
            let sender = try admin.userID.flatMap { try Users.with(id: $0, in: tx) }
            let notice = Notice.broadcast(Broadcast(from: sender?.username, text: text))
            let members = try Users.members(for: admin, in: tx)
            var told = 0
            for member in members
            where try notice.postOnce(uid: "\(token)-\(member.id)", to: member, in: tx, &draw) {
                told += 1
            }
            if told > 0 {
                try AuditLog.append(
                    [
                        AuditEntry(
                            .create, .message, id: nil,
                            detailsJSON: Details.object([
                                "text": text, "members": String(told),
                            ]))
                    ], userID: admin.userID, now: draw.now, in: tx)
            }
            return members.count
        }
    }
}
