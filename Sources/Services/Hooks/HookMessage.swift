import Hashing
import Ledger
import Records

/// A call's message as it is kept: without the hook's secret.
struct HookMessage: Sendable {
    let body: [UInt8]
    let contentType: String?
    let receivedAt: Timestamp

    /// A FILL that was pulled from a bot, as JSON.
    static let fillType = "application/x-blotter-fill+json"
    /// An order of a bot's that makes no FILL, as JSON.
    static let orderType = "application/x-freqtrade-order+json"

    init(body: [UInt8], contentType: String?, receivedAt: Timestamp) {
        self.body = body
        self.contentType = contentType.map { String($0.prefix(200)) }
        self.receivedAt = receivedAt
    }

    init(_ delivery: HookDelivery) {
        self.init(
            body: delivery.body, contentType: delivery.contentType,
            receivedAt: delivery.receivedAt)
    }

    /// `body` with a mask wherever the secret stands in it.
    static func body(_ body: [UInt8], without secret: HookSecret) -> [UInt8] {
        let text = Array(secret.text.utf8)
        var masked: [UInt8] = []
        var index = body.startIndex
        while index < body.endIndex {
            if body[index...].starts(with: text) {
                masked.append(contentsOf: HookSecret.mask.utf8)
                index += text.count
            } else {
                masked.append(body[index])
                index += 1
            }
        }
        return masked
    }

    /// What the message comes to by the hook's template; what was pulled needs none.
    func read(
        by template: HookTemplate, of hook: HookRecord, identity: String? = nil
    ) -> HookReading {
        if contentType == Self.fillType {
            return HookReading(of: FillReader.fill(fromJSONLine: body[...]))
        }
        if contentType == Self.orderType {
            return HookReading(
                of: .failure(
                    .invalid(nil, "the bot's next answer may have what this order lacks")))
        }
        do throws(FillRefusal) {
            let payload = try HookPayload(body, contentType: contentType)
            var notes: KeyValuePairs = ["hook": hook.name.text]
            if hook.kind == .freqtrade {
                notes = ["hook": hook.name.text, "identity": "weak"]
            }
            return template.read(
                payload, identity: identity ?? self.identity(of: hook.kind),
                receivedAt: receivedAt, notes: notes)
        } catch {
            return HookReading(of: .failure(error))
        }
    }

    /// The id that its fill has where the sender gives none: of its content, the same for a message
    /// that is sent again.
    func identity(of kind: HookRecord.Kind) -> String {
        let prefix = kind == .tradingView ? "tv-" : "ftw-"
        let payload = try? HookPayload(body, contentType: contentType)
        let content = payload?.canonical ?? String(decoding: body, as: UTF8.self)
        return prefix + SHA256.hex(content).prefix(40)
    }
}

extension HookReading {
    /// Of what tells nothing but a fill.
    init(of fill: Result<FillReport, FillRefusal>) {
        let report = try? fill.get()
        self.init(
            fill: fill, symbol: report?.symbol, execTime: report?.execTime, before: nil,
            after: nil)
    }
}
