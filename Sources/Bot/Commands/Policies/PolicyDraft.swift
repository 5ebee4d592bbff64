import Ledger
import Records
import Services
import Wire

/// A policy that somebody is being asked about, question by question. A value: each answer makes
/// another one, which is kept as the content of a pending action.
struct PolicyDraft: Sendable, Hashable {
    enum Question: Sendable, Hashable {
        /// Which of these fields is to be given.
        case oneOf([RiskField])
        case field(RiskField)
        case action
        case scope
        case name
    }

    /// A policy that is there and is changed.
    struct Original: Sendable, Hashable {
        let version: Int64
        let scope: String
        let config: JSONValue
    }

    /// Of the pending action that keeps it. It is no kind that can be confirmed.
    static let kind = "policydraft"
    /// For so long the next answer is waited for.
    static let lifetimeSeconds: Int64 = 3600

    let rule: RiskRuleDescription
    let original: Original?
    /// How many questions were answered.
    private(set) var step = 0
    private var values: [String: JSONValue] = [:]
    /// Fields that were passed over.
    private var passed: Set<String> = []
    /// Of several of which one is to be given.
    private var chosen: String?
    private var action: RiskAction?
    private var scope: PolicyScope?
    private var name: String?

    init(_ rule: RiskRuleDescription) {
        self.rule = rule
        original = nil
    }

    /// Throws where its rule is not known, so that there is nothing to ask.
    init(changing policy: RiskPolicyRecord) throws {
        guard let config = try? JSONValue(parsing: policy.configJSON),
            let rule = config["rule"]?.string.flatMap(RiskRules.named)?.about
        else {
            throw CommandRefusal.misused(
                "This version does not understand what it says: give all of it, as JSON.")
        }
        self.rule = rule
        original = Original(
            version: policy.version, scope: PolicyWords(policy).scope, config: config)
        name = policy.name.text
        scope = .all
    }

    var title: String {
        original == nil ? "New policy: \(rule.title)" : "Changing \(name ?? "a policy")"
    }

    /// Nil where all has been said.
    var question: Question? {
        for field in rule.fields where values[field.key] == nil && !passed.contains(field.key) {
            guard case .oneOf(let keys) = field.need else { return .field(field) }
            if chosen == nil { return .oneOf(rule.fields.filter { keys.contains($0.key) }) }
            if chosen == field.key { return .field(field) }
        }
        if action == nil { return .action }
        if scope == nil { return .scope }
        return name == nil ? .name : nil
    }

    /// What the policy that is changed says there.
    func old(_ key: String) -> JSONValue? { original?.config[key] }

    /// How a new one is called where nothing better comes to mind.
    var suggestedName: String { rule.title.lowercased() }

    /// As far as it is known.
    var configJSON: String {
        var members = values.map { JSONMember(ExactText($0.key), $0.value) }
        members.append(JSONMember("rule", .string(ExactText(rule.key))))
        if let action { members.append(JSONMember("action", .string(ExactText(action.rawValue)))) }
        return JSONValue.object(members).canonical
    }

    var words: PolicyWords {
        PolicyWords(
            configJSON: configJSON, scope: original?.scope ?? scope?.words ?? "not said yet")
    }

    /// What was said so far.
    var facts: [Fact] {
        var facts = [Fact("Rule", .text(rule.explanation))]
        for field in rule.fields {
            guard let value = values[field.key] else { continue }
            facts.append(Fact(field.explanation, .text(PolicyWords.value(value, of: field))))
        }
        if let action { facts.append(Fact("If exceeded", .text(action.explained))) }
        if let scope, original == nil { facts.append(Fact("Holds for", .text(scope.words))) }
        return facts
    }

    /// What is to be done; nil while something is still to be asked.
    var proposal: PolicyProposal? {
        guard question == nil, let name, let scope else { return nil }
        return PolicyProposal(
            name: name, scope: original == nil ? scope : nil, scopeWords: words.scope,
            configJSON: configJSON, version: original?.version)
    }
}

// MARK: Answers

extension PolicyDraft {
    static let skipWord = "skip"
    static let keepWord = "keep"

    /// The next draft. Throws what is to be asked once more. `scope` finds whom an answer names.
    func answered(
        _ answer: Arguments, zone: (String) -> TimeZoneRules?,
        scope named: (Arguments) async throws -> PolicyScope
    ) async throws -> PolicyDraft {
        var next = self
        next.step += 1
        let word = answer.text.lowercased()
        switch question {
        case .oneOf(let fields):
            let isKept = word == Self.keepWord
            guard
                let field = fields.first(where: {
                    isKept ? old($0.key) != nil : $0.key == word
                })
            else {
                throw Self.wrong(answer, "one of \(fields.map(\.key).joined(separator: ", "))")
            }
            next.chosen = field.key
        case .field(let field):
            try next.take(answer, word, field, zone)
        case .action:
            let spoken = word.uppercased().replacing(" ", with: "_").replacing("-", with: "_")
            let kept = word == Self.keepWord ? old("action")?.string?.uppercased() : nil
            guard let action = RiskAction(rawValue: kept ?? spoken) else {
                throw Self.wrong(
                    answer,
                    "one of \(RiskAction.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            next.action = action
        case .scope: next.scope = try await named(answer)
        case .name:
            guard !answer.isEmpty else { throw CommandRefusal.misused("It needs a name.") }
            next.name = word == Self.keepWord ? suggestedName : answer.text
        case nil: break
        }
        return next
    }

    private mutating func take(
        _ answer: Arguments, _ word: String, _ field: RiskField,
        _ zone: (String) -> TimeZoneRules?
    ) throws {
        if word == Self.skipWord, field.mayBeSkipped {
            passed.insert(field.key)
            return
        }
        let value = word == Self.keepWord ? old(field.key) : nil
        values[field.key] = try value ?? Self.value(of: answer, for: field, zone)
    }

    /// A text as the field takes it. Throws what was expected.
    private static func value(
        of answer: Arguments, for field: RiskField, _ zone: (String) -> TimeZoneRules?
    ) throws(CommandRefusal) -> JSONValue {
        let value: RiskValue
        let json: JSONValue
        if field.isList {
            let items = answer.text.replacing(",", with: " ").split(separator: " ").map(String.init)
            value = .list(items)
            json = .array(items.map { .string(ExactText($0)) })
        } else {
            var text = answer.text
            if field.kind == .percent, text.hasSuffix("%") {
                text = String(text.dropLast()).trimmingBlanks
            }
            value = .text(text)
            json = .string(ExactText(text))
        }
        do throws(RiskConfigFault) {
            // Whether it has to be there, and with which others, is asked by whoever asks.
            let single = RiskField(
                field.key, field.kind, from: field.minimum, to: field.maximum, field.explanation)
            _ = try RiskSettings([field.key: value], of: [single], zone: zone)
        } catch {
            throw wrong(answer, field.expected)
        }
        return json
    }

    private static func wrong(_ answer: Arguments, _ expected: String) -> CommandRefusal {
        CommandRefusal(
            title: "That was not understood",
            reason: "“\(answer.text.shortened)”: expected \(expected).")
    }
}

extension RiskField {
    /// Whether the rule does without it.
    var mayBeSkipped: Bool {
        switch need {
        case .always, .oneOf: false
        case .otherwise, .optional: true
        }
    }

    fileprivate var isList: Bool {
        switch kind {
        case .symbols, .currencies, .choices: true
        case .amount, .percent, .ratio, .quantity, .count, .minutes, .seconds, .time, .zone,
            .choice:
            false
        }
    }
}

// MARK: As it is kept

extension PolicyDraft {
    var json: String {
        var members: [JSONMember] = [
            JSONMember("rule", .string(ExactText(rule.key))),
            JSONMember("step", .number(literal: ExactText("\(step)"))),
            JSONMember("values", .object(values.map { JSONMember(ExactText($0.key), $0.value) })),
            JSONMember("passed", .array(passed.sorted().map { .string(ExactText($0)) })),
        ]
        func add(_ key: ExactText, _ text: String?) {
            if let text { members.append(JSONMember(key, .string(ExactText(text)))) }
        }
        add("chosen", chosen)
        add("action", action?.rawValue)
        add("name", name)
        if let scope {
            add("scope", "said")
            add("portfolio", scope.portfolio?.text)
            add("strategy", scope.strategy?.description)
        }
        if let original {
            members.append(
                JSONMember("version", .number(literal: ExactText("\(original.version)"))))
            add("old_scope", original.scope)
            members.append(JSONMember("old", original.config))
        }
        return JSONValue.object(members).canonical
    }

    /// Nil for what another version of the bot kept.
    init?(json: String) {
        guard let kept = try? JSONValue(parsing: json),
            let rule = kept["rule"]?.string.flatMap(RiskRules.named)?.about,
            let step = kept["step"]?.integer, let values = kept["values"]?.object,
            let passed = kept["passed"]?.array
        else { return nil }
        self.rule = rule
        self.step = step
        self.values = Dictionary(values.map { ($0.key.text, $0.value) }) { first, _ in first }
        self.passed = Set(passed.compactMap(\.string))
        chosen = kept["chosen"]?.string
        action = kept["action"]?.string.flatMap(RiskAction.init)
        name = kept["name"]?.string
        if kept["scope"] != nil {
            scope = PolicyScope(
                portfolio: kept["portfolio"]?.string.map { ExactText($0) },
                strategy: kept["strategy"]?.string.flatMap { StrategyReference(parsing: $0) })
        }
        if let version = kept["version"]?.integer, let config = kept["old"] {
            original = Original(
                version: Int64(version), scope: kept["old_scope"]?.string ?? "", config: config)
        } else {
            original = nil
        }
    }
}
