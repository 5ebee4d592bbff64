import Ledger
import Records
import Services
import Wire

/// What a policy says, in words.
struct PolicyWords {
    let isActive: Bool?
    /// For whom it holds.
    let scope: String
    private let config: JSONValue?
    private let rule: RiskRuleDescription?
    private let configJSON: String

    init(configJSON: String, scope: String, isActive: Bool? = nil) {
        self.configJSON = configJSON
        self.scope = scope
        self.isActive = isActive
        config = try? JSONValue(parsing: configJSON)
        rule = config?["rule"]?.string.flatMap(RiskRules.named)?.about
    }

    init(_ policy: RiskPolicyRecord) {
        let scope =
            switch policy.scopeType {
            case .user: "all portfolios"
            case .portfolio: "portfolio \(policy.scopeName?.text ?? "")"
            case .strategy: "strategy \(policy.scopeName?.text ?? "")"
            }
        self.init(configJSON: policy.configJSON, scope: scope, isActive: policy.isActive)
    }

    /// What it is about; nil for one that this version of the program does not understand.
    var ruleTitle: String? { rule?.title }

    private var action: RiskAction? {
        config?["action"]?.string.flatMap { RiskAction(rawValue: $0.uppercased()) }
    }

    /// `Daily loss: 3 %, HALTED; BLOCK`
    var line: Cell {
        guard let rule, let action else {
            return .code(configJSON.shortened(to: Self.shownCharacters))
        }
        let values = fields(of: rule).map { Self.value($0.value, of: $0.field) }
        let limits = values.isEmpty ? "" : ": \(values.joined(separator: ", "))"
        return .text(
            "\(rule.title)\(limits); \(action.rawValue)".shortened(to: Self.shownCharacters))
    }

    var facts: [Fact] {
        var facts: [Fact] = []
        if let isActive { facts.append(Fact("State", isActive ? "in force" : "off")) }
        guard let rule, let action else {
            return facts + [
                Fact("Holds for", .text(scope)),
                Fact("Says", .code(configJSON.shortened(to: Self.shownCharacters))),
                Fact("Not judged", "this version does not understand it: change it"),
            ]
        }
        facts += [
            Fact("Rule", "\(rule.title): \(rule.explanation)"), Fact("Holds for", .text(scope)),
        ]
        for (field, value) in fields(of: rule) {
            facts.append(Fact(field.explanation, .text(Self.value(value, of: field))))
        }
        return facts + [Fact("If exceeded", .text(action.explained))]
    }

    private func fields(
        of rule: RiskRuleDescription
    ) -> [(field: RiskField, value: JSONValue)] {
        rule.fields.compactMap { field in config?[field.key].map { (field, $0) } }
    }

    private static let shownCharacters = 200

    /// With its unit: `3 %`, `30 minutes`, `AAPL, MSFT`.
    static func value(_ value: JSONValue, of field: RiskField) -> String {
        let text: String =
            switch value {
            case .number(let literal): literal.text
            case .string(let text): text.text
            case .array(let elements):
                elements.compactMap(\.string).joined(separator: ", ")
            case .null, .bool, .object: value.canonical
            }
        return switch field.kind {
        case .percent: "\(text) %"
        case .minutes: "\(text) minutes"
        case .seconds: "\(text) seconds"
        case .ratio: "\(text) ×"
        case .amount: "\(text) of the base currency"
        case .quantity: "\(text) units"
        case .count, .time, .zone, .symbols, .currencies, .choice, .choices: text
        }
    }
}

extension RiskAction {
    /// With what it means.
    var explained: String {
        switch self {
        case .warn: "WARN: the order leaves, and you are told"
        case .reduceSize: "REDUCE_SIZE: the order is cut down to what passes"
        case .block: "BLOCK: the order is denied"
        case .closePosition: "CLOSE_POSITION: the order is denied, and what is held is closed"
        }
    }
}
