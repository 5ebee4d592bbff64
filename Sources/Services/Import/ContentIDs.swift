import Hashing

/// Ids for fills of sources that give none: made of the format's name, of what was reported, and
/// of how often that was reported in this file so far. The same file, or a longer one that holds
/// it, gives the same ids.
struct ContentIDs {
    /// 96 bits of the content's SHA-256.
    private struct Fingerprint: Hashable {
        let high: UInt64
        let low: UInt32
    }

    /// Different contents in one file, some 50 bytes of memory each.
    static let limit = 2_000_000

    private let format: String
    private let limit: Int
    private var counts: [Fingerprint: Int] = [:]

    init(format: String, limit: Int = ContentIDs.limit) {
        self.format = format
        self.limit = limit
    }

    /// The id of the next fill with this content. Throws where the file has too many.
    mutating func next(_ content: [String?]) throws(FillRefusal) -> String {
        let digest = SHA256.digest(Self.bytes(content))
        let fingerprint = Fingerprint(
            high: digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: digest[8..<12].reduce(0) { $0 << 8 | UInt32($1) })
        guard counts.count < limit || counts[fingerprint] != nil else {
            throw FillRefusal(
                code: .outOfRange,
                detail: "more than \(limit) fills without ids in one file: split it by days")
        }
        let occurrence = counts[fingerprint, default: 0] + 1
        counts[fingerprint] = occurrence
        let hex = digest.prefix(12).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return "\(format)-\(hex)-\(occurrence)"
    }

    /// So that no two contents have the same bytes: each part with its length before it.
    private static func bytes(_ content: [String?]) -> [UInt8] {
        content.flatMap { part -> [UInt8] in
            guard let part else { return Array("-;".utf8) }
            return Array("\(part.utf8.count):".utf8) + Array(part.utf8) + [UInt8(ascii: ";")]
        }
    }
}
