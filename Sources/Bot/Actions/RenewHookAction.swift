import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A hook that is to be called under another secret; its content is the hook's name.
    static let renewHook = ActionKind(
        name: "hooks",
        title: { HookRenewal($0).map { "renew the secret of \($0.hook)" } ?? "renew a secret" },
        perform: { action, services, caller, _ in
            guard let renewal = HookRenewal(action) else { throw ServiceError.foreignAction }
            let made = try await services.hooks.renewSecret(of: renewal.hook, for: caller)
            return Performed(
                resultJSON: "{}",
                shownOnce: HookWords.secret(made, title: "A new secret for \(made.hook.name)"))
        },
        facts: { action, _ in
            let name = HookRenewal(action)?.hook.text ?? "NAME"
            return [
                Fact("The secret", "was shown the first time, and only then"),
                Fact("Another one", .code("/hooks renew \(name)")),
            ]
        })
}

struct HookRenewal: Sendable {
    let hook: ExactText

    init(_ hook: ExactText) { self.hook = hook }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let name = content["hook"]?.string
        else { return nil }
        hook = ExactText(name)
    }

    var json: String {
        String(decoding: JSONWriter.object { $0.write("hook", hook) }, as: UTF8.self)
    }
}
