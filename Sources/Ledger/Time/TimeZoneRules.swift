/// How far a place's wall clock is ahead of UTC, at every instant: a fixed offset, or what a
/// time zone's file says.
public struct TimeZoneRules: Sendable, Hashable {
    /// As it was asked for: `America/New_York`, `+02:00`.
    public let name: String
    /// Seconds since 1970-01-01T00:00:00Z, ascending.
    let transitions: [Int64]
    /// Seconds east of UTC from the transition of the same place on.
    let offsets: [Int32]
    /// Before the first transition.
    let firstOffset: Int32
    /// From the last transition on; nil where the last offset stays.
    let yearly: YearlyTimeRule?

    init(
        name: String, transitions: [Int64] = [], offsets: [Int32] = [], firstOffset: Int32,
        yearly: YearlyTimeRule? = nil
    ) {
        self.name = name
        self.transitions = transitions
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.yearly = yearly
    }

    public static let utc = TimeZoneRules(name: "UTC", firstOffset: 0)

    /// Reads `UTC`, `Z`, and offsets to the east of UTC: `+02:00`, `-0330`, `+2`, each with or
    /// without `UTC` before it. Nil for anything else, and for 24 hours or more.
    public init?(fixedOffset text: String) {
        var rest = text.utf8[...]
        if rest.elementsEqual("Z".utf8) || rest.elementsEqual("UTC".utf8) {
            self.init(name: text, firstOffset: 0)
            return
        }
        if rest.starts(with: "UTC".utf8) { rest = rest.dropFirst(3) }
        guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return nil }
        let digits = rest.filter { $0 != UInt8(ascii: ":") }
        guard [1, 2, 4].contains(digits.count),
            let number = readDigits(Array(digits).span, 0..<digits.count)
        else { return nil }
        let hasColon = rest.count == 5 && rest.dropFirst(2).first == UInt8(ascii: ":")
        guard rest.count == digits.count || hasColon else { return nil }
        let (hours, minutes) =
            digits.count == 4 ? number.quotientAndRemainder(dividingBy: 100) : (number, 0)
        guard hours < 24, minutes < 60 else { return nil }
        let seconds = Int32(hours * 3600 + minutes * 60)
        self.init(name: text, firstOffset: sign == UInt8(ascii: "-") ? -seconds : seconds)
    }

    /// Seconds that the wall clock is ahead of UTC at `instant`.
    public func offsetSeconds(at instant: Timestamp) -> Int {
        let (seconds, rest) = instant.microseconds
            .quotientAndRemainder(dividingBy: Timestamp.microsecondsInSecond)
        return Int(offset(at: rest < 0 ? seconds - 1 : seconds))
    }

    /// What the wall clock shows at `instant`.
    public func local(at instant: Timestamp) -> LocalDateTime {
        LocalDateTime(shownAt: instant.adding(seconds: Int64(offsetSeconds(at: instant))))
    }

    /// The instant at which the wall clock shows `local`. Where the clock was put back and showed
    /// it twice, the first time; where it was put forward and never showed it, as if it had not
    /// been put forward yet, so that 02:30 in an hour left out is 03:30.
    public func instant(of local: LocalDateTime) -> Timestamp {
        let shown = local.seconds
        // No clock is a whole day away from UTC, so these are the offsets before and after
        // whatever change is near.
        let before = Int64(offset(at: shown - 86_400))
        let after = Int64(offset(at: shown + 86_400))
        let fitting = [before, after].filter { Int64(offset(at: shown - $0)) == $0 }
        let seconds = shown - (fitting.max() ?? before)
        return Timestamp(
            microseconds: seconds * Timestamp.microsecondsInSecond + Int64(local.microsecond))
    }

    private func offset(at seconds: Int64) -> Int32 {
        guard let last = transitions.last else { return yearly?.offset(at: seconds) ?? firstOffset }
        if seconds >= last, let yearly { return yearly.offset(at: seconds) }
        // The first transition after `seconds`.
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }
}
