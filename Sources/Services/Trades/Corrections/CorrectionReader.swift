import Ledger
public import Wire

/// Reads corrections by the rules of `POST /v1/trades/corrections`.
public enum CorrectionReader {
    private static let keys = JSONKeys<CorrectionField>()

    /// Reads the body; what is JSON but no correction is refused with its field.
    public static func request(
        from json: [UInt8]
    ) throws(JSONError) -> Result<CorrectionRequest, ServiceError> {
        var reader = JSONReader(json, tolerating: .all)
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            try reader.finish()
            return .failure(
                ServiceError(.invalid(nil, "a correction is an object, found \(kind)")))
        }
        var draft = CorrectionDraft()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if refusal == nil { refusal = try read(key, into: &draft, from: &reader) }
        }
        try reader.finish()
        if let refusal { return .failure(ServiceError(refusal)) }
        return draft.result
    }

    /// Reads a command line's options, which are called as the keys are.
    public static func request(
        fromFields fields: [(name: String, value: String)]
    ) throws(ServiceError) -> CorrectionRequest {
        var draft = CorrectionDraft()
        do throws(FillRefusal) {
            for (name, value) in fields {
                guard let field = CorrectionField(rawValue: name) else { throw unknown(name) }
                try draft.set(field, .text(Array(value.utf8)[...]))
            }
        } catch {
            throw ServiceError(error)
        }
        return try draft.result.get()
    }

    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    private static func read(
        _ key: JSONKey<CorrectionField>, into draft: inout CorrectionDraft,
        from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
        switch key {
        case .unknown(let name):
            return unknown(name)
        case .known(let field):
            if isGivenTwice { return .givenTwice(field.rawValue) }
            let value = try FillValue(from: &reader)
            do {
                try draft.set(field, value)
                return nil
            } catch {
                return error
            }
        }
    }

    private static func unknown(_ key: String) -> FillRefusal {
        let known = CorrectionField.allCases.map(\.rawValue).joined(separator: ", ")
        return FillRefusal(
            code: .unknownField, field: FillRefusal.shortened(key),
            detail: "no such field; there are \(known)")
    }
}

/// The keys of a correction.
public enum CorrectionField: String, CaseIterable, Sendable {
    case portfolio
    case brokerTradeID = "broker_trade_id"
    case correctionID = "correction_id"
    case action
    case quantity
    case price
    case fee
    case execTime = "exec_time"
    case reason
}

/// A correction whose fields are still coming in, in whatever order. A field that is null is left
/// out.
private struct CorrectionDraft {
    private static let figureNames = "quantity, price, fee, exec_time"

    private var portfolio: ExactText?
    private var brokerTradeID: ExactText?
    private var correctionID: ExactText?
    private var action: CorrectionAction?
    private var figures = CorrectedFigures()
    private var firstFigure: CorrectionField?
    private var reason: ExactText?

    mutating func set(
        _ field: CorrectionField, _ value: FillValue
    ) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .portfolio: portfolio = try value.text(name, atMost: FillLimits.nameBytes)
        case .brokerTradeID: brokerTradeID = try value.text(name, atMost: FillLimits.idBytes)
        case .correctionID: correctionID = try value.text(name, atMost: FillLimits.idBytes)
        case .action: action = try Self.action(value.text(name, atMost: FillLimits.nameBytes))
        case .quantity:
            figures.quantity = try value.positiveDecimal(name)
            note(field, figures.quantity != nil)
        case .price:
            figures.price = try value.decimal(name)
            note(field, figures.price != nil)
        case .fee:
            figures.fee = try value.decimal(name)
            note(field, figures.fee != nil)
        case .execTime:
            figures.execTime = try value.time(name)
            note(field, figures.execTime != nil)
        case .reason: reason = try value.text(name, atMost: FillLimits.reasonBytes)
        }
    }

    private mutating func note(_ field: CorrectionField, _ isGiven: Bool) {
        if isGiven, firstFigure == nil { firstFigure = field }
    }

    private static func action(_ text: ExactText?) throws(FillRefusal) -> CorrectionAction? {
        guard let text else { return nil }
        guard let action = CorrectionAction(rawValue: text.text.lowercased()) else {
            let words = CorrectionAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(CorrectionField.action.rawValue, "must be one of \(words)")
        }
        return action
    }

    var result: Result<CorrectionRequest, ServiceError> {
        Result { () throws(FillRefusal) in try request() }.mapError { ServiceError($0) }
    }

    private func request() throws(FillRefusal) -> CorrectionRequest {
        guard let brokerTradeID else { throw .missing(CorrectionField.brokerTradeID.rawValue) }
        guard let correctionID else { throw .missing(CorrectionField.correctionID.rawValue) }
        guard let action else { throw .missing(CorrectionField.action.rawValue) }
        return CorrectionRequest(
            portfolio: portfolio, brokerTradeID: brokerTradeID, correctionID: correctionID,
            change: try change(action), reason: reason)
    }

    private func change(
        _ action: CorrectionAction
    ) throws(FillRefusal) -> CorrectionRequest.Change {
        switch action {
        case .bust:
            if let firstFigure {
                throw .invalid(firstFigure.rawValue, "a bust has no figures: leave it out")
            }
            return .bust
        case .correct:
            guard !figures.isEmpty else {
                throw .invalid(
                    CorrectionField.action.rawValue,
                    "correct needs at least one of \(Self.figureNames)")
            }
            return .correct(figures)
        }
    }
}
