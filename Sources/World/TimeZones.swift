import Glibc
public import Ledger

/// The time zones that are known by name.
public struct TimeZones: Sendable {
    private let file: @Sendable (_ name: String) -> [UInt8]?
    /// Those that were found, so that each file is read once; there are some 600.
    private let found = Lock<[String: TimeZoneRules]>([:])

    /// `file` gives the TZif file of a name of letters, digits, `_`, `+`, `-` and `/`; nil where
    /// there is none.
    public init(file: @escaping @Sendable (_ name: String) -> [UInt8]?) {
        self.file = file
    }

    /// Those of the machine (Debian's package tzdata).
    public static let ofSystem = TimeZones { name in
        bytes(ofFile: "/usr/share/zoneinfo/\(name)")
    }

    /// A zone by its name (`America/New_York`) or its offset (`+02:00`, `UTC`); nil where there is
    /// no such zone.
    public func rules(named name: String) -> TimeZoneRules? {
        if let fixed = TimeZoneRules(fixedOffset: name) { return fixed }
        if let known = found.withLock({ $0[name] }) { return known }
        guard Self.isName(name), let bytes = file(name),
            let rules = TimeZoneRules(name: name, tzif: bytes)
        else { return nil }
        found.withLock { $0[name] = rules }
        return rules
    }

    private static func isName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return name.utf8.count <= 64
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                            || [UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-")]
                                .contains(byte)
                    }
            }
    }

    private static func bytes(ofFile path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // One more, so that what is too long is seen to be.
        var bytes = [UInt8](repeating: 0, count: TimeZoneRules.fileLimitBytes + 1)
        var length = 0
        while length < bytes.count {
            let room = bytes.count - length
            var part = [UInt8](repeating: 0, count: room)
            let count = read(descriptor, &part, room)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.replaceSubrange(length..<length + count, with: part.prefix(count))
            length += count
        }
        return Array(bytes.prefix(length))
    }
}
