public import Ledger
public import Wire

/// What a strategy says of itself while it runs.
public struct Heartbeat: Sendable, Hashable {
    /// The sender's name of the run; nil for a sender that gives none.
    public var runID: ExactText?
    public var status: RunStatus
    public var promise: RunPromise
    /// A JSON object; nil leaves the last one.
    public var metaJSON: String?

    public init(
        runID: ExactText? = nil, status: RunStatus = .running, promise: RunPromise = .asBefore,
        metaJSON: String? = nil
    ) {
        self.runID = runID
        self.status = status
        self.promise = promise
        self.metaJSON = metaJSON
    }

    /// What may be promised: up to a week; 0 takes a promise back.
    public static let promisedSeconds = 0...604_800
}

/// The keys of a heartbeat.
public enum HeartbeatField: String, CaseIterable, Sendable {
    case runID = "run_id"
    case status
    case expectWithinSeconds = "expect_within_seconds"
    case meta
}

/// Reads the body of `POST /v1/strategies/{name}/heartbeat`.
public enum HeartbeatReader {
    private static let keys = JSONKeys<HeartbeatField>()

    /// An empty body says no more than that the strategy is alive. What is JSON but no heartbeat is
    /// refused with its field.
    public static func heartbeat(
        from json: [UInt8]
    ) throws(JSONError) -> Result<Heartbeat, ServiceError> {
        guard !json.isEmpty else { return .success(Heartbeat()) }
        var reader = JSONReader(json, tolerating: .all)
        let kind = try reader.peek()
        guard kind == .object else {
            try reader.skip()
            try reader.finish()
            return .failure(
                ServiceError(FillRefusal.invalid(nil, "a heartbeat is an object, found \(kind)")))
        }
        var heartbeat = Heartbeat()
        var refusal: FillRefusal?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if refusal == nil { refusal = try read(key, into: &heartbeat, from: &reader) }
        }
        try reader.finish()
        if let refusal { return .failure(ServiceError(refusal)) }
        return .success(heartbeat)
    }

    /// Reads the key's value, unless the key alone decides; returns what is wrong with it.
    private static func read(
        _ key: JSONKey<HeartbeatField>, into heartbeat: inout Heartbeat,
        from reader: inout JSONReader
    ) throws(JSONError) -> FillRefusal? {
        let isGivenTwice = reader.takeDefects().contains(.duplicateKey)
        let field: HeartbeatField
        switch key {
        case .unknown(let name): return .unknown(name)
        case .known(let known): field = known
        }
        if isGivenTwice { return .givenTwice(field.rawValue) }
        if field == .meta, try reader.peek() == .object {
            let text = try reader.raw()
            let defects = reader.takeDefects()
            guard defects.isEmpty else { return .invalid(field.rawValue, defects.description) }
            guard text.count <= FillLimits.metaBytes else {
                return .invalid(field.rawValue, "longer than \(FillLimits.metaBytes) bytes")
            }
            heartbeat.metaJSON = String(decoding: text, as: UTF8.self)
            return nil
        }
        let value = try FillValue(from: &reader)
        do throws(FillRefusal) {
            try set(field, value, in: &heartbeat)
            return nil
        } catch {
            return error
        }
    }

    private static func set(
        _ field: HeartbeatField, _ value: FillValue, in heartbeat: inout Heartbeat
    ) throws(FillRefusal) {
        let name = field.rawValue
        switch field {
        case .runID: heartbeat.runID = try value.text(name, atMost: FillLimits.idBytes)
        case .status: heartbeat.status = try value.word(name) ?? .running
        case .expectWithinSeconds:
            guard let number = try value.decimal(name) else { return }
            guard let seconds = Int(number.description),
                Heartbeat.promisedSeconds.contains(seconds)
            else {
                throw .invalid(
                    name,
                    "expected whole seconds from \(Heartbeat.promisedSeconds.lowerBound) to "
                        + "\(Heartbeat.promisedSeconds.upperBound); 0 takes a promise back")
            }
            heartbeat.promise = seconds == 0 ? .none : .within(seconds: Int64(seconds))
        case .meta: try value.onlyNull(name)
        }
    }
}
