import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Owners are told of orders that ended, as far as they want to be.
struct OrderEndTests {
    private func order(_ id: String, _ status: String, placed: String? = nil) -> String {
        let time = placed.map { #","placed_at":"\#($0)""# } ?? ""
        return #"{"broker_order_id":"\#(id)","symbol":"BTCUSDT","exchange":"BINANCE","#
            + #""asset_type":"CRYPTO","currency":"USDT","side":"BUY","type":"LIMIT","#
            + #""price":"10","quantity":"2","status":"\#(status)"\#(time)}"#
    }

    private func report(
        _ orders: String..., in world: ServiceWorld, as authority: Authority
    ) async throws {
        let batch = try OrderReader.batch(
            from: Array("{\"orders\":[\(orders.joined(separator: ","))]}".utf8))
        let answer = try await world.services.orders.report(batch, as: authority)
        #expect(answer.rejected == 0)
    }

    private func told(_ world: ServiceWorld) async throws -> [[String]] {
        try await world.services.messages.unsent(limit: 100).compactMap { message in
            guard case .orders(let ended)? = Notice(message) else { return nil }
            return ended.orders.map { "\($0.brokerOrderID?.text ?? "") \($0.status.rawValue)" }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an end is told once, all of a request in one notice`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            _ = try await world.services.settings.change(for: ada.caller) { $0.orders = .all }
            try await report(
                order("1", "NEW"), order("2", "NEW"), order("3", "NEW"), in: world, as: ada)
            #expect(try await told(world).isEmpty)
            try await report(
                order("1", "CANCELED"), order("2", "FILLED"), order("3", "NEW"), in: world,
                as: ada)
            try await report(
                order("1", "CANCELED"), order("2", "FILLED"), order("3", "NEW"), in: world,
                as: ada)
            try await report(order("4", "REJECTED"), in: world, as: ada)
            #expect(try await told(world) == [["1 CANCELED", "2 FILLED"], ["4 REJECTED"]])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `only failures are told unless more is wanted, and old orders are no news`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await report(
                order("1", "FILLED"), order("2", "CANCELED"), order("3", "EXPIRED"),
                order("4", "REJECTED", placed: "2025-12-30T00:00:00Z"), in: world, as: ada)
            #expect(try await told(world) == [["3 EXPIRED"]])
            _ = try await world.services.settings.change(for: ada.caller) { $0.orders = .off }
            try await report(order("5", "REJECTED"), in: world, as: ada)
            #expect(try await told(world) == [["3 EXPIRED"]])
        }
    }
}
