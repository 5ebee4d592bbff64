import HTTPTypes

/// Every code that a problem may have: the status that it comes with, and what it means.
public enum ProblemCode: String, Sendable, CaseIterable {
    case badRequest = "BAD_REQUEST"
    case notJSON = "NOT_JSON"
    case notGzip = "NOT_GZIP"
    case unauthorized = "UNAUTHORIZED"
    case invalidSignature = "INVALID_SIGNATURE"
    case forbiddenScope = "FORBIDDEN_SCOPE"
    case forbiddenPortfolio = "FORBIDDEN_PORTFOLIO"
    case forbiddenStrategy = "FORBIDDEN_STRATEGY"
    case notFound = "NOT_FOUND"
    case unknownPortfolio = "UNKNOWN_PORTFOLIO"
    case unknownStrategy = "UNKNOWN_STRATEGY"
    case unknownTrade = "UNKNOWN_TRADE"
    case unknownPosition = "UNKNOWN_POSITION"
    case unknownCampaign = "UNKNOWN_CAMPAIGN"
    case unknownOrder = "UNKNOWN_ORDER"
    case unknownHook = "UNKNOWN_HOOK"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case conflict = "CONFLICT"
    case orderEnded = "ORDER_ENDED"
    case versionConflict = "VERSION_CONFLICT"
    case notOurs = "NOT_OURS"
    case tooManyOpenOrders = "TOO_MANY_OPEN_ORDERS"
    case bodyTooSlow = "BODY_TOO_SLOW"
    case bodyTooLarge = "BODY_TOO_LARGE"
    case tooManyRuns = "TOO_MANY_RUNS"
    case tooManyFills = "TOO_MANY_FILLS"
    case tooManyOrders = "TOO_MANY_ORDERS"
    case tooManyQuotes = "TOO_MANY_QUOTES"
    case tooManyRates = "TOO_MANY_RATES"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case invalidField = "INVALID_FIELD"
    case unknownField = "UNKNOWN_FIELD"
    case outOfRange = "OUT_OF_RANGE"
    case ambiguous = "AMBIGUOUS"
    case unknownInstrument = "UNKNOWN_INSTRUMENT"
    case ambiguousInstrument = "AMBIGUOUS_INSTRUMENT"
    case instrumentMismatch = "INSTRUMENT_MISMATCH"
    case noGateway = "NO_GATEWAY"
    case noQuote = "NO_QUOTE"
    case nothingToReduce = "NOTHING_TO_REDUCE"
    case notStored = "NOT_STORED"
    case rateLimited = "RATE_LIMITED"
    case headersTooLarge = "HEADERS_TOO_LARGE"
    case `internal` = "INTERNAL"
    case unavailable = "UNAVAILABLE"
    case quarantineFull = "QUARANTINE_FULL"
}

extension ProblemCode {
    var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .notJSON, .notGzip: .badRequest
        case .unauthorized, .invalidSignature: .unauthorized
        case .forbiddenScope, .forbiddenPortfolio, .forbiddenStrategy: .forbidden
        case .notFound, .unknownPortfolio, .unknownStrategy, .unknownTrade, .unknownPosition,
            .unknownCampaign, .unknownOrder, .unknownHook:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict, .orderEnded, .versionConflict, .notOurs, .tooManyOpenOrders, .tooManyRuns:
            .conflict
        case .bodyTooSlow: .requestTimeout
        case .bodyTooLarge, .tooManyFills, .tooManyOrders, .tooManyQuotes, .tooManyRates:
            .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidField, .unknownField, .outOfRange, .ambiguous, .unknownInstrument,
            .ambiguousInstrument, .instrumentMismatch, .noGateway, .noQuote, .nothingToReduce,
            .notStored:
            .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .internal: .internalServerError
        case .unavailable: .serviceUnavailable
        case .quarantineFull:
            HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// One clause, for whoever writes a client.
    var meaning: String {
        switch self {
        case .badRequest: "what came is no HTTP/1.1 request, or its body did not arrive whole"
        case .notJSON: "the body is no JSON; the detail tells line, column and path"
        case .notGzip: "the body's Content-Encoding is gzip, and it is none"
        case .invalidSignature: "Blotter-Signature is malformed, too old or not that of the request"
        case .bodyTooSlow: "the body took longer than a minute to arrive"
        case .unauthorized: "there is no token, or it is unknown, revoked or expired"
        case .forbiddenScope: "the token's scope is too small"
        case .forbiddenPortfolio: "the token is for another portfolio"
        case .forbiddenStrategy: "the token is for another strategy"
        case .notFound: "there is no such path"
        case .unknownPortfolio: "no such portfolio of yours, an archived one, or no default"
        case .unknownStrategy: "there is no such strategy of yours"
        case .unknownTrade: "there is no such trade in the portfolio"
        case .unknownPosition: "there is no position in the symbol, open or closed"
        case .unknownCampaign: "there is no such campaign of yours"
        case .unknownHook: "there is no such hook, or the message lacks its secret"
        case .quarantineFull: "it could not be stored, and the quarantine is full: send it again"
        case .unknownOrder: "there is no such order of yours"
        case .tooManyRuns: "the strategy has as many runs as it may: end some with STOPPED"
        case .tooManyOrders: "more than 10,000 orders in one batch: send several"
        case .methodNotAllowed: "the path does not take the method; Allow names those that it does"
        case .conflict: "the id is known with other content"
        case .orderEnded: "the order has ended; the detail tells how"
        case .versionConflict: "the order has changed since; the detail tells how it is now"
        case .notOurs: "the order was placed elsewhere and reported: change it there"
        case .tooManyOpenOrders: "the portfolio has as many open orders as it may: cancel some"
        case .unknownInstrument: "the instrument is not known: add asset_type and currency"
        case .ambiguousInstrument: "several instruments have the symbol: add what tells them apart"
        case .instrumentMismatch: "the known instrument has another multiplier or tick size"
        case .noGateway: "no order can be sent to the portfolio's broker from here"
        case .noQuote: "no price is known to reckon the quantity from"
        case .nothingToReduce: "reduce_only, and what is held is none or less"
        case .bodyTooLarge: "the body is longer than the service takes: send several requests"
        case .tooManyFills: "more than 10,000 fills in one batch: send several"
        case .tooManyQuotes: "more than 10,000 quotes in one batch: send several"
        case .tooManyRates: "more than 10,000 rates in one batch: send several"
        case .unsupportedMediaType: "another Content-Type or Content-Encoding; see Accept"
        case .invalidField: "a member or parameter is missing, given twice, or wrong; see field"
        case .unknownField: "there is no such member or parameter; see field"
        case .outOfRange: "a decimal does not fit 18 decimals below 1.7e20"
        case .ambiguous: "several positions are meant; the detail lists the choices"
        case .notStored: "fills of an atomic batch were rejected, so none was stored"
        case .rateLimited: "the token is used too often: go on after Retry-After seconds"
        case .headersTooLarge: "the request's address and headers are too large"
        case .internal: "an error of the service; its log tells more under the X-Request-Id"
        case .unavailable: "the database is away or the service stops: repeat the request later"
        }
    }

    /// `UNKNOWN_FIELD` is `UnknownField`.
    var typeName: String {
        rawValue.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined()
    }
}

extension Problem {
    /// With the status that the code comes with.
    init(_ code: ProblemCode, _ detail: String, field: String? = nil) {
        self.init(code.status, code.rawValue, detail, field: field)
    }
}
