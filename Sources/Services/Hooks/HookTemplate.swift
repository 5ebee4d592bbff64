public import Records
import Ledger
import Wire

/// How a message of another program becomes a fill: a small JSON object.
///
///     {"only": {"event": ["entry_fill", "exit_fill"]},
///      "fill": {"symbol": "{{base}}{{quote}}",
///               "side": {"value": "{{direction}}", "map": {"long": "BUY"}, "default": "SELL"}},
///      "meta": {"tag": "{{enter_tag}}"},
///      "position": {"before": "{{prev_market_position}}", …},
///      "secret": "passphrase"}
///
/// `{{a.b}}` stands for what the message has at `a.b`, `{{$received_at}}` for when it came.
/// Whatever can be known to be wrong is refused when a template is read, with the field named.
public struct HookTemplate: Sendable, Hashable {
    /// The longest template in bytes.
    public static let limitBytes = 8192
    static let metaLimit = 20

    /// Messages are taken only where each of these fields has one of the words, in any case.
    private(set) var only: [(field: HookPath, words: Set<String>)] = []
    private(set) var fill: [(field: String, value: HookValue)] = []
    private(set) var meta: [(name: String, value: HookValue)] = []
    private(set) var position: [HookPositionField: HookValue] = [:]
    /// The field of a message that holds the secret, where the address does not.
    private(set) var secret: HookPath?
    /// As it was written, without blanks.
    public let json: String

    public static func == (left: HookTemplate, right: HookTemplate) -> Bool {
        left.json == right.json
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// What a message may tell of the strategy's position, before and after its order.
enum HookPositionField: String, CaseIterable, Sendable {
    case direction, size
    case directionBefore = "direction_before"
    case sizeBefore = "size_before"
}

extension HookTemplate {
    private enum Key: String, CaseIterable, Sendable { case only, fill, meta, position, secret }

    /// Fields that a hook settles itself.
    private static let settled: Set<String> = [
        FillField.portfolio.rawValue, FillField.strategy.rawValue, FillField.meta.rawValue,
        FillField.option.rawValue,
    ]

    private static let fields =
        FillField.allCases.map(\.rawValue).filter { !settled.contains($0) }
        + OptionField.allCases.map(\.name)

    /// Throws `ServiceError.invalid`, whose field is where in the template the fault is.
    public init(parsing text: String, for kind: HookRecord.Kind) throws(ServiceError) {
        guard text.utf8.count <= Self.limitBytes else {
            throw .badTemplate(nil, "longer than \(Self.limitBytes) bytes")
        }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw .badTemplate(nil, "not JSON: \(error)")
        }
        guard let members = value.object else {
            throw .badTemplate(nil, "expected one JSON object, {\"fill\":{…}}")
        }
        json = value.description
        for member in members {
            let name = member.key.text
            guard let key = Key(rawValue: name) else {
                throw .badTemplate(
                    name,
                    "no such key; there are "
                        + Key.allCases.map(\.rawValue).joined(separator: ", "))
            }
            try read(key, member.value)
        }
        guard fill.contains(where: { $0.field == FillField.symbol.rawValue }) else {
            throw .badTemplate("fill.symbol", "is missing: every fill has a symbol")
        }
        for field in [FillField.side, .quantity, .price, .execTime]
        where !fill.contains(where: { $0.field == field.rawValue }) {
            throw .badTemplate("fill.\(field.rawValue)", "is missing: every fill needs it")
        }
        guard kind == .tradingView else { return }
        // An alert that is sent again has to be known by what stands in it.
        let time = fill.first { $0.field == FillField.execTime.rawValue }
        if time?.value.isOfMessage != true {
            throw .badTemplate(
                "fill.exec_time",
                "has to come with the message, as in {{timenow}}:"
                    + " an alert that is sent again is known by it")
        }
    }

    private mutating func read(_ key: Key, _ value: JSONValue) throws(ServiceError) {
        if key == .secret {
            guard let path = value.string.flatMap(HookPath.init) else {
                throw .badTemplate("secret", "expected the name of the message's field")
            }
            secret = path
            return
        }
        guard let members = value.object else {
            throw .badTemplate(key.rawValue, "expected an object")
        }
        if key == .meta, members.count > Self.metaLimit {
            throw .badTemplate("meta", "more than \(Self.metaLimit) entries")
        }
        for member in members {
            let name = member.key.text
            let place = "\(key.rawValue).\(FillRefusal.shortened(name))"
            switch key {
            case .only: only.append(try Self.condition(name, member.value, place))
            case .fill:
                guard Self.fields.contains(name) else {
                    throw .badTemplate(
                        place,
                        Self.settled.contains(name)
                            ? "is not for a template: the hook itself settles it"
                            : "no such field; there are " + Self.fields.joined(separator: ", "))
                }
                fill.append((name, try HookValue(member.value, at: place)))
            case .meta: meta.append((name, try HookValue(member.value, at: place)))
            case .position:
                guard let field = HookPositionField(rawValue: name) else {
                    throw .badTemplate(
                        place,
                        "no such field; there are "
                            + HookPositionField.allCases.map(\.rawValue).joined(separator: ", "))
                }
                position[field] = try HookValue(member.value, at: place)
            case .secret: break
            }
        }
    }

    private static func condition(
        _ name: String, _ value: JSONValue, _ place: String
    ) throws(ServiceError) -> (field: HookPath, words: Set<String>) {
        guard let path = HookPath(name) else {
            throw .badTemplate(place, "expected the name of the message's field")
        }
        let words = value.array?.compactMap(\.string) ?? []
        guard !words.isEmpty, words.count == value.array?.count else {
            throw .badTemplate(place, "expected a list of words, such as [\"entry_fill\"]")
        }
        return (path, Set(words.map { $0.lowercased() }))
    }
}

extension ServiceError {
    static func badTemplate(_ field: String?, _ detail: String) -> ServiceError {
        ServiceError(.invalid, code: "INVALID_TEMPLATE", field: field, detail: detail)
    }
}
