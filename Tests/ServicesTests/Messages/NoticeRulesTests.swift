import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Whether and when a notice goes out.
struct NoticeRulesTests {
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
        "America/St_Johns", "Pacific/Apia", "-03:30", "America/Sao_Paulo",
    ]

    private func zone(_ name: String) throws -> TimeZoneRules {
        try #require(TimeZones.ofSystem.rules(named: name))
    }

    private func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(canonical: text))
    }

    /// Minutes since the local midnight, worked out without `TimeZoneRules.local`.
    private func minute(_ instant: Timestamp, _ zone: TimeZoneRules) -> Int {
        let seconds = instant.microseconds / 1_000_000 + Int64(zone.offsetSeconds(at: instant))
        return Int(((seconds % 86_400) + 86_400) % 86_400) / 60
    }

    private func isQuiet(_ minute: Int, _ hours: UserSettings.QuietHours?) -> Bool {
        guard let hours else { return false }
        func passed(_ from: Int, _ to: Int) -> Int { (to - from + 1440) % 1440 }
        return passed(hours.fromMinute, minute) < passed(hours.fromMinute, hours.toMinute)
    }

    @Test func `what is wanted is sent or held until the quiet hours end, in every zone`() throws {
        for seed in Seeds.range(count: 60) {
            var random = SeededGenerator(seed: seed)
            let zone = try zone(Self.zones.randomElement(using: &random) ?? "UTC")
            for _ in 0..<50 {
                var settings = UserSettings()
                settings.isSilent = Bool.random(using: &random)
                settings.fills =
                    UserSettings.FillNotices.allCases
                    .randomElement(using: &random) ?? .each
                settings.tellsAlerts = Bool.random(using: &random)
                let from = Int.random(in: 0..<1440, using: &random)
                let length = Int.random(in: 1..<720, using: &random)
                settings.quietHours = .init(fromMinute: from, toMinute: (from + length) % 1440)
                let now = Timestamp(
                    microseconds: Int64.random(
                        in: 1_735_689_600...1_830_297_600, using: &random) * 1_000_000)
                for topic in NoticeTopic.allCases {
                    check(topic, settings, zone, now, seed)
                }
            }
        }
    }

    private func check(
        _ topic: NoticeTopic, _ settings: UserSettings, _ zone: TimeZoneRules, _ now: Timestamp,
        _ seed: UInt64
    ) {
        let rules = NoticeRules(settings, zone)
        let verdict = rules.verdict(topic, now: now)
        let quiet = isQuiet(minute(now, zone), settings.quietHours)
        let about = "seed \(seed): \(topic) \(settings) \(zone.name) \(now): \(verdict)"
        switch topic {
        case .membership, .block:
            #expect(verdict == .send(isSilent: settings.isSilent), "\(about)")
        case .digest:
            #expect(verdict == .send(isSilent: settings.isSilent || quiet), "\(about)")
        case .fills where settings.fills == .off: #expect(verdict == .drop, "\(about)")
        case .alert where !settings.tellsAlerts: #expect(verdict == .drop, "\(about)")
        default:
            guard quiet else {
                #expect(verdict == .send(isSilent: settings.isSilent), "\(about)")
                return
            }
            guard case .hold(let end) = verdict else {
                Issue.record("\(about)")
                return
            }
            #expect(end > now && end.wholeSeconds(since: now) <= 26 * 3600, "\(about)")
            #expect(
                rules.verdict(topic, now: end) == .send(isSilent: settings.isSilent), "\(about)")
        }
    }

    @Test(arguments: [
        // In the hour that is left out the clock jumps over the end.
        ("2026-03-29T00:30:00.000000Z", "2026-03-29T01:30:00.000000Z"),
        // The clock is put back: 02:10 comes twice, and so does the end.
        ("2026-10-25T00:10:00.000000Z", "2026-10-25T00:30:00.000000Z"),
        ("2026-10-25T01:10:00.000000Z", "2026-10-25T01:30:00.000000Z"),
        ("2026-06-01T20:00:00.000000Z", "2026-06-02T00:30:00.000000Z"),
    ])
    func `the end of quiet hours is the clock's, when it is changed too`(
        now: String, end: String
    ) throws {
        var settings = UserSettings()
        settings.quietHours = .init(fromMinute: 22 * 60, toMinute: 2 * 60 + 30)
        let rules = NoticeRules(settings, try zone("Europe/Berlin"))
        #expect(rules.verdict(.fills, now: try time(now)) == .hold(until: try time(end)))
    }

    @Test func `what is off is dropped, and a blocked order never`() throws {
        var settings = UserSettings()
        settings.fills = .off
        settings.orders = .off
        settings.tellsAlerts = false
        settings.tellsBreaches = false
        let rules = NoticeRules(settings, .utc)
        let now = Timestamp(microseconds: 0)
        let dropped = NoticeTopic.allCases.filter { rules.verdict($0, now: now) == .drop }
        #expect(dropped == [.fills, .orders, .breach, .alert])
    }

    @Test(arguments: TestBackend.allCases)
    func `the terms of a notice are its reader's`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001).caller
            let bob = try await world.member(1002).caller
            let settings = world.services.settings
            _ = try await settings.change(for: ada) {
                $0.isSilent = true
                $0.timeZone = "Asia/Tokyo"
            }
            let adas = try await settings.terms(of: .fills, for: ada.userID)
            #expect(adas.verdict == .send(isSilent: true) && adas.zone.name == "Asia/Tokyo")
            let bobs = try await settings.terms(of: .fills, for: bob.userID)
            #expect(bobs == NoticeTerms(verdict: .send(isSilent: false), zone: .utc))
        }
    }
}
