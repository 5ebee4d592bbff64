public import Ledger
public import Wire

/// A batch of fills as it was posted.
public struct FillBatch: Sendable {
    /// For the fills that name none.
    public let portfolio: ExactText?
    /// For the fills that leave it out.
    public let strategy: StrategyChoice
    /// One entry per FILL, in the order in which they stand.
    public let fills: [Result<FillReport, FillRefusal>]

    public init(
        portfolio: ExactText?, strategy: StrategyChoice,
        fills: [Result<FillReport, FillRefusal>]
    ) {
        self.portfolio = portfolio
        self.strategy = strategy
        self.fills = fills
    }
}

/// The keys of the body of `POST /v1/fills`.
public enum FillBatchField: String, CaseIterable, Sendable { case portfolio, strategy, fills }

/// Why a batch as a whole could not be read.
public enum BatchError: Error, Sendable, Hashable {
    /// HTTP 400.
    case notJSON(JSONError)
    /// HTTP 413.
    case tooManyFills(limit: Int)
    /// HTTP 422: JSON, but no batch.
    case refused(field: String?, detail: String)
}

extension BatchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .tooManyFills(let limit): "more than \(limit) fills in one batch: send several"
        case .refused(let field, let detail): field.map { "\($0): \(detail)" } ?? detail
        }
    }
}

/// Reads fills from what comes in over HTTP and from files, by the rules of `POST /v1/fills`.
///
/// A value that is wrong, missing, unknown, given twice, or no Unicode text rejects its fill alone;
/// only a text that is no JSON rejects the batch.
public enum FillReader {
    public static let batchLimit = 10_000

    private static let batchKeys = JSONKeys<FillBatchField>()

    /// Reads `{"portfolio":…,"strategy":…,"fills":[FILL,…]}`.
    public static func batch(
        from json: [UInt8], limit: Int = batchLimit
    ) throws(BatchError) -> FillBatch {
        var reader = JSONReader(json, tolerating: .all)
        var draft = BatchDraft(limit: limit)
        do {
            try draft.read(&reader)
        } catch {
            throw .notJSON(error)
        }
        return try draft.batch()
    }

    /// Reads one line of NDJSON.
    public static func fill(
        fromJSONLine line: ArraySlice<UInt8>
    ) -> Result<FillReport, FillRefusal> {
        var reader = JSONReader(line, tolerating: .all)
        do {
            let fill = try fill(from: &reader)
            try reader.finish()
            return fill
        } catch {
            return .failure(.invalid(nil, "not JSON: \(error)"))
        }
    }

    /// Reads one CSV record by its columns, which are called as FILL's keys are, an option's
    /// `option.strike` and so on. An empty cell counts as left out.
    public static func fill(
        fromFields fields: [(name: String, value: String)]
    ) -> Result<FillReport, FillRefusal> {
        var draft = FillDraft()
        var seen: Set<ExactText> = []
        do throws(FillRefusal) {
            for (name, value) in fields {
                guard seen.insert(ExactText(name)).inserted else { throw .givenTwice(name) }
                try draft.setCell(name, value)
            }
            return .success(try draft.report())
        } catch {
            return .failure(error)
        }
    }

    /// What was found of a batch; its first fault is kept while the rest is still checked for JSON.
    private struct BatchDraft {
        let limit: Int
        private var portfolio: ExactText?
        private var strategy = StrategyChoice.leftOut
        private var fills: [Result<FillReport, FillRefusal>]?
        private var fault: BatchError?

        init(limit: Int) { self.limit = limit }

        func batch() throws(BatchError) -> FillBatch {
            if let fault { throw fault }
            guard let fills else { throw .refused(field: "fills", detail: "is missing") }
            return FillBatch(portfolio: portfolio, strategy: strategy, fills: fills)
        }

        mutating func read(_ reader: inout JSONReader) throws(JSONError) {
            guard try reader.peek() == .object else {
                fault = .refused(field: nil, detail: "expected an object with the key fills")
                return try reader.finish()
            }
            try reader.beginObject()
            while fault == nil, let key = try reader.nextKey(in: batchKeys) {
                try read(key, from: &reader)
            }
            // Past the limit the rest is not worth reading.
            if case .tooManyFills = fault { return }
            while fault != nil, try reader.nextKey() != nil {}
            try reader.finish()
        }

        private mutating func read(
            _ key: JSONKey<FillBatchField>, from reader: inout JSONReader
        ) throws(JSONError) {
            switch key {
            case .unknown(let name):
                fault = .refused(field: FillRefusal.shortened(name), detail: "no such field")
            case .known(let field) where reader.takeDefects().contains(.duplicateKey):
                fault = .refused(field: field.rawValue, detail: "given twice")
            case .known(.fills):
                try readFills(from: &reader)
            case .known(let field):
                let value = try FillValue(from: &reader)
                do throws(FillRefusal) {
                    if field == .strategy {
                        strategy = try value.strategy(field.rawValue)
                    } else {
                        portfolio = try value.text(field.rawValue, atMost: FillLimits.nameBytes)
                    }
                } catch {
                    fault = .refused(field: error.field, detail: error.detail)
                }
            }
        }

        private mutating func readFills(from reader: inout JSONReader) throws(JSONError) {
            guard try reader.peek() == .array else {
                fault = .refused(field: "fills", detail: "expected an array of fills")
                return
            }
            var fills: [Result<FillReport, FillRefusal>] = []
            try reader.beginArray()
            while try reader.nextElement() {
                guard fills.count < limit else {
                    fault = .tooManyFills(limit: limit)
                    return
                }
                fills.append(try FillReader.fill(from: &reader))
            }
            self.fills = fills
        }
    }
}
