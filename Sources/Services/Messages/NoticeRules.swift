public import Ledger
public import Records

/// What a notice is about, as far as its reader may choose whether to be told.
public enum NoticeTopic: String, Sendable, CaseIterable {
    /// Whether they may come in. Always sent, at once.
    case membership
    /// Who asks to come in, and what else an admin is to decide.
    case admin
    case fills
    case orders
    /// A risk rule was exceeded, and the order went out all the same.
    case breach
    /// A risk rule blocked an order. Always sent, at once.
    case block
    case alert
    case digest
    /// What came by a hook and is no trade, or did not come.
    case hooks
    /// Strategies that fell silent, or are back.
    case strategies
}

/// What becomes of a notice now.
public enum NoticeVerdict: Sendable, Hashable {
    /// It goes out; `isSilent` without a sound.
    case send(isSilent: Bool)
    /// It goes out when the quiet hours are over, and is asked for again then.
    case hold(until: Timestamp)
    /// Its reader does not want it.
    case drop
}

/// What a user's settings make of a notice. Nothing here is ever asked of the clock or a database.
public struct NoticeRules: Sendable {
    private let settings: UserSettings
    private let zone: TimeZoneRules

    public init(_ settings: UserSettings, _ zone: TimeZoneRules) {
        self.settings = settings
        self.zone = zone
    }

    /// Membership and blocked orders are never held or dropped. A digest comes at the hour that
    /// its reader chose, in quiet hours too, but then without a sound.
    public func verdict(_ topic: NoticeTopic, now: Timestamp) -> NoticeVerdict {
        guard isWanted(topic) else { return .drop }
        let quietEnd = quietEnd(after: now)
        switch topic {
        case .membership, .block: return .send(isSilent: settings.isSilent)
        case .digest: return .send(isSilent: settings.isSilent || quietEnd != nil)
        case .admin, .fills, .orders, .breach, .alert, .hooks, .strategies:
            return quietEnd.map { .hold(until: $0) } ?? .send(isSilent: settings.isSilent)
        }
    }

    private func isWanted(_ topic: NoticeTopic) -> Bool {
        switch topic {
        case .membership, .admin, .block, .digest, .hooks, .strategies: true
        case .fills: settings.fills != .off
        case .orders: settings.orders != .off
        case .breach: settings.tellsBreaches
        case .alert: settings.tellsAlerts
        }
    }

    /// When the quiet hours end; nil where they have not begun.
    private func quietEnd(after now: Timestamp) -> Timestamp? {
        guard let quiet = settings.quietHours else { return nil }
        let shown = zone.local(at: now)
        let minute = shown.minuteOfDay
        let isQuiet =
            quiet.fromMinute < quiet.toMinute
            ? (quiet.fromMinute..<quiet.toMinute).contains(minute)
            : minute >= quiet.fromMinute || minute < quiet.toMinute
        guard isQuiet else { return nil }
        let day = quiet.toMinute > minute ? shown.day : shown.day.adding(days: 1)
        if let local = LocalDateTime(
            day: day, hour: quiet.toMinute / 60, minute: quiet.toMinute % 60)
        {
            let end = zone.instant(of: local)
            if end > now { return end }
        }
        // The clock was put back over the end: it shows it again.
        let missing =
            Int64(day.number - shown.day.number) * 86_400
            + Int64(quiet.toMinute * 60 - shown.secondOfDay)
        return now.adding(seconds: missing)
    }
}
