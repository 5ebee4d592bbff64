import Ledger
public import Wire

/// Why a batch of quotes or rates as a whole could not be read.
public enum MarketBatchError: Error, Sendable, Hashable {
    /// HTTP 400.
    case notJSON(JSONError)
    /// HTTP 413. `kind` is the array's key.
    case tooMany(kind: String, limit: Int)
    /// HTTP 422: JSON, but no batch.
    case refused(field: String?, detail: String)
}

extension MarketBatchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .tooMany(let kind, let limit): "more than \(limit) \(kind) in one batch: send several"
        case .refused(let field, let detail): field.map { "\($0): \(detail)" } ?? detail
        }
    }
}

/// What became of one quote or rate.
public enum MarketOutcome: Sendable, Hashable {
    case accepted
    /// Older than what is stored; changed nothing.
    case stale
    case rejected(FillRefusal)
}

/// What became of each quote or rate of a batch, in the batch's order.
public struct MarketReport: Sendable, Hashable {
    public let outcomes: [MarketOutcome]
    public let accepted: Int
    public let stale: Int
    public let rejected: Int

    init(outcomes: [MarketOutcome]) {
        var counts = (accepted: 0, stale: 0, rejected: 0)
        for outcome in outcomes {
            switch outcome {
            case .accepted: counts.accepted += 1
            case .stale: counts.stale += 1
            case .rejected: counts.rejected += 1
            }
        }
        self.outcomes = outcomes
        (accepted, stale, rejected) = counts
    }
}

/// A quote or a rate whose fields are still coming in, in whatever order. A field that is null is
/// left out.
protocol MarketDraft {
    associatedtype Field: CaseIterable & RawRepresentable & Sendable
    where Field.RawValue == String
    associatedtype Item: Sendable

    /// The key of the batch's array: `quotes`.
    static var arrayKey: String { get }
    /// One of its elements, for people: `a quote`.
    static var elementName: String { get }

    init()
    mutating func set(_ field: Field, _ value: FillValue) throws(FillRefusal)
    func item() throws(FillRefusal) -> Item
}

/// Reads `{"quotes":[…]}` and the like. What is wrong with one element rejects that one alone; only
/// a text that is no JSON, or no such batch, rejects all.
struct MarketBatchReader<Draft: MarketDraft> {
    typealias Element = Result<Draft.Item, FillRefusal>

    private let limit: Int
    private let keys = JSONKeys<Draft.Field>()
    private var elements: [Element]?
    private var fault: MarketBatchError?

    private init(limit: Int) { self.limit = limit }

    static func read(
        _ json: [UInt8], limit: Int
    ) throws(MarketBatchError) -> [Element] {
        var batch = MarketBatchReader(limit: limit)
        var reader = JSONReader(json, tolerating: .all)
        do {
            try batch.read(&reader)
        } catch {
            throw .notJSON(error)
        }
        if let fault = batch.fault { throw fault }
        guard let elements = batch.elements else {
            throw .refused(field: Draft.arrayKey, detail: "is missing")
        }
        return elements
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .object else {
            fault = .refused(field: nil, detail: "expected an object with \(Draft.arrayKey)")
            return try reader.finish()
        }
        try reader.beginObject()
        while fault == nil, let key = try reader.nextKey() {
            let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
            if ExactText(key) != ExactText(Draft.arrayKey) {
                fault = .refused(field: FillRefusal.shortened(key), detail: "no such field")
            } else if isGivenTwice {
                fault = .refused(field: Draft.arrayKey, detail: "given twice")
            } else {
                try readElements(&reader)
            }
        }
        // Past the limit the rest is not worth reading.
        if case .tooMany = fault { return }
        while fault != nil, try reader.nextKey() != nil {}
        try reader.finish()
    }

    private mutating func readElements(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .array else {
            fault = .refused(field: Draft.arrayKey, detail: "expected an array")
            return
        }
        var elements: [Element] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard elements.count < limit else {
                fault = .tooMany(kind: Draft.arrayKey, limit: limit)
                return
            }
            elements.append(try element(&reader))
        }
        self.elements = elements
    }

    /// Reads the element that comes next to its end, refused or not.
    private func element(_ reader: inout JSONReader) throws(JSONError) -> Element {
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            _ = reader.takeDefects()
            return .failure(.invalid(nil, "\(Draft.elementName) is an object, found \(kind)"))
        }
        var draft = Draft()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if refusal == nil { refusal = try read(key, into: &draft, from: &reader) }
        }
        _ = reader.takeDefects()
        if let refusal { return .failure(refusal) }
        do {
            return .success(try draft.item())
        } catch {
            return .failure(error)
        }
    }

    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    private func read(
        _ key: JSONKey<Draft.Field>, into draft: inout Draft, from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
        switch key {
        case .unknown(let name):
            let known = Draft.Field.allCases.map(\.rawValue).joined(separator: ", ")
            return FillRefusal(
                code: .unknownField, field: FillRefusal.shortened(name),
                detail: "no such field; there are \(known)")
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
}

extension FillRefusal {
    static func missing(_ field: String) -> FillRefusal { .invalid(field, "is missing") }
}
