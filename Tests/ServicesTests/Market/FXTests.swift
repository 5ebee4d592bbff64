import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Exchange rates: posting, replacing, listing.
struct FXTests {
    private func post(
        _ rates: String..., as authority: Authority, to world: ServiceWorld
    ) async throws -> [String] {
        let batch = try RateReader.batch(
            from: Array("{\"rates\":[\(rates.joined(separator: ","))]}".utf8))
        let report = try await world.services.fx.post(batch, for: authority.caller)
        #expect(report.stale == 0)
        return report.outcomes.map { outcome in
            switch outcome {
            case .accepted: "accepted"
            case .stale: "stale"
            case .rejected(let refusal):
                [refusal.code.rawValue, refusal.field].compactMap(\.self).joined(separator: " ")
            }
        }
    }

    private func rate(
        _ base: String, _ quote: String, _ rate: String, on day: String? = nil
    ) -> String {
        let day = day.map { #","day":"\#($0)""# } ?? ""
        return #"{"base":"\#(base)","quote":"\#(quote)","rate":"\#(rate)"\#(day)}"#
    }

    private func words(_ rates: [ExchangeRate]) -> [String] {
        rates.map { "\($0.base) \($0.quote) \($0.day) \($0.rate)" }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rate of the same day replaces, one of today needs no day`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            #expect(
                try await post(
                    rate("USD", "EUR", "0.9", on: "2025-12-31"), rate("USD", "EUR", "0.92"),
                    rate("USD", "USD", "1"), rate("EUR", "USD", "1.08"), as: trader, to: world)
                    == ["accepted", "accepted", "INVALID_FIELD quote", "accepted"])
            let fx = world.services.fx
            #expect(
                words(try await fx.latest()) == [
                    "EUR USD 2026-01-01 1.08", "USD EUR 2026-01-01 0.92",
                ])
            _ = try await post(
                rate("USD", "EUR", "0.93"), rate("USD", "EUR", "0.94"),
                rate("USD", "EUR", "0.95", on: "2025-12-30"), as: trader, to: world)
            let (usd, eur) = (try #require(Currency("USD")), try #require(Currency("EUR")))
            #expect(
                words(try await fx.history(usd, eur)) == [
                    "USD EUR 2026-01-01 0.94", "EUR USD 2026-01-01 1.08",
                    "USD EUR 2025-12-31 0.9", "USD EUR 2025-12-30 0.95",
                ])
            #expect(try await fx.history(eur, usd).map(\.base.code).prefix(2) == ["EUR", "USD"])
            #expect(words(try await fx.latest(base: usd)) == ["USD EUR 2026-01-01 0.94"])
            #expect(words(try await fx.latest(quote: usd)) == ["EUR USD 2026-01-01 1.08"])
            #expect(try await fx.latest(base: usd, quote: usd) == [])
            #expect(try await world.count(of: "fx_rates") == 4)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what changes is audited, what does not is not`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            func audit() async throws -> [String] {
                try await world.texts(
                    """
                    SELECT action || ' ' || user_id || ' ' || details_json FROM audit_log
                    WHERE entity_type = 'FX_RATE' ORDER BY id
                    """
                ).map { $0.replacing("\": ", with: "\":").replacing(", \"", with: ",\"") }
            }
            let day = "2026-01-01"
            let first = rate("USD", "EUR", "0.920", on: day)
            _ = try await post(first, rate("USD", "EUR", "0.92", on: day), as: trader, to: world)
            _ = try await post(first, rate("USD", "EUR", "0"), as: trader, to: world)
            let created = try await audit()
            #expect(created.count == 1)
            #expect(created[0].hasPrefix("CREATE \(trader.caller.userID) "))
            #expect(created[0].contains(#""rate":"0.92""#))

            let other = try await world.member(1002)
            _ = try await post(
                rate("USD", "EUR", "0.93", on: day), rate("USD", "EUR", "0.92", on: day),
                as: other, to: world)
            let all = try await audit()
            #expect(all.count == 3)
            #expect(all.dropFirst().allSatisfy { $0.hasPrefix("UPDATE \(other.caller.userID) ") })
            #expect(all[1].contains(#""before":"0.92""#) && all[1].contains(#""rate":"0.93""#))
            #expect(all[2].contains(#""before":"0.93""#) && all[2].contains(#""rate":"0.92""#))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a rate that came in by an update is stored once for it`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let (usd, eur) = (try #require(Currency("USD")), try #require(Currency("EUR")))
            func send(_ rate: Decimal) async throws {
                _ = try await world.services.fx.post(
                    [.success(try RateReport(base: usd, quote: eur, rate: rate, day: nil))],
                    for: trader.caller, update: IncomingUpdate(id: 7))
            }
            try await send(2)
            await #expect(throws: IncomingUpdate.AlreadySeen.self) { try await send(3) }
            #expect(words(try await world.services.fx.latest()) == ["USD EUR 2026-01-01 2"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the first and the last day and the extreme rates are kept exactly`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let great = "169999999999999999999.999999999999999999"
            #expect(
                try await post(
                    rate("A", "B", "0.000000000000000001", on: "0001-01-01"),
                    rate("A", "B", great, on: "9999-12-31"), as: trader, to: world)
                    == ["accepted", "accepted"])
            let (a, b) = (try #require(Currency("A")), try #require(Currency("B")))
            #expect(
                words(try await world.services.fx.history(a, b)) == [
                    "A B 9999-12-31 \(great)", "A B 0001-01-01 0.000000000000000001",
                ])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a full batch is taken at once, and batches at once do not stand in each other's way`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let (usd, eur) = (try #require(Currency("USD")), try #require(Currency("EUR")))
            let rates = try (0..<10_000).map { number in
                Result<RateReport, FillRefusal>.success(
                    try RateReport(
                        base: usd, quote: eur, rate: Decimal(number + 1),
                        day: Day(number: Int32(number))))
            }
            let reports = try await withThrowingTaskGroup(of: MarketReport.self) { group in
                for turn in 0..<4 {
                    let batch = turn.isMultiple(of: 2) ? rates : rates.reversed()
                    group.addTask { try await world.services.fx.post(batch, for: trader.caller) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.map(\.accepted) == [10_000, 10_000, 10_000, 10_000])
            #expect(try await world.count(of: "fx_rates") == 10_000)
            #expect(words(try await world.services.fx.latest()) == ["USD EUR 1997-05-18 10000"])
            #expect(try await world.services.fx.history(eur, usd).count == FXService.historyLimit)
        }
    }
}
