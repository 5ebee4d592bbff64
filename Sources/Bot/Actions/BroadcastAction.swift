import Records
import Services
import Wire

extension ActionKind {
    /// A message to every member; its content is the text.
    static let broadcast = ActionKind(
        name: "broadcast", title: { _ in "tell every member" },
        perform: { action, services, caller in
            let admin = try caller.stillAdministrator()
            guard let text = BroadcastProposal(action)?.text else {
                throw ServiceError.foreignAction
            }
            let members = try await services.messages.broadcast(
                text, token: action.token, by: admin)
            let bytes = JSONWriter.object { $0.write("members", members) }
            return String(decoding: bytes, as: UTF8.self)
        },
        facts: { _, resultJSON in
            let result = try? JSONValue(parsing: resultJSON)
            return [Fact("Members told", "\(result?["members"]?.integer ?? 0)")]
        })
}

struct BroadcastProposal: Sendable {
    let text: String

    init(text: String) { self.text = text }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let text = content["text"]?.string
        else { return nil }
        self.text = text
    }

    var json: String {
        String(decoding: JSONWriter.object { $0.write("text", text) }, as: UTF8.self)
    }
}

extension Broadcast {
    var screen: Screen {
        Screen(
            title: "A message from \(from.map { "@\($0)" } ?? "an admin")",
            blocks: text.split(whereSeparator: \.isNewline).map { .note(.text(String($0))) })
    }
}
