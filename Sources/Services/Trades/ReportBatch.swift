import Ledger
public import Wire

/// Why a batch as a whole could not be read.
public enum BatchError: Error, Sendable, Hashable {
    /// HTTP 400.
    case notJSON(JSONError)
    /// HTTP 413. `kind` is the array's key.
    case tooMany(kind: String, limit: Int)
    /// HTTP 422: JSON, but no batch.
    case refused(field: String?, detail: String)
}

extension BatchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .tooMany(let kind, let limit): "more than \(limit) \(kind) in one batch: send several"
        case .refused(let field, let detail): field.map { "\($0): \(detail)" } ?? detail
        }
    }
}

/// A batch of reports as it was posted: `{"portfolio":…,"strategy":…,"fills":[FILL,…]}` and the
/// like.
///
/// A value that is wrong, missing, unknown, given twice, or no Unicode text rejects its report
/// alone; only a text that is no JSON, or no such batch, rejects all.
struct ReportBatch<Draft: ReportDraft> {
    /// For the reports that name none.
    private(set) var portfolio: ExactText?
    /// For the reports that leave it out.
    private(set) var strategy = StrategyChoice.leftOut
    /// One entry per report, in the order in which they stand.
    private(set) var reports: [Result<Draft.Report, FillRefusal>] = []

    private let limit: Int
    private let keys = JSONKeys<ReportBatchField>()
    private var hasReports = false
    /// The first one is kept while the rest is still checked for JSON.
    private var fault: BatchError?

    init(json: [UInt8], limit: Int) throws(BatchError) {
        self.limit = limit
        var reader = JSONReader(json, tolerating: .all)
        do {
            try read(&reader)
        } catch {
            throw .notJSON(error)
        }
        if let fault { throw fault }
        guard hasReports else {
            throw .refused(field: Draft.listField.rawValue, detail: "is missing")
        }
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.peek() == .object else {
            fault = .refused(
                field: nil, detail: "expected an object with the key \(Draft.listField.rawValue)")
            return try reader.finish()
        }
        try reader.beginObject()
        while fault == nil, let key = try reader.nextKey(in: keys) {
            try read(key, from: &reader)
        }
        // Past the limit the rest is not worth reading.
        if case .tooMany = fault { return }
        while fault != nil, try reader.nextKey() != nil {}
        try reader.finish()
    }

    private mutating func read(
        _ key: JSONKey<ReportBatchField>, from reader: inout JSONReader
    ) throws(JSONError) {
        switch key {
        case .unknown(let name):
            fault = .refused(field: FillRefusal.shortened(name), detail: "no such field")
        case .known(let field) where reader.takeDefects().contains(.duplicateKey):
            fault = .refused(field: field.rawValue, detail: "given twice")
        case .known(Draft.listField):
            try readReports(from: &reader)
        case .known(let field):
            let value = try FillValue(from: &reader)
            do throws(FillRefusal) {
                switch field {
                case .strategy: strategy = try value.strategy(field.rawValue)
                case .portfolio:
                    portfolio = try value.text(field.rawValue, atMost: FillLimits.nameBytes)
                case .fills, .orders:
                    fault = .refused(field: field.rawValue, detail: "no such field")
                }
            } catch {
                fault = .refused(field: error.field, detail: error.detail)
            }
        }
    }

    private mutating func readReports(from reader: inout JSONReader) throws(JSONError) {
        let kind = Draft.listField.rawValue
        guard try reader.peek() == .array else {
            fault = .refused(field: kind, detail: "expected an array of \(kind)")
            return
        }
        hasReports = true
        try reader.beginArray()
        while try reader.nextElement() {
            guard reports.count < limit else {
                fault = .tooMany(kind: kind, limit: limit)
                return
            }
            reports.append(try Draft.read(from: &reader))
        }
    }
}

/// The keys of batches; each kind of batch has one of the lists.
public enum ReportBatchField: String, CaseIterable, Sendable {
    case portfolio, strategy, fills, orders
}
