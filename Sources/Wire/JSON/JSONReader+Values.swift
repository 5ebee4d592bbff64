public import Ledger

extension JSONReader {
    /// True where the next value is null, which is read then; any other one stays unread.
    public mutating func takeNull() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try word("null")
        return true
    }

    public mutating func bool() throws(JSONError) -> Bool {
        try expect(.bool)
        let isTrue = bytes[position] == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false")
        return isTrue
    }

    public mutating func string() throws(JSONError) -> String {
        String(decoding: try utf8(), as: UTF8.self)
    }

    /// A string as UTF-8, its escapes resolved. Where lone surrogates are tolerated they stand in
    /// it as three bytes that are no UTF-8; `takeDefects()` tells.
    public mutating func utf8() throws(JSONError) -> ArraySlice<UInt8> {
        try expect(.string)
        let token = try stringToken()
        return token.text(in: bytes)
    }

    /// A number's digits as they stand.
    public mutating func number() throws(JSONError) -> ArraySlice<UInt8> {
        try expect(.number)
        return bytes[try numberRange()]
    }

    /// A number without point and exponent.
    public mutating func integer() throws(JSONError) -> Int {
        try expect(.number)
        let start = position
        let digits = bytes[try numberRange()]
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw error(.notAnInteger, at: start)
        }
        return value
    }

    /// A decimal from a string or from a number's literal digits.
    public mutating func decimal() throws(JSONError) -> Decimal {
        let kind = try peek()
        let start = position
        let digits = kind == .number ? try number() : try utf8()
        do {
            return try Decimal(parsing: digits)
        } catch {
            throw self.error(.decimal(error), at: start)
        }
    }

    /// An ISO-8601 time from a string.
    public mutating func time() throws(JSONError) -> Timestamp {
        try expect(.string)
        let start = position
        let text = try utf8()
        do {
            return try Timestamp(iso8601: text)
        } catch {
            throw self.error(.time(error), at: start)
        }
    }

    /// The bytes of the next value, whatever it is: JSON by themselves, blanks inside them
    /// included.
    public mutating func raw() throws(JSONError) -> ArraySlice<UInt8> {
        _ = try peek()
        let start = position
        try skip()
        return bytes[start..<position]
    }
}
