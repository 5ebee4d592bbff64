public import Ledger
public import Records
import Storage
public import World

/// What users choose for themselves.
public struct SettingsService: Sendable {
    let work: UnitOfWork
    public let timeZones: TimeZones

    public func all(for caller: Caller) async throws -> UserSettings {
        try await work.read { try SettingsRows.of(caller.userID, in: $0) }
    }

    /// Changes the caller's settings and returns what they are now. A digest whose time of today
    /// has passed already comes tomorrow.
    ///
    /// Throws `.invalid` for what can't be: a time zone that is not known, a time that no clock
    /// shows, quiet hours that never end.
    public func change(
        for caller: Caller, update: IncomingUpdate? = nil,
        _ change: @escaping @Sendable (inout UserSettings) -> Void
    ) async throws -> UserSettings {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            let (before, sentBefore) = try SettingsRows.with(caller.userID, in: tx)
            var settings = before
            change(&settings)
            guard settings != before else { return before }
            try check(settings)
            var sent = sentBefore
            let clock = DigestClock(settings, zone(named: settings.timeZone))
            let times = (settings.timeZone, settings.dailyDigestMinute)
            if times != (before.timeZone, before.dailyDigestMinute) {
                sent.dailyOn = clock.dailyDay(at: draw.now)
            }
            if settings.timeZone != before.timeZone || settings.weeklyDigest != before.weeklyDigest
            {
                sent.weeklyOn = clock.weeklyDay(at: draw.now)
            }
            try SettingsRows.put(settings, sent, of: caller.userID, in: tx)
            try AuditLog.append(
                [
                    AuditEntry(
                        .update, .user, id: caller.userID.raw, detailsJSON: settings.detailsJSON)
                ], userID: caller.userID, now: draw.now, in: tx)
            return settings
        }
    }

    /// In which zone the user is shown times: UTC where none is chosen, or is known any more.
    public func zone(of user: User?) -> TimeZoneRules { zone(named: user?.timeZone) }

    func zone(named name: String?) -> TimeZoneRules {
        name.flatMap { timeZones.rules(named: $0) } ?? .utc
    }

    /// In which a user is shown times.
    public func zone(of userID: UserID) async throws -> TimeZoneRules {
        zone(named: try await work.read { try SettingsRows.of(userID, in: $0) }.timeZone)
    }

    /// How a notice of this topic goes out to a user now.
    public func terms(
        of topic: NoticeTopic, for userID: UserID
    ) async throws -> NoticeTerms {
        let settings = try await work.read { try SettingsRows.of(userID, in: $0) }
        let zone = zone(named: settings.timeZone)
        return NoticeTerms(
            verdict: NoticeRules(settings, zone).verdict(topic, now: work.world.now()), zone: zone)
    }

    private func check(_ settings: UserSettings) throws(ServiceError) {
        func refusal(_ field: String, _ detail: String) -> ServiceError {
            ServiceError(.invalid, code: "INVALID_FIELD", field: field, detail: detail)
        }
        if let name = settings.timeZone, timeZones.rules(named: name) == nil {
            throw refusal(
                "time_zone", "expected a time zone such as Europe/Berlin or +02:00, found \(name)")
        }
        let times = [
            settings.dailyDigestMinute, settings.weeklyDigest?.minuteOfDay,
            settings.quietHours?.fromMinute, settings.quietHours?.toMinute,
        ].compactMap(\.self)
        guard times.allSatisfy((0..<1440).contains) else {
            throw refusal("time", "expected a time of day from 00:00 to 23:59")
        }
        if let weekly = settings.weeklyDigest, !(1...7).contains(weekly.weekday) {
            throw refusal("weekly_digest_day", "expected a day from 1, Monday, to 7, Sunday")
        }
        if let quiet = settings.quietHours, quiet.fromMinute == quiet.toMinute {
            throw refusal("quiet_hours", "expected hours that end: two different times")
        }
    }
}

/// Whether and when a notice goes out, and in which zone its reader is shown times.
public struct NoticeTerms: Sendable, Hashable {
    public let verdict: NoticeVerdict
    public let zone: TimeZoneRules

    public init(verdict: NoticeVerdict, zone: TimeZoneRules) {
        self.verdict = verdict
        self.zone = zone
    }
}

extension UserSettings {
    fileprivate var detailsJSON: String {
        func text(_ number: Int?) -> String? { number.map { String($0) } }
        return Details.object([
            "base_currency": baseCurrency?.code, "time_zone": timeZone,
            "cost_method": costMethod.rawValue, "fills": fills.rawValue,
            "orders": orders.rawValue, "tells_alerts": String(tellsAlerts),
            "tells_breaches": String(tellsBreaches),
            "daily_digest_minute": text(dailyDigestMinute),
            "weekly_digest_day": text(weeklyDigest?.weekday),
            "weekly_digest_minute": text(weeklyDigest?.minuteOfDay),
            "quiet_from_minute": text(quietHours?.fromMinute),
            "quiet_to_minute": text(quietHours?.toMinute), "is_silent": String(isSilent),
        ])
    }
}
