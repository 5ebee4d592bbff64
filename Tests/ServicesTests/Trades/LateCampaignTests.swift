import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// What late fills make of campaigns and legs, and what they leave alone.
struct LateCampaignTests {
    /// Campaigns, oldest first: their opening trade, how they stand, and how often they were
    /// written.
    private func campaigns(in world: ServiceWorld) async throws -> [String] {
        try await world.texts(
            """
            SELECT t.broker_trade_id || ' ' || c.direction || ' ' || c.status || ' '
                || CAST(c.num_fills AS TEXT) || ' v' || CAST(c.version AS TEXT)
            FROM position_campaigns c JOIN trades t ON t.id = c.id
            ORDER BY c.opened_at, c.opening_broker_trade_id
            """)
    }

    private func uids(in world: ServiceWorld) async throws -> [String: String] {
        let pairs = try await world.texts(
            """
            SELECT t.broker_trade_id || ' ' || c.uid
            FROM position_campaigns c JOIN trades t ON t.id = c.id
            """)
        return Dictionary(
            uniqueKeysWithValues: pairs.map { pair in
                let words = pair.split(separator: " ")
                return (String(words[0]), String(words[1]))
            })
    }

    private func at(_ hour: Int, _ minute: Int = 0) -> String {
        "2026-02-0\(1 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):"
            + "\(minute < 10 ? "0" : "")\(minute):00Z"
    }

    /// Campaigns of a purchase at the full hour and a sale half an hour later.
    private func post(
        campaigns count: Int, as trader: Authority, in world: ServiceWorld
    ) async throws {
        for number in 0..<count {
            try await world.post(
                fill("b\(number)", "BUY", "1", at: "10", time: at(number)),
                fill("s\(number)", "SELL", "1", at: "12", time: at(number, 30)), as: trader)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fills that come late and end flat touch one campaign and no other`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await post(campaigns: 5, as: trader, in: world)
            let before = try await uids(in: world)
            let touched = try await campaigns(in: world)
            #expect(touched[2] == "b2 long closed 2 v1")
            try await world.post(
                fill("late-1", "BUY", "2", at: "9", time: at(2, 10)),
                fill("late-2", "SELL", "2", at: "11", time: at(2, 20)), as: trader)
            var expected = touched
            expected[2] = "b2 long closed 4 v2"
            #expect(try await campaigns(in: world) == expected)
            #expect(try await uids(in: world) == before)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill joins campaigns, and another one splits them again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await post(campaigns: 4, as: trader, in: world)
            let before = try await uids(in: world)
            // From here on nothing ends flat.
            try await world.post(fill("late-1", "BUY", "1", at: "10", time: at(1, 10)), as: trader)
            #expect(
                try await campaigns(in: world) == ["b0 long closed 2 v1", "b1 long open 7 v2"])
            #expect(try await uids(in: world)["b1"] == before["b1"])
            try await world.expectVerified()
            // Flat again after the first sale: the later ones are new, for their old ones had gone.
            try await world.post(fill("late-2", "SELL", "1", at: "10", time: at(1, 40)), as: trader)
            #expect(
                try await campaigns(in: world) == [
                    "b0 long closed 2 v1", "b1 long closed 4 v3", "b2 long closed 2 v1",
                    "b3 long closed 2 v1",
                ])
            #expect(try await uids(in: world)["b1"] == before["b1"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill before all others opens the campaign in their place`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("b", "BUY", "1", at: "10", time: at(2)),
                fill("s", "SELL", "1", at: "12", time: at(3)), as: trader)
            try await world.post(fill("first", "SELL", "3", at: "10", time: at(1)), as: trader)
            #expect(try await campaigns(in: world) == ["first short open 3 v1"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a book that is never flat is rebuilt from the last trade through zero`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            for number in 0..<6 {
                try await world.post(
                    fill(
                        "t\(number)", number.isMultiple(of: 2) ? "BUY" : "SELL",
                        number == 0 ? "1" : "2", at: "\(10 + number)", time: at(number)),
                    as: trader)
            }
            try await world.post(
                fill("late-1", "SELL", "0.5", at: "30", time: at(3, 10)),
                fill("late-2", "BUY", "0.5", at: "20", time: at(3, 20)), as: trader)
            #expect(
                try await campaigns(in: world) == [
                    "t0 long closed 2 v2", "t1 short closed 2 v2", "t2 long closed 2 v2",
                    "t3 short closed 4 v3", "t4 long closed 2 v2", "t5 short open 1 v1",
                ])
            try await world.expectVerified()
        }
    }
}
