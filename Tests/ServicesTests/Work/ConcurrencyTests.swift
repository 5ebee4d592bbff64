import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Many who post at once.
struct ConcurrencyTests {
    @Test(arguments: TestBackend.allCases)
    func `overlapping batches to one portfolio are stored once each fill`(
        _ backend: TestBackend
    ) async throws {
        var stream = FillStream(seed: 5)
        let fills = (0..<160).map { number in
            fill(
                "t-\(number)", stream.isTrue(oneIn: 2) ? "BUY" : "SELL", "\(1 + number % 5)",
                at: "\(100 + number % 13)", fee: "0.1", symbol: "S\(number % 3)",
                time: "2026-02-1\(number % 4)T00:0\(number % 7):00Z",
                strategy: number.isMultiple(of: 4) ? "momo" : nil)
        }
        // Task n posts its own twenty and the next twenty; so each fill is posted by two tasks.
        let batches = (0..<16).map { task in
            (0..<20).map { fills[(task * 10 + $0) % fills.count] }
        }
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let reports = try await withThrowingTaskGroup(of: [IngestReport].self) { group in
                for batch in batches {
                    group.addTask {
                        // In two parts, so that batches mix.
                        [
                            try await world.ingest(Array(batch[..<7]), as: trader),
                            try await world.ingest(Array(batch[7...]), as: trader),
                        ]
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(reports.map(\.accepted).reduce(0, +) == 160)
            #expect(reports.map(\.duplicates).reduce(0, +) == 160)
            #expect(reports.map(\.rejected).reduce(0, +) == 0)
            #expect(try await world.count(of: "trades") == 160)
            #expect(try await world.count(of: "strategies") == 1)
            #expect(try await world.count(of: "instruments") == 3)
            try await world.expectVerified()
            // As if they had come one after the other.
            try await world.addPortfolio("straight", of: trader)
            _ = try await world.ingest(fills, portfolio: "straight", as: trader)
            #expect(
                try await LedgerImage(of: "main", as: trader, in: world)
                    == LedgerImage(of: "straight", as: trader, in: world))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `users who invent the same instruments at once share them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            var traders: [Authority] = []
            for id in Int64(1)...4 { traders.append(try await world.member(id)) }
            for round in 0..<5 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (place, trader) in traders.enumerated() {
                        // Each names them in another order.
                        let fills = (0..<6).map { number in
                            fill(
                                "\(round)-\(number)", "BUY", "2", at: "3",
                                symbol: "S\(round)-\((number + place * 2) % 6)")
                        }
                        group.addTask {
                            let report = try await world.ingest(fills, as: trader)
                            #expect(report.accepted == 6)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await world.count(of: "instruments") == 30)
            #expect(try await world.count(of: "positions") == 120)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of two who give an instrument other terms at once one is told of the mismatch`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let one = try await world.member(1)
            let two = try await world.member(2)
            for round in 0..<8 {
                let words = try await withThrowingTaskGroup(of: [String].self) { group in
                    for (trader, multiplier) in [(one, 10), (two, 50)] {
                        let text = fill(
                            "t-\(round)", "BUY", "2", at: "3", symbol: "F\(round)",
                            assetType: "FUTURE", extra: #""multiplier":"\#(multiplier)""#)
                        group.addTask { try await world.ingest([text], as: trader).words }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(words.sorted() == ["INSTRUMENT_MISMATCH multiplier", "accepted"])
            }
            #expect(try await world.count(of: "instruments") == 8)
            // Every cost is of the multiplier that is stored.
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a strategy that is new to many batches at once keeps all their fills`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("known", "BUY", "1", at: "1"), as: trader)
            for round in 0..<4 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        let text = fill(
                            "\(round)-\(number)", "BUY", "1", at: "1", strategy: "way\(round)")
                        group.addTask {
                            let words = try await world.ingest([text], as: trader).words
                            #expect(words == ["accepted"])
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let views = try await world.services.positions.snapshot(for: trader)
            #expect(views.map(\.listing.position.quantity) == [1, 6, 6, 6, 6])
            #expect(
                try await world.count(of: "audit_log", where: "entity_type = 'STRATEGY'") == 4)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a repair in the midst of fills loses none`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("0", "BUY", "1", at: "1"), as: trader)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 1...30 {
                        try await world.post(
                            fill("\(number)", "BUY", "1", at: "\(number)"), as: trader)
                    }
                }
                group.addTask {
                    for _ in 0..<10 {
                        try await world.execute("UPDATE positions SET realized_pnl = '5'")
                        try await Verification(world.services).run(repair: true, as: .owner) { _ in
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await Verification(world.services).run(repair: true, as: .owner) { _ in }
            try await world.expectVerified()
            let view = try #require(
                try await world.services.positions.snapshot(for: trader).first)
            #expect(view.listing.position.quantity == 31)
            #expect(view.listing.position.realizedPnL == 0)
        }
    }
}
