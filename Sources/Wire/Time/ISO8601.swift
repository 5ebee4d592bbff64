public import Ledger

/// Why a text is no time or date.
public enum ISO8601Error: Error, Sendable, Hashable {
    /// Not of the form that is read.
    case malformed
    /// A time without `Z` or an offset: which instant it means is anyone's guess.
    case missingZone
    /// The calendar or the clock has no such day, hour, minute or second.
    case noSuchTime
    /// Second 60, which UTC has now and then and this ledger never.
    case leapSecond
    /// Not in the years 0001 to 9999 of UTC.
    case yearOutOfRange
}

extension ISO8601Error: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed: "not of the form 2026-02-19T14:32:00.123Z"
        case .missingZone: "the time zone is missing: add Z or an offset such as +02:00"
        case .noSuchTime: "there is no such day or time of day"
        case .leapSecond: "leap seconds are not counted: send second 59 or the next 00"
        case .yearOutOfRange: "the year has to be 0001 to 9999"
        }
    }
}

extension Timestamp {
    /// Reads `YYYY-MM-DDTHH:MM:SS` with any number of decimals and `Z`, `+02:00`, `+0200` or `+02`;
    /// `t` and `z` too. Microseconds are kept, further digits are cut off.
    public init(iso8601 text: String) throws(ISO8601Error) {
        try self.init(iso8601: text.utf8.span)
    }

    public init(iso8601 utf8: ArraySlice<UInt8>) throws(ISO8601Error) {
        try self.init(iso8601: utf8.span)
    }

    private init(iso8601 text: Span<UInt8>) throws(ISO8601Error) {
        guard text.count >= 19 else { throw .malformed }
        let day = try Day(iso8601: text.extracting(0..<10))
        guard text[10] | 0x20 == UInt8(ascii: "t"), text[13] == ASCII.colon,
            text[16] == ASCII.colon
        else { throw .malformed }
        let hour = try text.twoDigits(at: 11)
        let minute = try text.twoDigits(at: 14)
        let second = try text.twoDigits(at: 17)
        guard hour <= 23, minute <= 59, second <= 60 else { throw .noSuchTime }
        var index = 19
        let fraction = try text.microseconds(at: &index)
        let offset = try text.offsetMinutes(at: index)
        guard second <= 59 else { throw .leapSecond }

        let minutes = (Int64(day.number) * 24 + Int64(hour)) * 60 + Int64(minute) - Int64(offset)
        self.init(microseconds: (minutes * 60 + Int64(second)) * 1_000_000 + Int64(fraction))
        guard (1...9999).contains(self.day.year) else { throw .yearOutOfRange }
    }

    /// UTC, without a fraction's trailing zeros: `2023-02-02T09:20:00.94Z`, `2023-02-02T09:20:00Z`.
    public var iso8601: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        writeISO8601(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the form of `iso8601`.
    public func writeISO8601(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: description.utf8.dropLast())
        while bytes.last == ASCII.zero { bytes.removeLast() }
        if bytes.last == ASCII.point {
            bytes.removeLast()
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}

extension Day {
    /// Reads `YYYY-MM-DD`.
    public init(iso8601 text: String) throws(ISO8601Error) {
        try self.init(iso8601: text.utf8.span)
    }

    public init(iso8601 utf8: ArraySlice<UInt8>) throws(ISO8601Error) {
        try self.init(iso8601: utf8.span)
    }

    fileprivate init(iso8601 text: Span<UInt8>) throws(ISO8601Error) {
        guard text.count == 10, text[4] == ASCII.minus, text[7] == ASCII.minus else {
            throw .malformed
        }
        let year = try text.twoDigits(at: 0) * 100 + text.twoDigits(at: 2)
        let month = try text.twoDigits(at: 5)
        let day = try text.twoDigits(at: 8)
        guard year >= 1 else { throw .yearOutOfRange }
        guard let date = Day(year: year, month: month, day: day) else { throw .noSuchTime }
        self = date
    }
}

extension Span<UInt8> {
    fileprivate func twoDigits(at index: Int) throws(ISO8601Error) -> Int {
        guard ASCII.isDigit(self[index]), ASCII.isDigit(self[index + 1]) else { throw .malformed }
        return Int(self[index] - ASCII.zero) * 10 + Int(self[index + 1] - ASCII.zero)
    }

    /// Goes past the decimals of the second, if there are any.
    fileprivate func microseconds(at index: inout Int) throws(ISO8601Error) -> Int {
        guard index < count, self[index] == ASCII.point else { return 0 }
        index += 1
        var value = 0
        var unit = 100_000
        let start = index
        while index < count, ASCII.isDigit(self[index]) {
            value += Int(self[index] - ASCII.zero) * unit
            unit /= 10
            index += 1
        }
        guard index > start else { throw .malformed }
        return value
    }

    /// The offset that takes all of the rest, east of Greenwich positive.
    fileprivate func offsetMinutes(at index: Int) throws(ISO8601Error) -> Int {
        guard index < count else { throw .missingZone }
        let sign = self[index]
        if sign | 0x20 == UInt8(ascii: "z") {
            guard index + 1 == count else { throw .malformed }
            return 0
        }
        guard sign == ASCII.plus || sign == ASCII.minus, index + 3 <= count else {
            throw .malformed
        }
        let hours = try twoDigits(at: index + 1)
        var minutes = 0
        switch count - index {
        case 3:
            break
        case 5:
            minutes = try twoDigits(at: index + 3)
        case 6 where self[index + 3] == ASCII.colon:
            minutes = try twoDigits(at: index + 4)
        default:
            throw .malformed
        }
        guard hours <= 23, minutes <= 59 else { throw .noSuchTime }
        return (sign == ASCII.minus ? -1 : 1) * (hours * 60 + minutes)
    }
}
