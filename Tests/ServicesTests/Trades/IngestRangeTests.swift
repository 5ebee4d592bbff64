import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What the ledger can't hold exactly is refused, alone.
struct IngestRangeTests {
    /// A fill whose notional is small, so that only the quantity can be too much.
    private func huge(
        _ id: String, _ side: String = "BUY", _ quantity: String = "1e20", day: Int = 19,
        fee: String? = nil, order: String? = nil
    ) -> String {
        fill(
            id, side, quantity, at: "0.000001", fee: fee,
            time: "2026-02-\(day < 10 ? "0" : "")\(day)T00:00:00Z", order: order)
    }

    @Test(arguments: TestBackend.allCases)
    func `a notional that does not fit is refused`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    fill("a", "BUY", "1.7e20", at: "1"), fill("b", "BUY", "1e10", at: "1.7e10"),
                    fill("c", "BUY", "1e10", at: "1.6e10"),
                    fill("d", "BUY", "1e-19", at: "1"),
                    fill(
                        "e", "BUY", "1e10", at: "1e9", symbol: "M", extra: #""multiplier":"17""#),
                ], as: trader)
            #expect(
                report.words == [
                    "OUT_OF_RANGE quantity", "OUT_OF_RANGE quantity", "accepted",
                    "OUT_OF_RANGE quantity", "OUT_OF_RANGE quantity",
                ])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what contradicts a fill that does not fit is judged as if it stood alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    huge("a"), huge("b", day: 20), huge("b", "BUY", "2", day: 20),
                    huge("b", "BUY", "3", day: 20), huge("c", "BUY", "1", day: 20),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "OUT_OF_RANGE quantity", "accepted", "CONFLICT quantity",
                    "accepted",
                ])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a position that would not fit refuses the fill, and its repeats, alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    huge("a"), huge("b", day: 20), huge("b", day: 20),
                    huge("c", "SELL", "1", day: 21),
                    huge("d", "BUY", "7e19", day: 22), huge("e", "BUY", "69e18", day: 23),
                ], as: trader)
            #expect(
                report.words == [
                    "accepted", "OUT_OF_RANGE quantity", "OUT_OF_RANGE quantity", "accepted",
                    "accepted", "OUT_OF_RANGE quantity",
                ])
            #expect(
                try await world.services.positions.snapshot(for: trader)
                    .map(\.listing.position.quantity.description) == ["169999999999999999999"])
            #expect(try await world.count(of: "trades") == 3)
            try await world.expectVerified()
            // What was refused is not known: it is refused again, not a duplicate.
            #expect(
                try await world.ingest([huge("b", day: 24)], as: trader).words
                    == ["OUT_OF_RANGE quantity"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a late fill that would make a later one not fit is refused alone`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(huge("known", day: 20), as: trader)
            let small = (1...9).map { huge("s\($0)", "BUY", "\($0)", day: $0) }
            let report = try await world.ingest(
                Array(small[..<4]) + [huge("b1", day: 10)] + Array(small[4...])
                    + [huge("b2", day: 28), huge("b1", day: 10)], as: trader)
            #expect(
                report.words == Array(repeating: "accepted", count: 4) + ["OUT_OF_RANGE quantity"]
                    + Array(repeating: "accepted", count: 5)
                    + Array(repeating: "OUT_OF_RANGE quantity", count: 2))
            #expect(
                try await world.services.positions.snapshot(for: trader)
                    .map(\.listing.position.quantity.description) == ["100000000000000000045"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fees that would not fit are refused`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let fee = { (id: String, fee: String, day: Int) in
                huge(id, "BUY", "1", day: day, fee: fee)
            }
            let report = try await world.ingest(
                [
                    fee("a", "1.6e20", 1), fee("b", "1e19", 2), fee("c", "-2e19", 3),
                    fee("d", "1e19", 4),
                ],
                as: trader)
            #expect(
                report.words == ["accepted", "OUT_OF_RANGE quantity", "accepted", "accepted"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `fees of a day that would not fit are refused, and the position stays as it was`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let report = try await world.ingest(
                [
                    huge("a", "BUY", "1", day: 1, fee: "-1e20"),
                    huge("b", "BUY", "1", day: 2, fee: "1.6e20"),
                    huge("c", "BUY", "5", day: 2, fee: "1e19"),
                    huge("d", "BUY", "1", day: 3, fee: "1e19"),
                ], as: trader)
            #expect(
                report.words == ["accepted", "accepted", "OUT_OF_RANGE quantity", "accepted"])
            #expect(
                try await world.services.positions.snapshot(for: trader)
                    .map(\.listing.position.quantity) == [3])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an order's filled quantity that would not fit refuses the fill and leaves its position`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await world.post(huge("known", "SELL", "1e20", day: 1), as: trader)
            try await world.addOrder("order-1", quantity: 5, brokerID: "o", of: trader)
            let report = try await world.ingest(
                [
                    huge("a", "BUY", "1e20", day: 2, order: "o"),
                    huge("b", "BUY", "1e20", day: 3, order: "o"), huge("c", "BUY", "3", day: 4),
                ], as: trader)
            #expect(report.words == ["accepted", "OUT_OF_RANGE quantity", "accepted"])
            #expect(
                try await world.services.positions.snapshot(for: trader)
                    .map(\.listing.position.quantity) == [3])
            #expect(
                try await world.services.orders.list(statuses: [.filled], for: trader)
                    .map(\.filledQuantity.description) == ["100000000000000000000"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the extremes that fit are kept to the last digit`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let largest = "169999999999999999999.999999999999999999"
            let smallest = "0.000000000000000001"
            let report = try await world.ingest(
                [
                    fill("a", "BUY", largest, at: "1", symbol: "L"),
                    fill("b", "SELL", smallest, at: "1.6e20", symbol: "S"),
                    fill(
                        "c", "BUY", "1", at: "1", fee: "-" + largest, symbol: "F",
                        time: "0001-01-01T00:00:00Z"),
                    fill(
                        "d", "BUY", "1", at: "1", symbol: "T", time: "9999-12-31T23:59:59.999999Z"),
                ], as: trader)
            #expect(report.accepted == 4)
            let views = try await world.services.positions.snapshot(for: trader)
            #expect(views.map(\.listing.instrument.instrument.symbol) == ["F", "L", "S", "T"])
            #expect(views[1].listing.position.cost.description == largest)
            #expect(views[2].listing.position.quantity.description == "-" + smallest)
            #expect(views[2].listing.position.cost.description == "-160")
            #expect(
                views[0].listing.position.fees.values.map(\.description) == ["-" + largest])
            let page = try await world.services.trades.page(TradeQuery(), for: trader)
            #expect(page.trades.map(\.brokerTradeID) == ["d", "b", "a", "c"])
            try await world.expectVerified()
        }
    }
}
