import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Fills that come late: the ledger ends as if they had come in time.
struct LateFillTests {
    private func at(
        _ minute: Int, _ id: String, _ side: String, _ quantity: String, _ price: String,
        fee: String? = nil, feeCurrency: String? = nil
    ) -> String {
        fill(
            id, side, quantity, at: price, fee: fee, feeCurrency: feeCurrency,
            time: "2026-02-19T14:\(minute < 10 ? "0" : "")\(minute):00Z")
    }

    /// Posts `batches` to one portfolio and the same fills, in the order of truth one by one, to
    /// another; both have to end the same. Returns the position and each trade's realized P&L.
    private func outcome(
        of batches: [[String]], inTime: [String], on backend: TestBackend
    ) async throws -> LedgerImage {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.addPortfolio("straight", of: trader)
            for batch in batches {
                let report = try await world.ingest(batch, as: trader)
                #expect(report.accepted == batch.count)
            }
            for text in inTime {
                let report = try await world.ingest([text], portfolio: "straight", as: trader)
                #expect(report.accepted == 1)
            }
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(
                try await LedgerImage(of: "straight", as: trader, in: world) == image)
            try await world.expectVerified()
            return image
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill between two moves what the later one realized`(
        _ backend: TestBackend
    ) async throws {
        let first = at(1, "a", "BUY", "1", "100", fee: "1")
        let late = at(2, "b", "BUY", "1", "200", fee: "2", feeCurrency: "BNB")
        let last = at(3, "c", "SELL", "1", "180", fee: "3")
        let image = try await outcome(
            of: [[first, last], [late]], inTime: [first, late, last], on: backend)
        #expect(
            image.summary == [
                "day BTCUSDT/- 2026-02-19 BNB: 0 2 0",
                "day BTCUSDT/- 2026-02-19 USDT: 30 4 3",
                "position BTCUSDT/-: 1 cost 150 at 150 realized 30 fees 2 BNB, 4 USDT"
                    + " since 2026-02-19T14:01:00.000000Z until 2026-02-19T14:03:00.000000Z c",
                "trade BTCUSDT/- a: 0", "trade BTCUSDT/- b: 0", "trade BTCUSDT/- c: 30",
            ])
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill can join two journeys into one`(_ backend: TestBackend) async throws {
        let one = [at(1, "a", "BUY", "1", "100"), at(3, "c", "SELL", "1", "110")]
        let two = [at(5, "e", "BUY", "1", "120"), at(7, "g", "SELL", "1", "90")]
        let late = at(2, "b", "BUY", "1", "130")
        let image = try await outcome(
            of: [one, two, [late]], inTime: [one[0], late, one[1], two[0], two[1]], on: backend)
        #expect(image.lines.contains("trade BTCUSDT/- c: -5"))
        #expect(image.lines.contains("trade BTCUSDT/- g: -27.5"))
        #expect(
            image.lines.contains {
                $0.hasPrefix("position BTCUSDT/-: 1 cost 117.5 at 117.5 realized -32.5")
                    && $0.contains("since 2026-02-19T14:01:00.000000Z")
            })
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill can part one journey into two`(_ backend: TestBackend) async throws {
        let known = [at(1, "a", "BUY", "1", "100"), at(5, "c", "SELL", "1", "110")]
        let late = at(3, "b", "SELL", "1", "105")
        let image = try await outcome(
            of: [known, [late]], inTime: [known[0], late, known[1]], on: backend)
        #expect(
            image.lines.contains {
                $0.hasPrefix("position BTCUSDT/-: -1 cost -110 at 110 realized 5")
                    && $0.contains("since 2026-02-19T14:05:00.000000Z")
            })
        #expect(image.lines.contains("trade BTCUSDT/- c: 0"))
    }

    @Test(arguments: TestBackend.allCases)
    func `a fill before the first turns the whole holding`(_ backend: TestBackend) async throws {
        let known = [
            at(2, "b", "BUY", "1", "100"), at(3, "c", "BUY", "2", "90"),
            at(4, "d", "SELL", "3", "95"),
        ]
        let late = at(1, "a", "SELL", "2", "80")
        let image = try await outcome(
            of: [known, [late]], inTime: [late] + known, on: backend)
        #expect(image.lines.contains("trade BTCUSDT/- b: -20"))
        #expect(image.lines.contains("trade BTCUSDT/- c: -10"))
    }

    @Test(arguments: TestBackend.allCases)
    func `of fills at one instant the order is that of their ids' bytes`(
        _ backend: TestBackend
    ) async throws {
        // Z (5A) a (61) é (C3 A9), and e with a combining accent (65 CC 81) before it.
        let ids = ["Z", "a", "e\u{301}", "\u{E9}"]
        let fills = [
            at(1, ids[0], "BUY", "1", "100"), at(1, ids[1], "SELL", "2", "110"),
            at(1, ids[2], "BUY", "2", "120"), at(1, ids[3], "SELL", "1", "130"),
        ]
        for batches in [[fills], [fills.reversed()], fills.reversed().map { [$0] }] {
            let image = try await outcome(of: batches, inTime: fills, on: backend)
            #expect(image.lines.contains("trade BTCUSDT/- Z: 0"))
            #expect(image.lines.contains("trade BTCUSDT/- a: 10"))
            #expect(image.lines.contains("trade BTCUSDT/- e\u{301}: -10"))
            #expect(image.lines.contains("trade BTCUSDT/- \u{E9}: 10"))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `late and timely fills of several holdings come in one batch`(
        _ backend: TestBackend
    ) async throws {
        func of(_ symbol: String, _ id: String, _ side: String, _ hour: Int) -> String {
            fill(
                id, side, "3", at: "\(hour)", symbol: symbol, time: "2026-02-1\(hour)T10:00:00Z")
        }
        let first = [of("A", "a1", "BUY", 1), of("A", "a3", "SELL", 3), of("B", "b1", "BUY", 1)]
        let second = [
            of("C", "c2", "SELL", 2), of("B", "b2", "SELL", 2), of("A", "a2", "BUY", 2),
            of("C", "c1", "BUY", 1), of("A", "a4", "SELL", 4),
        ]
        let image = try await outcome(
            of: [first, second],
            inTime: [
                first[0], second[2], first[1], second[4], first[2], second[1], second[3],
                second[0],
            ], on: backend)
        #expect(image.lines.filter { $0.hasPrefix("position") }.count == 3)
        #expect(image.lines.contains("trade A/- a3: 4.5"))
    }

    @Test(arguments: TestBackend.allCases)
    func `only the trades whose figures move are written again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(
                at(1, "a", "BUY", "1", "100"), at(4, "b", "SELL", "1", "110"),
                at(6, "c", "BUY", "1", "120"), at(8, "d", "SELL", "1", "130"), as: trader)
            let uids = try await world.texts("SELECT uid FROM trades ORDER BY broker_trade_id")
            try await world.post(
                at(9, "e", "BUY", "1", "1"), at(7, "f", "BUY", "1", "140"), as: trader)
            #expect(
                try await world.texts(
                    "SELECT uid FROM trades WHERE broker_trade_id < 'e' ORDER BY broker_trade_id")
                    == uids)
            let image = try await LedgerImage(of: "main", as: trader, in: world)
            #expect(image.lines.contains("trade BTCUSDT/- b: 10"))
            #expect(image.lines.contains("trade BTCUSDT/- d: 0"))
            try await world.expectVerified()
        }
    }
}
