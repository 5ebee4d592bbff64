import Wire

/// What came of an action that was confirmed.
public enum ActionOutcome: Sendable, Hashable {
    /// It was carried out; a JSON object of its kind.
    case done(resultJSON: String)
    /// It could not be, and will not be tried again; a sentence for the one who confirmed it.
    case refused(String)

    private static let doneKey = "done"
    private static let refusedKey = "refused"

    var json: String {
        let bytes = JSONWriter.object { outcome in
            switch self {
            case .done(let resultJSON): outcome.write(Self.doneKey, JSONRaw(resultJSON))
            case .refused(let reason): outcome.write(Self.refusedKey, reason)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil for what another version of the program wrote and this one does not know.
    init?(json: String) {
        guard let outcome = try? JSONValue(parsing: json) else { return nil }
        if let result = outcome[Self.doneKey] {
            self = .done(resultJSON: result.description)
        } else if let reason = outcome[Self.refusedKey]?.string {
            self = .refused(reason)
        } else {
            return nil
        }
    }
}
