import Ledger
import Telegram
import Wire

/// A file that somebody sent: where it is to be had, not what is in it.
package struct SentFile: Sendable, Hashable {
    let id: String
    let name: String
    let sizeBytes: Int64?

    package init(id: String, name: String, sizeBytes: Int64? = nil) {
        self.id = id
        self.name = name
        self.sizeBytes = sizeBytes
    }

    init(_ document: Document) {
        // The name is stored, and no text with U+0000 can be.
        self.init(
            id: document.fileID, name: (document.name ?? "file").filter { $0 != "\0" },
            sizeBytes: document.sizeBytes)
    }
}

/// The files that people send.
package struct SentFiles: Sendable {
    static let limitBytes = BotAPI.fileLimitBytes

    private let read: @Sendable (_ id: String) async throws -> [UInt8]

    package init(read: @escaping @Sendable (_ id: String) async throws -> [UInt8]) {
        self.read = read
    }

    init(api: BotAPI) {
        self.init { try await api.file($0, limitBytes: Self.limitBytes) }
    }

    /// In a terminal there are none.
    static let none = SentFiles { _ in
        throw CommandRefusal(
            title: "Not here", reason: "Files are sent in Telegram. Here: `blotter import FILE`.")
    }

    /// The file's bytes. Throws `CommandRefusal` where they are not to be had, and
    /// `CancellationError`.
    func bytes(of file: SentFile) async throws -> [UInt8] {
        if let size = file.sizeBytes, size > Self.limitBytes { throw CommandRefusal.fileTooLarge }
        do {
            return try await read(file.id)
        } catch TelegramError.fileTooLarge {
            throw CommandRefusal.fileTooLarge
        } catch TelegramError.fileKeptByServer {
            throw CommandRefusal.fileKeptByServer
        } catch let error as TelegramError {
            throw CommandRefusal(
                title: "The file did not come",
                reason: .text(
                    "Telegram did not give me the file: \(error.description). Nothing was stored;"
                        + " try again in a minute."))
        }
    }
}

extension CommandRefusal {
    fileprivate static let fileTooLarge = CommandRefusal(
        title: "Too large",
        reason: .text(
            "Telegram gives bots files of \(SentFiles.limitBytes >> 20) MB at most. Cut it in two,"
                + " or use `blotter import` on the server."))

    fileprivate static let fileKeptByServer = CommandRefusal(
        title: "The file did not come",
        reason: .text(
            "The Bot API server that this bot uses was started with --local: it keeps files on its"
                + " own disk. Whoever runs it has to start it without --local; until then use"
                + " `blotter import` on the server."))
}
