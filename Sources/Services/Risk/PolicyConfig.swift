import Ledger
import Wire
import World

/// Reads what `config_json` of a policy says.
struct PolicyConfig {
    let action: RiskAction
    let rule: any RiskRule
    let canonicalJSON: String

    /// Throws `RiskConfigFault`, which names the field.
    init(_ json: String, zones: TimeZones) throws {
        guard let value = try? JSONValue(parsing: json), let members = value.object else {
            throw RiskConfigFault(field: "config", detail: "expected a JSON object")
        }
        var values: [String: RiskValue] = [:]
        for member in members {
            let key = member.key.text
            guard values[key] == nil else {
                throw RiskConfigFault(field: key, detail: "is given twice")
            }
            guard let value = RiskValue(member.value) else {
                throw RiskConfigFault(
                    field: key, detail: "expected a number, a text, or a list of texts")
            }
            values[key] = value
        }
        let read = try RiskRules.read(values) { zones.rules(named: $0) }
        (action, rule) = (read.action, read.rule)
        canonicalJSON = value.canonical
    }
}

extension RiskValue {
    fileprivate init?(_ json: JSONValue) {
        switch json {
        case .number:
            guard let number = json.decimal else { return nil }
            self = .number(number)
        case .string(let text): self = .text(text.text)
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { return nil }
            self = .list(texts)
        case .null, .bool, .object: return nil
        }
    }
}
