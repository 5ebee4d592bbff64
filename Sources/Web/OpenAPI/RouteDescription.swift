import Wire

/// Under what a route stands in the API's description.
public enum RouteTag: String, Sendable, CaseIterable {
    case ingest = "Ingest"
    case hooks = "Hooks"
    case market = "Marks and rates"
    case positions = "Positions and P&L"
    case trades = "Trades"
    case campaigns = "Campaigns"
    case orders = "Orders and risk"
    case service = "Service"

    var sentence: String {
        switch self {
        case .ingest: "What strategies and brokers report. Idempotent: post again what is unsure."
        case .hooks: "What freqtrade and TradingView call by themselves."
        case .market: "Quotes, which mark what is held, and what currencies cost each other."
        case .positions: "What is held, what it earned, and the trades behind the figures."
        case .trades: "The immutable rows that fills became."
        case .campaigns: "The journeys of positions from flat to flat, leg by leg."
        case .orders: "Orders, and the risk rules with their latest breaches."
        case .service: "Whether the service is well, and what it can do."
        }
    }
}

/// A body, in each of the media types in which it may come or go.
struct Content: Sendable {
    struct Form: Sendable {
        let mediaType: String
        let schema: JSONSchema
        /// As it would be sent; JSON where the media type is.
        let example: String
    }

    let forms: [Form]
    /// Whether there may be none at all.
    private(set) var isOptional = false

    var optional: Content {
        var content = self
        content.isOptional = true
        return content
    }

    static func json(_ schema: JSONSchema, example: String) -> Content {
        .form("application/json", schema, example: example)
    }

    static func form(_ mediaType: String, _ schema: JSONSchema, example: String) -> Content {
        Content(forms: [Form(mediaType: mediaType, schema: schema, example: example)])
    }

    /// The same in another media type.
    func or(_ other: Content) -> Content { Content(forms: forms + other.forms) }

    static func json<Value>(_ format: AnswerFormat<Value>, example: String) -> Content {
        .json(format.schema, example: example)
    }
}

/// What there is to know of a route beside what it does.
struct RouteDescription: Sendable {
    let tag: RouteTag
    /// Paragraphs in CommonMark, after the summary.
    let details: String?
    let query: [RouteParameter]
    let segments: [RouteParameter]
    /// Nil where it takes no body.
    let request: Content?
    /// Of a 200.
    let answer: Content
    /// Whether what it makes is answered by a 201.
    let isCreating: Bool
    /// Beside those that follow from the rest of the description.
    let refusals: [ProblemCode]
}

extension Route {
    /// Every code that the route may refuse a request with, in their own order.
    var problems: [ProblemCode] {
        var codes: Set<ProblemCode> = [.badRequest, .headersTooLarge, .internal]
        if scope != nil {
            codes.formUnion([
                .unauthorized, .invalidSignature, .forbiddenScope, .rateLimited,
                .unavailable,
            ])
            // Of the query, whatever it has.
            codes.formUnion([.invalidField, .unknownField])
        }
        if description.request != nil {
            codes.formUnion([
                .notJSON, .notGzip, .bodyTooSlow, .bodyTooLarge, .unsupportedMediaType,
                .invalidField, .unknownField,
            ])
        }
        for parameter in description.query + description.segments {
            codes.formUnion(parameter.refusals)
        }
        codes.formUnion(description.refusals)
        return ProblemCode.allCases.filter(codes.contains)
    }

    /// `GET /v1/positions/{symbol}/why` is `getPositionsBySymbolWhy`.
    var operationID: String {
        let words = path.split { "/.-_".contains($0) }.filter { $0 != "v1" }.map { word in
            let name = word.filter { $0 != "{" && $0 != "}" }
            let capital = name.prefix(1).uppercased() + name.dropFirst()
            return word.hasPrefix("{") ? "By" + capital : capital
        }
        return method.rawValue.lowercased() + words.joined()
    }
}
