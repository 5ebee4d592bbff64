import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

extension Route {
    /// A path of it: parameters stand for the symbol of `fill` and a uid that nothing has.
    var samplePath: String {
        path.replacing("{symbol}", with: "BTCUSDT")
            .replacing("{uid}", with: "00000000-0000-7000-8000-000000000000")
    }

    var hasSegments: Bool { samplePath != path }
}

/// Two instruments, a strategy, a closed position, days in January and February 2026; the world
/// stands at 2026-01-01.
func postSample(_ web: WebWorld, _ token: String) async throws {
    let reply = try await web.client.post(
        token: token,
        batch(
            fill("a1", "BUY", "3", at: "100", fee: "0.5", time: "2025-12-29T10:00:00Z"),
            fill(
                "a2", "SELL", "1", at: "101", fee: "0.0001", feeCurrency: "BNB",
                time: "2025-12-31T23:59:59.999999Z", order: "o-7"),
            fill(
                "b1", "SELL", "2", at: "50", symbol: "AAPL", exchange: nil,
                assetType: "EQUITY", currency: "USD", time: "2026-01-01T00:00:00Z",
                strategy: "momo"),
            fill(
                "b2", "BUY", "2", at: "49.5", symbol: "AAPL", exchange: nil,
                assetType: "EQUITY", currency: "USD", time: "2026-01-01T00:00:01Z",
                strategy: "momo")))
    #expect(reply.json["accepted"] == 4)
}

/// Stores a policy of the user, and a breach of it.
func addPolicy(
    _ uid: String, _ name: String, for authority: Authority, in web: WebWorld
) async throws {
    let now = Value.text(web.world.now().description)
    let user = Value.integer(authority.caller.userID.raw)
    try await web.base.execute(
        """
        INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, name, config_json,
            created_at)
        VALUES ($1, $2, 'USER', $2, $3, '{"max":"5"}', $4)
        """, [.text(uid), user, .text(name), now])
    try await web.base.execute(
        """
        INSERT INTO risk_breaches (uid, user_id, policy_id, observed_json, action, created_at)
        VALUES ($1, $2, (SELECT id FROM risk_policies WHERE uid = $4), '{"size":"6"}', 'WARNED',
            $3)
        """, [.text("x-\(uid)"), user, now, .text(uid)])
}
