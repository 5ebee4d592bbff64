import Ledger
import Services
import Wire

/// What can be asked of a route: a parameter of its query, or of its path.
struct RouteParameter: Sendable {
    let name: String
    let schema: JSONSchema
    /// One or two sentences; the last one without a full stop.
    let sentence: String
    /// A value that is taken once the examples of the requests were posted.
    let example: JSONValue?
    /// What a value may be refused with, beside `INVALID_FIELD`.
    let refusals: [ProblemCode]

    init(
        _ name: String, _ schema: JSONSchema, _ sentence: String, example: JSONValue? = nil,
        refusals: [ProblemCode] = []
    ) {
        self.name = name
        self.schema = schema
        self.sentence = sentence
        self.example = example
        self.refusals = refusals
    }
}

extension RouteParameter {
    static let portfolio = RouteParameter(
        "portfolio", .text(atMost: 1024),
        "A portfolio's name; all that the token reaches where it is left out",
        example: "main", refusals: [.unknownPortfolio])

    static let strategy = RouteParameter(
        "strategy", .strategy, "A strategy's `NAME` or `NAME@VERSION`; `NAME` is its version 1.0",
        example: "momo@1.0", refusals: [.unknownStrategy])

    static let symbol = RouteParameter(
        "symbol", .text(atMost: 1024), "An instrument's symbol, as it was posted",
        example: "BTCUSDT")

    static let limit = RouteParameter(
        "limit", JSONSchema.integer(Limits.pageSize).withDefault(100),
        "How many rows a page has at most", example: 100)

    /// `list` is the row's name in the plural.
    static func cursor(_ list: String) -> RouteParameter {
        RouteParameter(
            "cursor", .string(pattern: "^[A-Za-z0-9_-]{1,1024}$"),
            "The `next_cursor` of the page before: the page of \(list) that follows it")
    }

    static let from = RouteParameter(
        "from", .moment, "From the beginning of that day in UTC, or from that time",
        example: "2026-02-01")

    static let to = RouteParameter(
        "to", .moment, "To the end of that day in UTC, or to that time, itself included",
        example: "2026-02-28")
}

extension JSONSchema {
    /// Not empty, without U+0000. A longer text than so many bytes of UTF-8 is refused.
    static func text(atMost limitBytes: Int, _ sentence: String? = nil) -> JSONSchema {
        let limit = "At most \(limitBytes) bytes of UTF-8, none of them U+0000"
        return string(pattern: #"^[^\u0000]{1,\#(limitBytes)}$"#)
            .described(sentence.map { "\($0). \(limit)" } ?? limit)
    }

    /// `NAME` or `NAME@VERSION`.
    static let strategy: JSONSchema = {
        let part = #"[^@\u0000]{1,\#(StrategyReference.partLimitBytes)}"#
        return string(pattern: "^\(part)(@\(part))?$").example("momo@1.0")
    }()

    fileprivate static let moment = anyOf([string(format: "date"), string(format: "date-time")])
}
