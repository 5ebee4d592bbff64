public import Ledger
import Wire

/// What a notice tells of a risk rule that was exceeded.
public struct BreachNews: Sendable, Hashable {
    public let policy: ExactText
    public let portfolio: ExactText?
    /// What was observed, and what the rule allows: a sentence.
    public let observed: String
    /// Whether the order was blocked; else it was allowed, or made smaller.
    public let isBlock: Bool
    /// What came of it, where there is more to say.
    public let done: String?

    public init(
        policy: ExactText, portfolio: ExactText?, observed: String, isBlock: Bool,
        done: String? = nil
    ) {
        self.policy = policy
        self.portfolio = portfolio
        self.observed = observed
        self.isBlock = isBlock
        self.done = done
    }

    init?(_ payload: JSONValue) {
        guard let policy = payload["policy"]?.string, let observed = payload["observed"]?.string,
            let isBlock = payload["is_block"]?.bool
        else { return nil }
        self.init(
            policy: ExactText(policy),
            portfolio: payload["portfolio"]?.string.map { ExactText($0) }, observed: observed,
            isBlock: isBlock, done: payload["done"]?.string)
    }

    var payloadJSON: String {
        Details.object { object in
            object.write("policy", policy)
            object.write("portfolio", portfolio)
            object.write("observed", observed)
            object.write("is_block", isBlock)
            object.write("done", done)
        }
    }
}

/// What a notice tells of an alert that its reader had set.
public struct AlertNews: Sendable, Hashable {
    public let name: ExactText
    /// What came about: a sentence.
    public let text: String
    public let time: Timestamp

    public init(name: ExactText, text: String, time: Timestamp) {
        self.name = name
        self.text = text
        self.time = time
    }

    init?(_ payload: JSONValue) {
        guard let name = payload["name"]?.string, let text = payload["text"]?.string,
            let time = payload["time"]?.string.flatMap({ Timestamp(canonical: $0) })
        else { return nil }
        self.init(name: ExactText(name), text: text, time: time)
    }

    var payloadJSON: String {
        Details.object { object in
            object.write("name", name)
            object.write("text", text)
            object.write("time", time.description)
        }
    }
}
