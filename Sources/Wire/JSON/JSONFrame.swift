/// A string as it stands in the text, between its quotes.
struct JSONKeyToken: Sendable {
    var range: Range<Int>
    /// Without escapes, so that the bytes are the text.
    var isPlain: Bool

    /// The UTF-8 of the text: a slice of `bytes` where it is plain.
    func text(in bytes: [UInt8]) -> ArraySlice<UInt8> {
        isPlain ? bytes[range] : JSONScan.unescaped(bytes.span, range)[...]
    }
}

/// An object or array that is open.
struct JSONFrame: Sendable {
    let isObject: Bool
    /// Keys or elements begun so far.
    var count = 0
    /// The last key, where `isObject` and `count > 0`.
    var key = JSONKeyToken(range: 0..<0, isPlain: true)

    init(isObject: Bool) { self.isObject = isObject }
}

/// Where a value is, in words: `fills[3].option.expiry`, `["odd key"].x`.
enum JSONPath {
    /// A longer key is cut off.
    private static let keyLimitBytes = 128

    static func text(of frames: [JSONFrame], in bytes: [UInt8]) -> String {
        var path = ""
        for frame in frames where frame.count > 0 {
            guard frame.isObject else {
                path += "[\(frame.count - 1)]"
                continue
            }
            let key = frame.key.text(in: bytes).prefix(keyLimitBytes)
            let name = String(decoding: key, as: UTF8.self)
            if isSimple(name) {
                path += path.isEmpty ? name : ".\(name)"
            } else {
                path += "[\(quoted(name))]"
            }
        }
        return path
    }

    private static func isSimple(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || byte == UInt8(ascii: "_")
                    || (0x61...0x7A).contains(byte | 0x20)
            }
    }

    static func quoted(_ name: String) -> String {
        var bytes: [UInt8] = []
        let shown = String(decoding: name.utf8.prefix(keyLimitBytes), as: UTF8.self)
        JSONText.append(shown, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The keys that the open objects already have.
///
/// A small object's keys are compared one by one where they stand; one with many keys, or with
/// escapes in them, gets a set, whose seeded hash keeps a hostile text from costing quadratic time.
struct JSONSeenKeys: Sendable {
    private static let smallObjectLimit = 16

    private var ranges: [Range<Int>] = []
    private var starts: [Int] = []
    /// By depth; only for objects that are not small.
    private var sets: [Int: Set<ArraySlice<UInt8>>] = [:]

    init() {
        ranges.reserveCapacity(32)
        starts.reserveCapacity(8)
    }

    mutating func open() { starts.append(ranges.count) }

    mutating func close() {
        guard let start = starts.popLast() else { return }
        ranges.removeSubrange(start...)
        if !sets.isEmpty { sets[starts.count] = nil }
    }

    /// False where the object that was opened last has this key already.
    mutating func insert(_ key: JSONKeyToken, of bytes: [UInt8]) -> Bool {
        guard let start = starts.last else { return true }
        let depth = starts.count - 1
        if !sets.isEmpty, sets[depth] != nil {
            return sets[depth, default: []].insert(key.text(in: bytes)).inserted
        }
        if !key.isPlain || ranges.count - start >= Self.smallObjectLimit {
            var all = Set(ranges[start...].map { bytes[$0] })
            let (inserted, _) = all.insert(key.text(in: bytes))
            sets[depth] = all
            return inserted
        }
        if Self.contains(key.range, among: ranges.span, from: start, of: bytes.span) {
            return false
        }
        ranges.append(key.range)
        return true
    }

    private static func contains(
        _ key: Range<Int>, among ranges: Span<Range<Int>>, from start: Int, of text: Span<UInt8>
    ) -> Bool {
        for place in start..<ranges.count {
            let other = ranges[place]
            if other.count == key.count,
                text.extracting(other).matches(text.extracting(key))
            {
                return true
            }
        }
        return false
    }
}

extension Span<UInt8> {
    /// Whether both hold the same bytes; both have to be equally long.
    @inline(__always)
    func matches(_ other: Span<UInt8>) -> Bool {
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }
}
