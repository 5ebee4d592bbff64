/// An instant, in microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: Sendable, Hashable {
    public let microseconds: Int64

    static let microsecondsInSecond: Int64 = 1_000_000
    static let microsecondsInDay: Int64 = 86_400 * microsecondsInSecond

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SS.ffffffZ`, years 0001 to 9999; nil for anything else.
    public init?(canonical: String) {
        let text = canonical.utf8.span
        guard text.count == 27, text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "."),
            text[26] == UInt8(ascii: "Z"), let day = Day(canonical: text),
            let hour = readDigits(text, 11..<13), hour < 24,
            let minute = readDigits(text, 14..<16), minute < 60,
            let second = readDigits(text, 17..<19), second < 60,
            let fraction = readDigits(text, 20..<26)
        else { return nil }
        let seconds = Int64((hour * 60 + minute) * 60 + second)
        self.microseconds =
            day.start.microseconds + seconds * Self.microsecondsInSecond + Int64(fraction)
    }

    /// The UTC day that the instant falls on.
    public var day: Day {
        var number = microseconds / Self.microsecondsInDay
        if microseconds % Self.microsecondsInDay < 0 { number -= 1 }
        return Day(number: Int32(truncatingIfNeeded: number))
    }

    /// Stops at the first and the last instant that can be counted.
    public func adding(seconds: Int64) -> Timestamp {
        let (added, overflow) = seconds.multipliedReportingOverflow(by: Self.microsecondsInSecond)
        let (sum, sumOverflow) = microseconds.addingReportingOverflow(added)
        guard !overflow, !sumOverflow else {
            return Timestamp(microseconds: seconds < 0 ? .min : .max)
        }
        return Timestamp(microseconds: sum)
    }

    /// The seconds that have passed since `earlier`, without their fraction.
    public func wholeSeconds(since earlier: Timestamp) -> Int64 {
        let passed = Int128(microseconds) - Int128(earlier.microseconds)
        return Int64(passed / Int128(Self.microsecondsInSecond))
    }
}

extension Timestamp: Comparable {
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which sorts as the instants do from year 0001 to 9999.
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        day.write(to: &bytes)
        var rest = microseconds % Self.microsecondsInDay
        if rest < 0 { rest += Self.microsecondsInDay }
        let (seconds, fraction) = UInt64(rest)
            .quotientAndRemainder(dividingBy: UInt64(Self.microsecondsInSecond))
        bytes.append(UInt8(ascii: "T"))
        writeDigits(of: seconds / 3600, to: &bytes, atLeast: 2)
        bytes.append(UInt8(ascii: ":"))
        writeDigits(of: seconds / 60 % 60, to: &bytes, atLeast: 2)
        bytes.append(UInt8(ascii: ":"))
        writeDigits(of: seconds % 60, to: &bytes, atLeast: 2)
        bytes.append(UInt8(ascii: "."))
        writeDigits(of: fraction, to: &bytes, atLeast: 6)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
