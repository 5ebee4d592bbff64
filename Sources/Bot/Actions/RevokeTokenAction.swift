import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// An API token that is to open nothing any more.
    static let revokeToken = ActionKind(
        name: "token",
        title: { TokenRevocation($0).map { "revoke the token \($0.name)" } ?? "revoke a token" },
        perform: { action, services, caller in
            guard let revocation = TokenRevocation(action) else {
                throw ServiceError.foreignAction
            }
            try await services.tokens.revoke(uid: revocation.uid, for: caller)
            return "{}"
        },
        facts: { action, _ in
            let name = TokenRevocation(action)?.name ?? "the token"
            return [Fact("Token revoked", .text("“\(name)” does not work any more."))]
        })
}

/// Which token is to be revoked.
struct TokenRevocation: Sendable {
    let uid: String
    let name: String

    init(_ token: TokenRecord) {
        uid = token.uid
        name = token.name.text
    }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let uid = content["token_uid"]?.string, let name = content["name"]?.string
        else { return nil }
        self.uid = uid
        self.name = name
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("token_uid", uid)
            content.write("name", name)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
