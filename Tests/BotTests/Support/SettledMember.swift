import Ledger
import Records
import Services
import TestSupport

extension ServiceWorld {
    /// A member with one of everything, called `mine`, and a position in `owncoin`.
    func settledMember(
        _ telegramUserID: Int64, username: String? = nil, isAdmin: Bool = false
    ) async throws -> Authority {
        let authority = try await member(telegramUserID, username: username, isAdmin: isAdmin)
        let caller = authority.caller
        _ = try await services.accounts.add(
            name: "mine", brokerCode: "IBKR", currency: .usd, for: caller)
        _ = try await services.portfolios.add(
            name: "mine", brokerCode: "BINANCE", currency: .usd, isDefault: false, for: caller)
        if let mine = StrategyReference(parsing: "mine") {
            _ = try await services.strategies.add(mine, for: caller)
        }
        _ = try await services.tokens.create(
            name: "mine", permissions: [.read], portfolio: nil, strategy: nil, for: caller)
        _ = try await services.risk.add(
            PolicyRequest(
                name: "mine", configJSON: #"{"rule":"no_short","action":"WARN"}"#), for: caller)
        let made = try await services.hooks.create(
            name: "mine", kind: .tradingView, portfolio: nil, strategy: nil, for: caller)
        if let hook = try await services.hookIntake.hook(at: made.secret, kind: .tradingView) {
            _ = try await services.hookIntake.take(
                Array(#"{"price":"1"}"#.utf8), contentType: "application/json", of: hook)
        }
        try await post(
            fill("own-1", "BUY", "2", at: "10", symbol: "owncoin", time: "2025-12-30T00:00:00Z"),
            fill("own-2", "SELL", "1", at: "11", symbol: "owncoin", time: "2025-12-31T00:00:00Z"),
            as: authority)
        return authority
    }
}
