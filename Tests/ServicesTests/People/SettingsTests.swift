import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What users choose for themselves.
struct SettingsTests {
    @Test(arguments: TestBackend.allCases)
    func `all that can be set is kept, each user's own`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001).caller
            let bob = try await world.member(1002).caller
            let settings = world.services.settings
            #expect(try await settings.all(for: ada) == UserSettings())
            let euro = Currency("EUR")
            let changed = try await settings.change(for: ada) {
                $0.baseCurrency = euro
                $0.timeZone = "Europe/Berlin"
                $0.costMethod = .lifo
                $0.fills = .each
                $0.orders = .off
                $0.tellsAlerts = false
                $0.tellsBreaches = false
                $0.dailyDigestMinute = 485
                $0.weeklyDigest = .init(weekday: 7, minuteOfDay: 1439)
                $0.quietHours = .init(fromMinute: 1320, toMinute: 0)
                $0.isSilent = true
            }
            #expect(changed != UserSettings())
            #expect(try await settings.all(for: ada) == changed)
            #expect(try await settings.all(for: bob) == UserSettings())
            #expect(try await world.count(of: "audit_log", where: "details_json IS NOT NULL") > 0)
            let user = try await world.services.users.user(telegramUserID: 1001)
            #expect(user?.timeZone == "Europe/Berlin")
            #expect(settings.zone(of: user).name == "Europe/Berlin")
            #expect(settings.zone(of: nil) == .utc)
            let back = try await settings.change(for: ada) { $0 = UserSettings() }
            #expect(back == UserSettings())
            #expect(try await settings.all(for: ada) == UserSettings())
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `one update changes settings once, and what can't be changes nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member().caller
            let settings = world.services.settings
            let update = IncomingUpdate(id: 7)
            _ = try await settings.change(for: ada, update: update) { $0.fills = .off }
            _ = try await settings.change(for: ada) { $0.fills = .each }
            await #expect(throws: IncomingUpdate.AlreadySeen.self) {
                try await settings.change(for: ada, update: update) { $0.fills = .off }
            }
            let wrong: [@Sendable (inout UserSettings) -> Void] = [
                { $0.timeZone = "Europe/Atlantis" }, { $0.timeZone = "../etc/passwd" },
                { $0.dailyDigestMinute = 1440 }, { $0.dailyDigestMinute = -1 },
                { $0.weeklyDigest = .init(weekday: 8, minuteOfDay: 0) },
                { $0.quietHours = .init(fromMinute: 5, toMinute: 5) },
            ]
            for change in wrong {
                await #expect(throws: ServiceError.self) {
                    try await settings.change(for: ada, change)
                }
            }
            var expected = UserSettings()
            expected.fills = .each
            #expect(try await settings.all(for: ada) == expected)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `totals are converted into the chosen currency`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            try await world.post(
                fill("a", "BUY", "1", at: "100", time: "2026-01-01T00:00:00Z"),
                fill("b", "SELL", "1", at: "110", time: "2026-01-01T00:00:00Z"), as: ada)
            let euro = try #require(Currency("EUR"))
            let tether = try #require(Currency("USDT"))
            let rate = try RateReport(base: tether, quote: euro, rate: 2, day: nil)
            _ = try await world.services.fx.post([.success(rate)], for: ada.caller)
            _ = try await world.services.settings.change(for: ada.caller) {
                $0.baseCurrency = euro
            }
            let period = try #require(Period("all", today: world.world.now().day))
            let report = try await world.services.performance.report(period: period, for: ada)
            guard case .total(let total, let currency, _) = report.converted else {
                Issue.record("\(report.converted)")
                return
            }
            #expect(currency == euro)
            #expect(total.realizedPnL == 20)
        }
    }
}
