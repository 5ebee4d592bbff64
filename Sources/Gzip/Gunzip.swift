import CZlib

/// Why bytes are no gzip.
public enum GzipError: Error, Sendable, Hashable {
    /// Damaged, or something else than gzip.
    case malformed
    /// It ended too soon.
    case incomplete
}

/// Unpacks gzip (RFC 1952) as it comes, piece by piece, so that a small body which unpacks to a
/// huge one is never held as a whole. Several members one after another are one text.
public final class Gunzip {
    /// The largest piece that `next` gives, in bytes.
    public static let pieceBytes = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    private var state = State.betweenMembers

    private enum State { case betweenMembers, withinMember, failed }

    public init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // It fails only without memory, where nothing goes on anyway.
        if czlib_begin_gunzip(stream) != Z_OK { state = .failed }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes the next bytes. What they unpack to is then asked for with `next` until it is nil.
    public func feed(_ bytes: ArraySlice<UInt8>) {
        input.removeFirst(position)
        position = 0
        input.append(contentsOf: bytes)
    }

    /// The next piece of the text; nil where more input is needed.
    public func next() throws(GzipError) -> [UInt8]? {
        while state != .failed, position < input.count {
            if state == .betweenMembers {
                inflateReset(stream)
                state = .withinMember
            }
            let (piece, code) = inflatePiece()
            switch code {
            case Z_STREAM_END: state = .betweenMembers
            case Z_OK, Z_BUF_ERROR: break
            default: state = .failed
            }
            if state == .failed { break }
            if !piece.isEmpty { return piece }
        }
        if state == .failed { throw .malformed }
        return try moreOfTheSame()
    }

    /// The text has ended. Throws `.incomplete` where it may not end here.
    public func finish() throws(GzipError) {
        switch state {
        case .betweenMembers: break
        case .withinMember: throw .incomplete
        case .failed: throw .malformed
        }
    }

    /// What zlib still holds after it has taken all of the input.
    private func moreOfTheSame() throws(GzipError) -> [UInt8]? {
        guard state == .withinMember else { return nil }
        let (piece, code) = inflatePiece()
        switch code {
        case Z_STREAM_END: state = .betweenMembers
        case Z_OK, Z_BUF_ERROR: break
        default:
            state = .failed
            throw .malformed
        }
        return piece.isEmpty ? nil : piece
    }

    private func inflatePiece() -> (piece: [UInt8], code: Int32) {
        var code = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Gunzip.pieceBytes) { output, count in
            input.withUnsafeMutableBufferPointer { bytes in
                stream.pointee.next_in = bytes.baseAddress.map { $0 + position }
                stream.pointee.avail_in = UInt32(bytes.count - position)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(Gunzip.pieceBytes)
                code = inflate(stream, Z_NO_FLUSH)
                position = bytes.count - Int(stream.pointee.avail_in)
                count = Gunzip.pieceBytes - Int(stream.pointee.avail_out)
            }
        }
        return (piece, code)
    }
}
