import Gzip
import TestSupport
import Testing

struct GunzipTests {
    private func unpack(_ bytes: [UInt8], pieces: Int) throws -> [UInt8] {
        let gunzip = Gunzip()
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            gunzip.feed(bytes[start..<min(start + pieces, bytes.count)])
            while let piece = try gunzip.next() { text += piece }
        }
        try gunzip.finish()
        return text
    }

    private static let text = Array(
        (0..<20_000).map { "{\"line\":\($0),\"price\":\"\($0 * 7919 % 1013)\"}\n" }.joined().utf8)

    @Test(arguments: [1, 7, 1000, 1 << 20])
    func `what was packed comes out again, however it is cut`(pieces: Int) throws {
        let packed = gzipped(Self.text)
        #expect(packed.count < Self.text.count / 3)
        #expect(try unpack(packed, pieces: pieces) == Self.text)
    }

    @Test func `members one after another are one text`() throws {
        let packed = gzipped(Array("one ".utf8)) + gzipped([]) + gzipped(Array("two".utf8))
        for pieces in [1, 5, 4096] {
            #expect(try unpack(packed, pieces: pieces) == Array("one two".utf8))
        }
    }

    @Test func `nothing at all is an empty text`() throws {
        #expect(try unpack([], pieces: 1).isEmpty)
    }

    @Test func `a small body that unpacks to a huge one comes in bounded pieces`() throws {
        let gunzip = Gunzip()
        gunzip.feed(gzipped([UInt8](repeating: 0x20, count: 20 << 20))[...])
        var total = 0
        while let piece = try gunzip.next() {
            #expect(piece.count <= Gunzip.pieceBytes)
            total += piece.count
        }
        try gunzip.finish()
        #expect(total == 20 << 20)
    }

    @Test func `a text cut short is incomplete, wherever it is cut`() throws {
        let packed = gzipped(Array("some text that is packed".utf8))
        for length in 1..<packed.count {
            #expect(throws: GzipError.incomplete) {
                try unpack(Array(packed[..<length]), pieces: 1000)
            }
        }
    }

    @Test func `other bytes are malformed`() throws {
        #expect(throws: GzipError.malformed) { try unpack(Array("{\"fills\":[]}".utf8), pieces: 3) }
        let packed = gzipped(Self.text)
        #expect(throws: GzipError.malformed) {
            try unpack(packed + Array("rest".utf8), pieces: 1000)
        }
        var damaged = packed
        damaged[packed.count - 6] ^= 1
        #expect(throws: GzipError.malformed) { try unpack(damaged, pieces: 1000) }
    }
}
