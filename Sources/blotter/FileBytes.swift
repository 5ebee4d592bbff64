import Glibc
import World

/// The bytes of a file, in pieces, as they are read.
final class FileBytes: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    private static let pieceSize = 256 * 1024

    /// Bytes in all; nil where it is not a plain file.
    let size: Int?
    private let descriptor: Int32
    private let read = Lock(0)

    /// Bytes read so far.
    var position: Int { read.withLock { $0 } }

    /// `-` is standard input. Throws `ConfigurationError` where the file can't be read.
    init(path: String) throws(ConfigurationError) {
        if path == "-" {
            descriptor = STDIN_FILENO
            size = nil
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ConfigurationError(path, String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw ConfigurationError(path, "is a folder, not a file")
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    struct Iterator: AsyncIteratorProtocol {
        let file: FileBytes

        mutating func next() async throws -> [UInt8]? { try file.next() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(file: self) }

    private func next() throws(ConfigurationError) -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: FileBytes.pieceSize)
        var count = 0
        repeat {
            count = Glibc.read(descriptor, &piece, piece.count)
        } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw ConfigurationError("the file", String(cString: strerror(errno)))
        }
        guard count > 0 else { return nil }
        piece.removeLast(piece.count - count)
        read.withLock { $0 += count }
        return piece
    }
}
