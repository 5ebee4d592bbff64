/// When an instrument trades.
///
/// The calendars follow published rules and know no machine's time zone files, so an order expires
/// at the same instant everywhere. New York's clock is the one that has been in force since 2007.
public enum TradingCalendar: Sendable, Hashable, CaseIterable {
    /// The New York Stock Exchange: 09:30 to 16:00 on its business days, to 13:00 on some.
    case newYork
    /// Currencies: from Sunday 17:00 to Friday 17:00 in New York, in days that end at 17:00.
    case forex
    /// Around the clock, in days of UTC.
    case always

    /// The calendar of what is traded there.
    ///
    /// Crypto trades around the clock. Currencies, and futures and CFDs without an exchange, keep
    /// the week of the currency market. Everything else keeps New York's hours where it names an
    /// exchange of the United States or none. Of an exchange that is not known here no hours are
    /// assumed: whenever it is quoted, it trades.
    public static func of(exchange: ExactText?, assetType: AssetType) -> TradingCalendar {
        switch (assetType, exchange) {
        case (.crypto, _): .always
        case (.forex, _), (.future, nil), (.cfd, nil): .forex
        case (_, nil): .newYork
        case (_, let exchange?):
            unitedStates.contains(exchange.text.uppercased()) ? .newYork : .always
        }
    }

    /// Stock and option exchanges, and the routes that go by their hours, by their common names.
    private static let unitedStates: Set<String> = [
        "NYSE", "NASDAQ", "AMEX", "ARCA", "NYSEARCA", "BATS", "CBOE", "IEX", "ISLAND", "MEMX",
        "OPRA", "OTC", "PHLX", "PINK", "SMART", "US", "XNYS", "XNAS", "XASE", "ARCX", "BATO",
    ]

    /// From its opening, included, to its close, which no longer belongs to it.
    public struct Session: Sendable, Hashable {
        public let opens: Timestamp
        public let closes: Timestamp

        public func contains(_ instant: Timestamp) -> Bool {
            opens <= instant && instant < closes
        }
    }

    public func isOpen(at instant: Timestamp) -> Bool {
        session(at: instant) != nil
    }

    /// The session that the instant falls into; nil while nothing trades.
    public func session(at instant: Timestamp) -> Session? {
        // A session may begin on the day before, and New York's day is not that of UTC.
        sessions(on: -1...1, around: instant).first { $0.contains(instant) }
    }

    /// When the first session after the instant opens. Where one follows another without a break,
    /// it opens as the other closes. Nil only where the calendar ends.
    public func nextOpen(after instant: Timestamp) -> Timestamp? {
        nextSession(after: instant)?.opens
    }

    /// When the session closes that the instant falls into, else the next one: the end of an order
    /// for the day that is placed then. Nil only where the calendar ends.
    public func close(ofSessionAt instant: Timestamp) -> Timestamp? {
        (session(at: instant) ?? nextSession(after: instant))?.closes
    }

    /// The hours around the instant without a break, in however many sessions; nil while nothing
    /// trades.
    public func hours(at instant: Timestamp) -> Session? {
        if self == .always { return Session(opens: .distantPast, closes: .distantFuture) }
        guard let session = session(at: instant) else { return nil }
        var (opens, closes) = (session.opens, session.closes)
        // The longest run is the five days of a week.
        for _ in 0..<7 {
            guard let next = self.session(at: closes) else { break }
            closes = next.closes
        }
        for _ in 0..<7 {
            let before = Timestamp(microseconds: opens.microseconds - 1)
            guard let previous = self.session(at: before) else { break }
            opens = previous.opens
        }
        return Session(opens: opens, closes: closes)
    }

    private func nextSession(after instant: Timestamp) -> Session? {
        // The longest row of days without one is far shorter.
        sessions(on: -1...10, around: instant).first { $0.opens > instant }
    }

    private func sessions(
        on days: ClosedRange<Int>, around instant: Timestamp
    ) -> some Sequence<Session> {
        let day = instant.day
        return days.lazy.compactMap { session(of: day.adding(days: $0)) }
    }

    /// The session that ends on a day, by the calendar's own clock; nil where none does, and beyond
    /// the years 1 to 9999.
    func session(of day: Day) -> Session? {
        guard day >= .distantPast, day <= Timestamp.distantFuture.day else { return nil }
        switch self {
        case .newYork:
            guard let closes = NewYorkExchange.closingMinute(on: day) else { return nil }
            return Session(
                opens: NewYorkExchange.instant(on: day, minute: NewYorkExchange.openingMinute),
                closes: NewYorkExchange.instant(on: day, minute: closes))
        case .forex:
            guard day.weekday <= 5 else { return nil }
            let turn = 17 * 60
            return Session(
                opens: NewYorkExchange.instant(on: day.adding(days: -1), minute: turn),
                closes: NewYorkExchange.instant(on: day, minute: turn))
        case .always:
            return Session(opens: day.start, closes: day.adding(days: 1).start)
        }
    }
}
