import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// Hooks as their callers and owners see them.
extension ServiceWorld {
    func hook(
        _ name: String = "swing", _ kind: HookRecord.Kind = .tradingView,
        portfolio: ExactText? = nil, strategy: String? = nil, of authority: Authority
    ) async throws -> HookService.Made {
        try await services.hooks.create(
            name: name, kind: kind, portfolio: portfolio,
            strategy: strategy.flatMap { StrategyReference(parsing: $0) }, for: authority.caller)
    }

    /// Calls a hook at the address that was shown; nil where nobody is there.
    @discardableResult
    func call(
        _ made: HookService.Made, _ body: String, type: String? = "application/json",
        openly: Bool = false
    ) async throws -> HookAnswer? {
        try await call(made, Array(body.utf8), type: type, openly: openly)
    }

    func call(
        _ made: HookService.Made, _ body: [UInt8], type: String?, openly: Bool = false
    ) async throws -> HookAnswer? {
        let url = openly ? made.openURL : made.url
        let address = String(url.split(separator: "/").last ?? "")
        guard
            let called = try await services.hookIntake.hook(at: address, kind: made.hook.kind)
        else { return nil }
        return try await services.hookIntake.take(body, contentType: type, of: called)
    }

    func notices(_ authority: Authority) async throws -> [Notice] {
        try await services.messages.unsent(limit: 1000)
            .filter { $0.userID == authority.caller.userID }.compactMap { Notice($0) }
    }

    func quarantined(_ authority: Authority) async throws -> [HookDelivery] {
        try await services.quarantine.waiting(for: authority.caller)
    }

    func hookNow(_ made: HookService.Made, _ authority: Authority) async throws -> HookRecord {
        try #require(
            try await services.hooks.all(for: authority.caller)
                .first { $0.uid == made.hook.uid })
    }
}

extension HookAnswer? {
    /// In a word; a refusal with code and field.
    var words: String {
        switch self {
        case .stored: "stored"
        case .duplicate: "duplicate"
        case .ignored: "ignored"
        case .pulling: "pulling"
        case .received: "received"
        case .turnedOff: "turned off"
        case .quarantined(let refusal):
            ["quarantined", refusal.code.rawValue, refusal.field].compactMap(\.self)
                .joined(separator: " ")
        case .quarantineFull: "full"
        case nil: "nobody"
        }
    }
}

/// An alert of a TradingView strategy, as the built-in message sends it; nil leaves a field out.
func alert(
    _ action: String = "buy", _ contracts: String = "0.5", at price: String = "65000.1",
    time: String = "2026-02-19T14:32:07Z", order: String = "Long", symbol: String = "BTCUSDT",
    before: (String, String)? = nil, after: (String, String)? = nil, secret: String? = nil
) -> String {
    let fields: [(String, String?)] = [
        ("ticker", symbol), ("exchange", "BINANCE"), ("asset_type", "CRYPTO"),
        ("currency", "USDT"), ("action", action), ("contracts", contracts), ("price", price),
        ("order_id", order), ("comment", ""), ("time", "2026-02-19T14:30:00Z"),
        ("timenow", time), ("interval", "5"), ("market_position", after?.0),
        ("market_position_size", after?.1), ("prev_market_position", before?.0),
        ("prev_market_position_size", before?.1), ("secret", secret),
    ]
    let members = fields.compactMap { key, value in value.map { "\"\(key)\":\"\($0)\"" } }
    return "{\(members.joined(separator: ","))}"
}

/// A message of freqtrade's webhook, as the section that `/hooks new` shows sends it.
func webhook(
    _ event: String, _ direction: String = "Long", amount: String = "0.30000000000000004",
    open: String = "65000.1", close: String? = nil, type: String = "form"
) -> String {
    var fields = [
        ("event", event), ("trade_id", "7"), ("exchange", "Binance"), ("pair", "BTC/USDT"),
        ("base_currency", "BTC"), ("quote_currency", "USDT"), ("direction", direction),
        ("leverage", "1.0"), ("amount", amount), ("open_rate", open), ("enter_tag", "None"),
    ]
    if let close { fields += [("close_rate", close), ("exit_reason", "roi")] }
    return fields.map { name, value in
        "\(name)=\(value.replacing("/", with: "%2F").replacing(" ", with: "+"))"
    }.joined(separator: "&")
}

let formType = "application/x-www-form-urlencoded"
