import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Accepted, duplicate, conflict: what becomes of a fill whose instrument is no question.
struct IngestOutcomeTests {
    private let base = fill(
        "t-1", "BUY", "0.5", at: "65000.1", fee: "0.65", feeCurrency: "USDT", order: "o-1",
        strategy: "momo@1.0")

    @Test(arguments: TestBackend.allCases)
    func `a new fill is stored with its position, its day and an audit row`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest([base], as: trader)
            #expect((report.accepted, report.duplicates, report.rejected) == (1, 0, 0))
            #expect(report.isStored)
            let uids = try await world.texts("SELECT uid FROM trades")
            #expect(report.outcomes == uids.map { .accepted(tradeUID: $0) })
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(
                image.summary == [
                    "day BTCUSDT/momo 2026-02-19 USDT: 0 0.65 1",
                    "position BTCUSDT/momo: 0.5 cost 32500.05 at 65000.1 realized 0"
                        + " fees 0.65 USDT since 2026-02-19T14:32:00.000000Z"
                        + " until 2026-02-19T14:32:00.000000Z t-1",
                    "trade BTCUSDT/momo t-1: 0",
                ])
            let audited = "entity_type = 'TRADE' AND action = 'CREATE'"
            #expect(try await world.count(of: "audit_log", where: audited) == 1)
            #expect(
                try await world.texts(
                    "SELECT CAST(entity_id AS TEXT) FROM audit_log WHERE \(audited)")
                    == world.texts("SELECT CAST(id AS TEXT) FROM trades"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `each accepted fill has its own audit row and trade`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let fills = (1...5).map { fill("t-\($0)", "BUY", "1", at: "10") }
            let report = try await world.ingest(fills, as: trader)
            #expect(report.accepted == 5)
            #expect(Set(report.outcomes).count == 5)
            #expect(
                try await world.count(of: "audit_log", where: "entity_type = 'TRADE'") == 5)
            #expect(
                try await world.count(
                    of: "audit_log",
                    where: "entity_type = 'TRADE' AND entity_id NOT IN (SELECT id FROM trades)")
                    == 0)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what has the same content is a duplicate however it is written`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let first = try await world.ingest([base], as: trader)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            let rows = try await world.rowCounts()
            let version = try await world.texts("SELECT CAST(version AS TEXT) FROM positions")
            let same = [
                base,
                // Other digits, the same value.
                fill(
                    "t-1", "buy", "0.50", at: "6.50001e4", fee: "0.650", feeCurrency: "USDT",
                    strategy: "momo"),
                // Fields left out are what is stored.
                fill("t-1", "BUY", "0.5", at: "65000.1", assetType: nil, currency: nil),
                // The same instant in another time zone.
                fill("t-1", "BUY", "0.5", at: "65000.1", time: "2026-02-19T16:02:00.000+01:30"),
                // Order ids, meta, exchange and asset type do not count.
                fill(
                    "t-1", "BUY", "0.5", at: "65000.1", exchange: nil, assetType: nil,
                    order: "o-2", extra: #""client_order_id":"c","meta":{"a":1}"#),
                // JSON numbers.
                """
                {"broker_trade_id":"t-1","symbol":"BTCUSDT","side":"BUY","quantity":5e-1,\
                "price":65000.10,"exec_time":"2026-02-19T14:32:00Z","fee":0.65}
                """,
            ]
            for text in same {
                let report = try await world.ingest([text], as: trader)
                #expect(report.words == ["duplicate"], "\(text)")
                #expect(
                    report.outcomes
                        == first.outcomes.map { outcome in
                            guard case .accepted(let uid) = outcome else { return outcome }
                            return .duplicate(tradeUID: uid)
                        })
            }
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
            #expect(try await world.rowCounts() == rows)
            #expect(
                try await world.texts("SELECT CAST(version AS TEXT) FROM positions") == version)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the same id with any other content is a conflict and changes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(base, fill("e", "BUY", "1", at: "1", symbol: "ETH"), as: trader)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            let rows = try await world.rowCounts()
            func variant(
                _ side: String = "BUY", _ quantity: String = "0.5", _ price: String = "65000.1",
                fee: String = "0.65", feeCurrency: String = "USDT", symbol: String = "BTCUSDT",
                time: String = "2026-02-19T14:32:00Z", strategy: String? = "momo",
                extra: String = ""
            ) -> String {
                fill(
                    "t-1", side, quantity, at: price, fee: fee, feeCurrency: feeCurrency,
                    symbol: symbol, time: time, strategy: strategy, extra: extra)
            }
            let others = [
                ("symbol", variant(symbol: "ETH")),
                ("symbol", variant(symbol: "NEVERSEEN")),
                ("side", variant("SELL")),
                ("quantity", variant("BUY", "0.500000000000000001")),
                ("price", variant("BUY", "0.5", "65000.11")),
                ("fee", variant(fee: "-0.65")),
                ("fee", variant(fee: "0")),
                ("fee_currency", variant(feeCurrency: "BNB")),
                ("exec_time", variant(time: "2026-02-19T14:32:00.000001Z")),
                ("exec_time", variant(time: "2026-02-19T14:32:00+01:00")),
                ("strategy", variant(strategy: "momo@1.1")),
                ("strategy", variant(strategy: nil, extra: #""strategy":null"#)),
            ]
            for (field, text) in others {
                let report = try await world.ingest([text], as: trader)
                #expect(report.words == ["CONFLICT \(field)"], "\(text)")
            }
            #expect(try await LedgerImage(of: "main", as: trader, in: world) == image)
            #expect(try await world.rowCounts() == rows)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no fee and a fee of zero are the same`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                fill("none", "BUY", "1", at: "2"), fill("zero", "BUY", "1", at: "2", fee: "0.00"),
                as: trader)
            let again = try await world.ingest(
                [
                    fill("none", "BUY", "1", at: "2", fee: "-0"),
                    fill("zero", "BUY", "1", at: "2"),
                    fill("none", "BUY", "1", at: "2", fee: "0.1"),
                ], as: trader)
            #expect(again.words == ["duplicate", "duplicate", "CONFLICT fee"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a repeat within the batch is judged as one that comes later`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1", at: "2"),
                    fill("a", "BUY", "1.0", at: "2", assetType: nil, currency: nil),
                    fill("a", "BUY", "3", at: "2"),
                    fill("b", "BUY", "-1", at: "2"),
                    fill("b", "BUY", "1", at: "2", strategy: "s"),
                    fill("b", "BUY", "1", at: "2", strategy: "s@1.0"),
                    fill("b", "BUY", "1", at: "2", strategy: "s@2"),
                    fill("b", "BUY", "1", at: "2"),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "duplicate", "CONFLICT quantity", "INVALID_FIELD quantity",
                    "accepted", "duplicate", "CONFLICT strategy", "duplicate",
                ])
            #expect((report.accepted, report.duplicates, report.rejected) == (2, 3, 3))
            #expect(try await world.count(of: "trades") == 2)
            // A conflicting strategy is no reason to invent it.
            #expect(try await world.count(of: "strategies") == 1)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `ids and symbols are compared by their bytes`(_ backend: TestBackend) async throws {
        // Swift's String takes each pair for equal.
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let fills = [
                fill(composed, "BUY", "1", at: "2"), fill(decomposed, "BUY", "2", at: "2"),
                fill("s1", "BUY", "1", at: "2", symbol: composed),
                fill("s2", "BUY", "2", at: "2", symbol: decomposed),
                fill("v1", "BUY", "1", at: "2", strategy: composed),
                fill("v2", "BUY", "2", at: "2", strategy: decomposed),
            ]
            let first = try await world.ingest(fills, as: trader)
            #expect(first.words == Array(repeating: "accepted", count: 6))
            let second = try await world.ingest(fills.reversed(), as: trader)
            #expect(second.words == Array(repeating: "duplicate", count: 6))
            #expect(try await world.count(of: "instruments") == 3)
            #expect(try await world.count(of: "strategies") == 2)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `ids belong to their portfolio`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let other = try await world.member(1002)
            try await world.addPortfolio("second", of: trader)
            let text = fill("t-1", "BUY", "1", at: "2")
            let words = [
                try await world.ingest([text], as: trader).words,
                try await world.ingest([text], portfolio: "second", as: trader).words,
                try await world.ingest([text], as: other).words,
            ]
            #expect(words == [["accepted"], ["accepted"], ["accepted"]])
            #expect(
                try await world.ingest([text], portfolio: "second", as: trader).words
                    == ["duplicate"])
        }
    }
}
