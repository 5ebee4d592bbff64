import Ledger
import Records
import Wire

/// What a message says about the position of its strategy.
struct ToldPosition: Sendable, Hashable {
    let direction: HookPosition.Direction
    /// Without a sign; nil where it did not tell.
    let size: Decimal?

    /// Whether both may be the same position, as far as they tell.
    func agrees(with direction: HookPosition.Direction, size other: Decimal?) -> Bool {
        guard self.direction == direction else { return false }
        guard direction != .flat, let size, let other else { return true }
        return size == other
    }
}

/// What a message comes to.
struct HookReading: Sendable {
    let fill: Result<FillReport, FillRefusal>
    /// Nil where not even that could be read.
    let symbol: ExactText?
    let execTime: Timestamp?
    let before: ToldPosition?
    let after: ToldPosition?
}

extension HookTemplate {
    /// Whether the message is one of those that tell of a fill.
    func admits(_ payload: HookPayload) -> Bool {
        only.allSatisfy { field, words in
            let text = try? payload.text(at: field)
            return text.map { words.contains($0.lowercased()) } ?? false
        }
    }

    /// The secret that the message carries.
    func secret(in payload: HookPayload) -> HookSecret? {
        guard let secret, let text = try? payload.text(at: secret) else { return nil }
        return HookSecret(text)
    }

    /// Reads a message. `identity` becomes the fill's id unless the template makes one, `notes` go
    /// into its `meta`. Numbers that the sender printed from binary floats are taken at 15
    /// significant digits.
    func read(
        _ payload: HookPayload, identity: String, receivedAt: Timestamp,
        notes: KeyValuePairs<String, String>
    ) -> HookReading {
        var fields: [(name: String, value: String)] = []
        var refusal: FillRefusal?
        for (field, value) in fill {
            do throws(FillRefusal) {
                let text = try value.text(from: payload, receivedAt: receivedAt, field: field)
                if let text { fields.append((field, try HookTemplate.plain(text, field))) }
            } catch {
                refusal = refusal ?? error
            }
        }
        func found(_ field: FillField) -> String? {
            fields.first { $0.name == field.rawValue }?.value
        }
        let symbol = found(.symbol).map { ExactText($0) }
        let execTime = found(.execTime).flatMap { try? Timestamp(iso8601: $0) }
        if found(.brokerTradeID) == nil {
            fields.append((FillField.brokerTradeID.rawValue, identity))
        }
        var result: Result<FillReport, FillRefusal>
        if let refusal {
            result = .failure(refusal)
        } else {
            result = FillReader.fill(fromFields: fields)
        }
        if case .success(var report) = result {
            do throws(FillRefusal) {
                report.metaJSON = try metaJSON(payload, receivedAt, notes)
                result = .success(report)
            } catch {
                result = .failure(error)
            }
        }
        return HookReading(
            fill: result, symbol: symbol, execTime: execTime,
            before: told(.directionBefore, .sizeBefore, payload, receivedAt),
            after: told(.direction, .size, payload, receivedAt))
    }

    private func metaJSON(
        _ payload: HookPayload, _ receivedAt: Timestamp, _ notes: KeyValuePairs<String, String>
    ) throws(FillRefusal) -> String {
        var members: [(String, String)] = []
        for (name, value) in meta {
            let text = try value.text(
                from: payload, receivedAt: receivedAt, field: "meta.\(name)")
            if let text { members.append((name, text)) }
        }
        members += notes.filter { note in !members.contains { $0.0 == note.key } }
        let bytes = JSONWriter.object { object in
            for (name, value) in members { object.write(name, value) }
        }
        guard bytes.count <= FillLimits.metaBytes else {
            throw .invalid("meta", "longer than \(FillLimits.metaBytes) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func told(
        _ direction: HookPositionField, _ size: HookPositionField, _ payload: HookPayload,
        _ receivedAt: Timestamp
    ) -> ToldPosition? {
        func text(_ field: HookPositionField) -> String? {
            try? position[field]?.text(
                from: payload, receivedAt: receivedAt, field: field.rawValue)
        }
        guard let word = text(direction)?.lowercased(),
            let direction = HookPosition.Direction(rawValue: word)
        else { return nil }
        let size = text(size).flatMap { try? PrintedFloat.decimal($0) }
        return ToldPosition(direction: direction, size: size?.magnitude)
    }

    private static let decimals: Set<String> = [
        "quantity", "price", "fee", "net_amount", "commission", "delta", "multiplier", "tick_size",
        "option.strike", "option.multiplier",
    ]

    /// A value as a FILL writes it.
    private static func plain(_ text: String, _ field: String) throws(FillRefusal) -> String {
        if field == FillField.execTime.rawValue { return try HookTime.iso8601(text, field) }
        guard decimals.contains(field) else { return text }
        do {
            return try PrintedFloat.decimal(text).description
        } catch {
            let code: FillRefusal.Code = error == .malformed ? .invalidField : .outOfRange
            throw FillRefusal(code: code, field: field, detail: error.complaint)
        }
    }
}

/// Times as other programs print them.
enum HookTime {
    /// ISO 8601, with a blank for the `T` and without a zone (UTC then) too; seconds or
    /// milliseconds since 1970 as a whole number.
    static func iso8601(_ text: String, _ field: String) throws(FillRefusal) -> String {
        let bytes = Array(text.utf8)
        if (9...14).contains(bytes.count), let number = Int64(text), number > 0 {
            let microseconds = number * (bytes.count > 11 ? 1000 : 1_000_000)
            return Timestamp(microseconds: microseconds).description
        }
        var normal = bytes
        if normal.count > 10, normal[10] == UInt8(ascii: " ") { normal[10] = UInt8(ascii: "T") }
        let candidate = String(decoding: normal, as: UTF8.self)
        do throws(ISO8601Error) {
            return try Timestamp(iso8601: candidate).description
        } catch .missingZone {
            do throws(ISO8601Error) {
                return try Timestamp(iso8601: candidate + "Z").description
            } catch {
                throw .invalid(field, error.description)
            }
        } catch {
            throw .invalid(field, error.description)
        }
    }
}
