import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A policy that is to be added or changed, as the questions of `/policy` made it.
    static let policy = ActionKind(
        name: Command.policy.name,
        title: { PolicyProposal($0)?.title ?? "a risk policy" },
        perform: { action, services, caller in
            guard let proposal = PolicyProposal(action) else { throw ServiceError.foreignAction }
            let policy = try await proposal.perform(services.risk, caller)
            return String(
                decoding: JSONWriter.object { $0.write("uid", policy.uid) }, as: UTF8.self)
        },
        facts: { action, _ in PolicyProposal(action)?.facts ?? [] })
}

/// A policy that waits for Confirm.
struct PolicyProposal: Sendable, Hashable {
    let name: String
    /// Nil where a policy is changed.
    let scope: PolicyScope?
    let scopeWords: String
    let configJSON: String
    /// Of the policy that is changed; nil for a new one.
    let version: Int64?

    init(
        name: String, scope: PolicyScope?, scopeWords: String, configJSON: String, version: Int64?
    ) {
        self.name = name
        self.scope = scope
        self.scopeWords = scopeWords
        self.configJSON = configJSON
        self.version = version
    }

    init?(_ action: PendingAction) {
        guard action.kind == Command.policy.name,
            let content = try? JSONValue(parsing: action.contentJSON),
            let name = content["name"]?.string, let config = content["config"],
            let scopeWords = content["scope"]?.string
        else { return nil }
        version = content["version"]?.integer.map { Int64($0) }
        self.name = name
        self.scopeWords = scopeWords
        configJSON = config.canonical
        scope =
            version == nil
            ? PolicyScope(
                portfolio: content["portfolio"]?.string.map { ExactText($0) },
                strategy: content["strategy"]?.string.flatMap { StrategyReference(parsing: $0) })
            : nil
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("name", name)
            content.write("config", JSONRaw(configJSON))
            content.write("scope", scopeWords)
            if let portfolio = scope?.portfolio { content.write("portfolio", portfolio) }
            if let strategy = scope?.strategy { content.write("strategy", strategy.description) }
            if let version { content.write("version", version) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var title: String { version == nil ? "add policy \(name)" : "change policy \(name)" }

    var facts: [Fact] {
        [Fact("Policy", .text(name))]
            + PolicyWords(configJSON: configJSON, scope: scopeWords).facts
    }

    /// Databases write the same object in different ways.
    private func says(_ policy: RiskPolicyRecord) -> Bool {
        (try? JSONValue(parsing: policy.configJSON))?.canonical == configJSON
    }

    /// Done once: a policy that says all of this already is what came of it before.
    func perform(_ risk: RiskService, _ caller: Caller) async throws -> RiskPolicyRecord {
        do {
            guard let version else {
                return try await risk.add(
                    PolicyRequest(
                        name: name, portfolio: scope?.portfolio, strategy: scope?.strategy,
                        configJSON: configJSON), for: caller)
            }
            return try await risk.change(
                ExactText(name), to: configJSON, version: version, for: caller)
        } catch let error as ServiceError where error.kind == .conflict {
            let policies = try await risk.policies(for: caller)
            guard
                let known = policies.first(where: {
                    $0.name.text == name && says($0) && $0.isActive
                        && PolicyWords($0).scope == scopeWords
                })
            else { throw error }
            return known
        }
    }
}
