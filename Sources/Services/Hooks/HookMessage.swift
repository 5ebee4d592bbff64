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

    /// What a caller says of its message: our own types are not for callers to claim.
    static func outerType(_ contentType: String?) -> String? {
        guard let contentType else { return nil }
        let isOurs = [fillType, orderType].contains { contentType.lowercased().contains($0) }
        return isOurs ? nil : contentType
    }

    /// Whether we pulled it from a bot, and nobody called with it.
    var isPulled: Bool { contentType == Self.fillType || contentType == Self.orderType }

    /// The bot's number of the trade that a message of freqtrade is about.
    var tradeID: Int? {
        guard let payload = try? HookPayload(body, contentType: contentType) else { return nil }
        return payload.tradeID
    }

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
                payload, identity: identity ?? self.identity(of: hook),
                receivedAt: receivedAt, notes: notes)
        } catch {
            return HookReading(of: .failure(error))
        }
    }

    /// The id that its fill has where the sender gives none: of its content, the same for a message
    /// that is sent again. Two hooks that are called with the same alert tell of two fills, also in
    /// one portfolio.
    func identity(of hook: HookRecord) -> String {
        let payload = try? HookPayload(body, contentType: contentType)
        let content = payload?.canonical ?? String(decoding: body, as: UTF8.self)
        return switch hook.kind {
        case .tradingView: "tv-" + SHA256.hex("\(hook.uid)\n\(content)").prefix(40)
        case .freqtrade: "ftw-" + SHA256.hex(content).prefix(40)
        }
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

extension HookPayload {
    /// The bot's number of the trade that a message of freqtrade is about.
    var tradeID: Int? {
        HookPath("trade_id").flatMap { try? text(at: $0) }.flatMap { Int($0) }
    }
}
