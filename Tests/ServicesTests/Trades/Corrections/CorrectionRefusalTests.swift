import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Corrections that are repeated, contradict another, or may not be.
struct CorrectionRefusalTests {
    /// Everything that a correction could change.
    private func state(_ world: ServiceWorld, _ trader: Authority) async throws -> [String] {
        try await LedgerImage(of: "main", as: trader, in: world).lines
            + [
                "\(try await world.rowCounts().sorted { $0.key < $1.key })",
                "\(try await world.count(of: "trade_corrections"))",
                "\(try await world.count(of: "trades", where: "is_superseded = is_superseded"))",
            ]
            + world.texts("SELECT filled_quantity || status FROM orders")
    }

    @Test(arguments: TestBackend.allCases)
    func `a repeat is answered as at first and changes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("a", "BUY", "2", at: "100"), as: trader)
            let correction = Correction.correct(
                "a", quantity: "3", time: "2026-02-19T14:32:00Z", reason: "e\u{301}")
            let first = try await world.correct(correction, as: trader)
            let second = try await world.correct(.bust("a"), id: "c-2", as: trader)
            let before = try await state(world, trader)
            let same = Correction.correct(
                "a", quantity: "3.00", time: "2026-02-19T16:32:00+02:00", reason: "e\u{301}")
            for repeated in [correction, same] {
                let report = try await world.correct(repeated, as: trader)
                #expect(report.isDuplicate)
                #expect(report.tradeUID == first.tradeUID)
                #expect(report.replacementUID == first.replacementUID)
            }
            let again = try await world.correct(.bust("a"), id: "c-2", as: trader)
            #expect((again.isDuplicate, again.tradeUID) == (true, second.tradeUID))
            #expect(try await state(world, trader) == before)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of corrections that come at once each is taken once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "100"), fill("b", "SELL", "1", at: "110"), as: trader)
            let reports = try await withThrowingTaskGroup(of: CorrectionReport.self) { group in
                for round in 0..<16 {
                    let trade = round % 2 == 0 ? "a" : "b"
                    group.addTask {
                        try await world.correct(
                            .correct(trade, price: "120"), id: "c-\(trade)", as: trader)
                    }
                    let late = fill(
                        "late-\(round)", "BUY", "1", at: "1", time: "2026-02-01T00:00:00Z")
                    group.addTask {
                        try await world.post(late, as: trader)
                        return try await world.correct(
                            .correct(trade, price: "120"), id: "c-\(trade)", as: trader)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count == 32)
            #expect(reports.filter { !$0.isDuplicate }.count == 2)
            #expect(Set(reports.map(\.replacementUID)).count == 2)
            #expect(try await world.count(of: "trades") == 20)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an id that is known with other content is a conflict that names the field`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("a", "BUY", "2", at: "100"), fill("b", "BUY", "2", at: "100"), as: trader)
            try await world.correct(.correct("a", quantity: "3", reason: "\u{E9}"), as: trader)
            let before = try await state(world, trader)
            let others: [(Correction, String)] = [
                (.correct("b", quantity: "3", reason: "\u{E9}"), "broker_trade_id"),
                (.correct("nobody's", quantity: "3", reason: "\u{E9}"), "broker_trade_id"),
                (.bust("a", reason: "\u{E9}"), "action"),
                (.correct("a", quantity: "4", reason: "\u{E9}"), "quantity"),
                (.correct("a", quantity: "3", price: "100", reason: "\u{E9}"), "price"),
                (.correct("a", quantity: "3", fee: "0", reason: "\u{E9}"), "fee"),
                (
                    .correct(
                        "a", quantity: "3", time: "2026-02-19T14:32:00Z", reason: "\u{E9}"),
                    "exec_time"
                ),
                // Equal to the eye only.
                (.correct("a", quantity: "3", reason: "e\u{301}"), "reason"),
                (.correct("a", quantity: "3"), "reason"),
            ]
            for (correction, field) in others {
                #expect(
                    try await world.refusal(of: correction, as: trader) == "CONFLICT \(field)")
            }
            #expect(try await state(world, trader) == before)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `ids of corrections are a portfolio's own`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            let text = fill("a", "BUY", "2", at: "100")
            _ = try await world.ingest([text], as: trader)
            _ = try await world.ingest([text], portfolio: "second", as: trader)
            _ = try await world.ingest([text], as: other)
            try await world.correct(.bust("a"), as: trader)
            try await world.correct(
                .correct("a", price: "1"), portfolio: "second", as: trader)
            try await world.correct(.correct("a", price: "2"), as: other)
            #expect(try await world.count(of: "trade_corrections") == 3)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a busted trade can be booked again but not busted again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(fill("a", "BUY", "2", at: "100"), as: trader)
            let bust = try await world.correct(.bust("a"), as: trader)
            let before = try await state(world, trader)
            #expect(
                try await world.refusal(of: .bust("a"), id: "c-2", as: trader)
                    == "CONFLICT broker_trade_id")
            #expect(try await state(world, trader) == before)
            let booked = try await world.correct(.correct("a", fee: "1"), id: "c-2", as: trader)
            #expect(booked.tradeUID == bust.tradeUID)
            #expect(booked.replacementUID == (try await world.uid(of: "a", revision: 1)))
            try await world.correct(.bust("a"), id: "c-3", as: trader)
            #expect(try await world.count(of: "positions") == 0)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is unknown, another's or out of a token's reach is refused`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            try await world.post(
                fill("a", "BUY", "2", at: "100"),
                fill("m", "BUY", "2", at: "100", strategy: "momo"),
                fill("n", "BUY", "2", at: "100", strategy: "mean"), as: trader)
            let before = try await state(world, trader)
            #expect(
                try await world.refusal(of: .bust("b"), as: trader)
                    == "UNKNOWN_TRADE broker_trade_id")
            #expect(
                try await world.refusal(of: .bust("A"), as: trader)
                    == "UNKNOWN_TRADE broker_trade_id")
            #expect(
                try await world.refusal(of: .bust("a"), portfolio: "second", as: trader)
                    == "UNKNOWN_TRADE broker_trade_id")
            #expect(
                try await world.refusal(of: .bust("a"), as: other)
                    == "UNKNOWN_TRADE broker_trade_id")
            #expect(
                try await world.refusal(of: .bust("a"), portfolio: "nowhere", as: trader)
                    == "UNKNOWN_PORTFOLIO portfolio")
            let caller = trader.caller
            let (main, second, momo) = try await world.database.read { tx in
                (
                    try Portfolios.named("main", for: caller, in: tx)?.id,
                    try Portfolios.named("second", for: caller, in: tx)?.id,
                    try Strategies.named("momo", version: "1.0", for: caller, in: tx)?.id
                )
            }
            let elsewhere = Authority(caller: caller, portfolioID: second)
            #expect(
                try await world.refusal(of: .bust("a"), portfolio: "main", as: elsewhere)
                    == "FORBIDDEN_PORTFOLIO portfolio")
            // Left out, it is the token's.
            #expect(
                try await world.refusal(of: .bust("a"), as: elsewhere)
                    == "UNKNOWN_TRADE broker_trade_id")
            let narrow = Authority(caller: caller, portfolioID: main, strategyID: momo)
            for trade in ["a", "n"] {
                #expect(
                    try await world.refusal(of: .bust(trade), as: narrow)
                        == "FORBIDDEN_STRATEGY broker_trade_id")
            }
            #expect(try await state(world, trader) == before)
            #expect(try await !world.correct(.bust("m"), as: narrow).isDuplicate)
            // Nor does a repeat tell of another strategy's trades.
            try await world.correct(.bust("n"), id: "c-2", as: trader)
            #expect(
                try await world.refusal(of: .bust("n"), id: "c-2", as: narrow)
                    == "FORBIDDEN_STRATEGY broker_trade_id")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `figures that the ledger cannot hold store nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let huge = "100000000000000000000"
            try await world.post(
                fill("0", "BUY", "1", at: "1", symbol: "ES", assetType: "FUTURE"),
                fill("1", "BUY", "1", at: "100"), as: trader)
            try await world.addOrder("order", quantity: 3, brokerID: "o-1", of: trader)
            try await world.post(
                fill("a", "BUY", "2", at: "100", fee: "1", order: "o-1"),
                fill("b", "BUY", huge, at: "0", fee: huge, time: "2026-02-20T00:00:00Z"),
                as: trader)
            let before = try await state(world, trader)
            for correction in [
                Correction.correct("a", quantity: "10000000000", price: "100000000000"),
                .correct("a", fee: huge), .correct("a", quantity: huge, price: "0"),
                .correct("a", quantity: huge, time: "2026-02-21T00:00:00Z"),
            ] {
                #expect(
                    try await world.refusal(of: correction, as: trader)
                        == "OUT_OF_RANGE quantity")
            }
            #expect(
                try await world.refusal(of: .correct("a", price: "-1"), as: trader)
                    == "INVALID_FIELD price")
            #expect(try await state(world, trader) == before)
            try await world.correct(.correct("0", price: "-37.63"), as: trader)
            try await world.expectVerified()
        }
    }
}
