extension TimeZoneRules {
    /// Files of the system are a few kilobytes.
    public static let fileLimitBytes = 256 << 10

    /// Reads a time zone's file, TZif of version 2 or later (RFC 8536), its footer included. Nil
    /// where it is none. Leap seconds are passed over, as everywhere here.
    public init?(name: String, tzif bytes: [UInt8]) {
        guard bytes.count <= Self.fileLimitBytes else { return nil }
        var reader = BigEndianReader(bytes)
        // The first block is for readers that know 32 bits only.
        guard let old = TZifHeader(&reader), old.version >= UInt8(ascii: "2"),
            reader.skip(old.bodyLength(timeSize: 4)), let header = TZifHeader(&reader),
            let body = TZifBody(&reader, header)
        else { return nil }
        var footer = reader.rest
        guard footer.popFirst() == UInt8(ascii: "\n"),
            let end = footer.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let posix = footer[..<end]
        var yearly: YearlyTimeRule?
        if !posix.isEmpty {
            guard let rule = YearlyTimeRule(posix: posix) else { return nil }
            yearly = rule
        }
        self.init(
            name: name, transitions: body.transitions, offsets: body.offsets,
            firstOffset: body.firstOffset, yearly: yearly)
    }
}

private struct TZifHeader {
    let version: UInt8
    let utcIndicators: Int
    let standardIndicators: Int
    let leapSeconds: Int
    let transitions: Int
    let types: Int
    let nameBytes: Int

    init?(_ reader: inout BigEndianReader) {
        guard reader.takes(Array("TZif".utf8)), let version = reader.integer(1, as: UInt8.self),
            reader.skip(15)
        else { return nil }
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = reader.integer(4, as: UInt32.self) else { return nil }
            counts.append(Int(count))
        }
        self.version = version
        (utcIndicators, standardIndicators, leapSeconds) = (counts[0], counts[1], counts[2])
        (transitions, types, nameBytes) = (counts[3], counts[4], counts[5])
        // A type's place is one byte.
        guard (1...256).contains(types) else { return nil }
    }

    func bodyLength(timeSize: Int) -> Int {
        transitions * (timeSize + 1) + types * 6 + nameBytes + leapSeconds * (timeSize + 4)
            + standardIndicators + utcIndicators
    }
}

private struct TZifBody {
    private(set) var transitions: [Int64] = []
    private(set) var offsets: [Int32] = []
    let firstOffset: Int32

    init?(_ reader: inout BigEndianReader, _ header: TZifHeader) {
        guard reader.rest.count >= header.bodyLength(timeSize: 8) else { return nil }
        for _ in 0..<header.transitions {
            guard let time = reader.integer(8, as: UInt64.self) else { return nil }
            transitions.append(Int64(bitPattern: time))
        }
        var places: [Int] = []
        for _ in 0..<header.transitions {
            guard let place = reader.integer(1, as: UInt8.self), place < header.types else {
                return nil
            }
            places.append(Int(place))
        }
        var types: [Int32] = []
        for _ in 0..<header.types {
            guard let bits = reader.integer(4, as: UInt32.self), reader.skip(2) else { return nil }
            let offset = Int32(bitPattern: bits)
            guard offset > -86_400, offset < 86_400 else { return nil }
            types.append(offset)
        }
        guard zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }),
            reader.skip(
                header.nameBytes + header.leapSeconds * 12 + header.standardIndicators
                    + header.utcIndicators)
        else { return nil }
        offsets = places.map { types[$0] }
        firstOffset = types[0]
    }
}

private struct BigEndianReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= rest.count else { return false }
        rest = rest.dropFirst(count)
        return true
    }

    mutating func takes(_ bytes: [UInt8]) -> Bool {
        guard rest.starts(with: bytes) else { return false }
        return skip(bytes.count)
    }

    mutating func integer<Number: FixedWidthInteger>(
        _ count: Int, as: Number.Type
    ) -> Number? {
        guard count <= rest.count else { return nil }
        let number = rest.prefix(count).reduce(Number(0)) {
            count == 1 ? Number($1) : $0 << 8 | Number($1)
        }
        rest = rest.dropFirst(count)
        return number
    }
}
