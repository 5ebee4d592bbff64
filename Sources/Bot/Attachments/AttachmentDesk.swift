import Charts
import Services
import Telegram
import World

/// Makes and sends what follows screens: pictures and files, in bounded number beside everything
/// else. Each waits for its chat's turn behind what was said before.
///
/// A picture that fails is left out: the text above it says the same. A file that fails is told.
struct AttachmentDesk: Sendable {
    struct Order: Sendable {
        let attachment: Attachment
        let place: Messenger.Place
        /// Below a picture.
        let caption: String
        /// For the log.
        let fields: [String: String?]
    }

    /// So many wait; beyond them pictures are left out, and files are told to be asked for later.
    static let mostWaiting = 64
    /// So many are sent at once.
    private static let width = 4
    private static let attempts = 6
    /// Files of one list: more than a chat should have to bear.
    static let mostParts = 25

    private let services: Services
    private let messenger: Messenger
    private let exports: ExportWriter?
    private let partBytes: Int
    private let observe: BotObserver
    private let orders: AsyncStream<Order>
    private let queue: AsyncStream<Order>.Continuation

    init(
        services: Services, messenger: Messenger, exports: ExportWriter?, partBytes: Int,
        observe: @escaping BotObserver
    ) {
        self.services = services
        self.messenger = messenger
        self.exports = exports
        self.partBytes = partBytes
        self.observe = observe
        (orders, queue) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Returns at once.
    func post(_ screen: Screen, to place: Messenger.Place, fields: [String: String?]) {
        guard let attachment = screen.attachment else { return }
        let order = Order(
            attachment: attachment, place: place, caption: screen.pictureCaption, fields: fields)
        if case .dropped = queue.yield(order) { complain(order, "too many wait") }
    }

    /// Until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var busy = 0
            for await order in orders {
                if busy == Self.width {
                    await group.next()
                    busy -= 1
                }
                busy += 1
                group.addTask { await send(order) }
            }
        }
    }

    private func send(_ order: Order) async {
        do {
            switch try await order.attachment.ready(services) {
            case .chart(let chart): try await send(chart, order)
            case .export(let export): try await send(export, order)
            case .picture, nil: break
            }
        } catch is CancellationError {
        } catch {
            let reason = (error as? ServiceError)?.detail ?? Self.reason(error)
            complain(order, reason)
            if case .export = order.attachment { await tell(order, reason) }
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as TelegramError: error.description
        case let error as ChartError: error.description
        default: error.forLog
        }
    }

    private func complain(_ order: Order, _ reason: String) {
        let what =
            if case .export = order.attachment { "a file was not sent" } else {
                "a picture was not sent"
            }
        observe(BotEvent(.warning, what, order.fields.merging(["detail": reason]) { $1 }))
    }

    // MARK: Pictures

    private func send(_ chart: Chart, _ order: Order) async throws {
        let png = try await ChartRenderer.draw(chart)
        let file = UploadedFile(name: "chart.png", mediaType: "image/png", bytes: png)
        try await inTurn(order.place) { chat, replyTo in
            _ = try await messenger.api.upload(
                SendPhoto(
                    chatID: chat, threadID: order.place.thread, file: file,
                    caption: order.caption, replyParameters: replyTo))
        }
    }

    /// Waits for the chat's turn, but does not hold up the line while the file goes out: what is
    /// said meanwhile may overtake it. Repeats what fails for a reason that passes.
    private func inTurn(
        _ place: Messenger.Place, _ upload: (ChatID, ReplyParameters?) async throws -> Void
    ) async throws {
        var target = place.chat
        for attempt in 1... {
            let ticket = try await messenger.gate.ticket(for: target, .notification)
            let chat = try await messenger.gate.send(ticket) { $0.chat }
            do {
                return try await upload(
                    chat, place.replyTo.map { ReplyParameters(messageID: $0) })
            } catch TelegramError.chatMigrated(let newChat) where attempt < Self.attempts {
                target = newChat
            } catch let error as TelegramError {
                guard attempt < Self.attempts, let pause = error.pauseSeconds else { throw error }
                try await services.work.world.sleep(seconds: Double(pause * attempt))
            }
        }
    }

    // MARK: Files

    private func send(_ export: ListExport, _ order: Order) async throws {
        guard let exports else {
            throw ServiceError(
                .conflict, code: "NO_EXPORT", detail: "this installation writes no files")
        }
        for subject in export.subjects {
            try await send(subject, of: export, exports, order)
        }
        if let next = export.next { try await follow(next, order) }
    }

    private func send(
        _ subject: ListExport.Subject, of export: ListExport, _ exports: ExportWriter,
        _ order: Order
    ) async throws {
        let parts = PartsBox(
            ExportParts(exports.frame(subject, export.format), mostBytes: partBytes))
        try await exports.rows(subject, export) { rows in
            for row in rows {
                guard let full = parts.add(row) else { continue }
                guard parts.sentCount < Self.mostParts else {
                    throw ServiceError(
                        .limit, code: "TOO_LARGE",
                        detail: "the list has more than \(Self.mostParts) files: ask for a shorter"
                            + " period, or for `blotter export` where Blotter runs")
                }
                try await send(full, subject, part: parts.nextNumber(), of: export, order)
            }
        }
        guard let last = parts.finish() else { return }
        let number = parts.nextNumber()
        try await send(last, subject, part: number == 1 ? nil : number, of: export, order)
    }

    private func send(
        _ bytes: [UInt8], _ subject: ListExport.Subject, part: Int?, of export: ListExport,
        _ order: Order
    ) async throws {
        let file = UploadedFile(
            name: export.fileName(subject, part: part), mediaType: export.mediaType, bytes: bytes)
        try await inTurn(order.place) { chat, replyTo in
            _ = try await messenger.api.upload(
                SendDocument(
                    chatID: chat, threadID: order.place.thread, file: file,
                    replyParameters: replyTo))
        }
    }

    private func tell(_ order: Order, _ reason: String) async {
        do {
            let ticket = try await messenger.gate.ticket(for: order.place.chat, .reply)
            try await messenger.send(.fileNotSent(reason), to: order.place, ticket)
        } catch {
            complain(order, "nor could that be told")
        }
    }

    private func follow(_ next: ListExport.FollowUp, _ order: Order) async throws {
        switch next {
        case .askAdmins(let departure):
            let screen = try await departure.askAdmins(services)
            let ticket = try await messenger.gate.ticket(for: order.place.chat, .reply)
            try await messenger.send(screen, to: order.place, ticket)
        }
    }
}

extension Screen {
    /// What stands below the picture that follows the screen.
    package var pictureCaption: String { HarmlessText(title).shortened(to: 200) }

    package static func fileNotSent(_ reason: String) -> Screen {
        Screen(
            title: "A file could not be sent",
            blocks: [.note("\(reason.asSentence)"), .note("Send the command again.")])
    }
}

/// The parts of one list while its pages come in, one after the other.
private final class PartsBox: Sendable {
    private let state: Lock<(parts: ExportParts, sent: Int)>

    init(_ parts: ExportParts) { state = Lock((parts, 0)) }

    func add(_ row: [UInt8]) -> [UInt8]? { state.withLock { $0.parts.add(row) } }
    func finish() -> [UInt8]? { state.withLock { $0.parts.finish() } }
    var sentCount: Int { state.withLock { $0.sent } }

    /// Counted from 1.
    func nextNumber() -> Int {
        state.withLock { state in
            state.sent += 1
            return state.sent
        }
    }
}
