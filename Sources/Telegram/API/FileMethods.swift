import Transport

/// Readies a file for download; the answer holds for an hour at least.
public struct GetFile: BotMethod {
    public static let name = "getFile"
    public var fileID: String

    public init(fileID: String) { self.fileID = fileID }

    enum CodingKeys: String, CodingKey { case fileID = "file_id" }

    public struct Answer: Sendable, Decodable {
        /// Below the server's folder of the bot; nothing where it can't be downloaded.
        public let path: String?
        public let sizeBytes: Int64?

        enum CodingKeys: String, CodingKey {
            case path = "file_path"
            case sizeBytes = "file_size"
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            path = container.decodeLeniently(.path)
            sizeBytes = container.decodeLeniently(.sizeBytes)
        }
    }
}

extension BotAPI {
    /// Telegram's servers give bots no larger files.
    public static let fileLimitBytes = 20 << 20

    private static let downloadTimeoutSeconds = 120.0

    /// The bytes of a file that somebody sent. Throws `TelegramError`, `.fileTooLarge` where it has
    /// more than `limitBytes`, `.fileKeptByServer` where a server's own disk is the only way to it,
    /// or `CancellationError`.
    public func file(_ id: String, limitBytes: Int = fileLimitBytes) async throws -> [UInt8] {
        let file = try await call(GetFile(fileID: id))
        if let size = file.sizeBytes, size > limitBytes {
            throw TelegramError.fileTooLarge(limitBytes: limitBytes)
        }
        if file.path?.hasPrefix("/") == true { throw TelegramError.fileKeptByServer }
        guard let path = file.path.flatMap(Self.urlPath) else { throw TelegramError.malformed }
        return try await download(
            path, limitBytes: limitBytes, timeoutSeconds: Self.downloadTimeoutSeconds)
    }

    /// Nil for a path that leads elsewhere.
    private static func urlPath(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        let hex = Array("0123456789ABCDEF".utf8)
        let bytes = path.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                [byte]
            default: [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
