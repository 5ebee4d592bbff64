import Telegram

/// Shows screens in chats: as rich messages where the server knows them, else as classic HTML, with
/// times in every reader's zone where it knows those.
struct Messenger: Sendable {
    /// Where a message goes.
    struct Place: Sendable, Hashable {
        let chat: ChatID
        /// The topic in a forum.
        var thread: Int64?
        /// The message that is answered, where others stand between.
        var replyTo: MessageID?
    }

    let api: BotAPI
    let gate: FloodGate
    private let rich = ServerSupport()
    private let timeTags = ServerSupport()

    init(api: BotAPI, gate: FloodGate) {
        self.api = api
        self.gate = gate
    }

    /// How a new message is sent.
    struct Manner: Sendable {
        /// Without a sound.
        var isSilent = false
        /// Whether an earlier sending of it may have got through, which is said then.
        var mayHaveComeBefore = false
        /// Comes before each attempt; what it throws ends the sending.
        var begin: @Sendable () async throws -> Void = {}
        /// Comes after each failure that is followed by another attempt.
        var failed: @Sendable (TelegramError, FloodGate.Turn) async -> Void = { _, _ in }
    }

    /// Sends a screen as a new message. Throws `TelegramError`, `ScreenError` where it fits no
    /// message, what `begin` throws, or `CancellationError`.
    @discardableResult
    func send(
        _ screen: Screen, to place: Place, _ ticket: FloodGate.Ticket, _ manner: Manner = Manner()
    ) async throws -> MessageID {
        try await gate.send(ticket, failed: manner.failed) { turn in
            try await manner.begin()
            let isMarked = manner.mayHaveComeBefore || turn.isRepeat
            return try await send(
                Faces(screen, isMarked: isMarked), to: place, turn.chat,
                isSilent: manner.isSilent)
        }
    }

    private func send(
        _ faces: Faces, to place: Place, _ chat: ChatID, isSilent: Bool
    ) async throws -> MessageID {
        let replyTo = place.replyTo.map { ReplyParameters(messageID: $0) }
        if await rich.isWorthTrying, let html = faces.rich {
            do {
                let message = try await api.call(
                    SendRichMessage(
                        chatID: chat, threadID: place.thread,
                        richMessage: InputRichMessage(html: html),
                        disableNotification: isSilent ? true : nil, replyParameters: replyTo,
                        replyMarkup: faces.keyboard))
                await rich.worked()
                return message.id
            } catch TelegramError.unknownMethod {
                await rich.isMissing()
            } catch TelegramError.badRequest where faces.hasClassic {
                // Whatever it does not like about this one, the classic form may pass.
            }
        }
        return try await inClassic(faces) { text in
            try await api.call(
                SendMessage(
                    chatID: chat, threadID: place.thread, text: text,
                    parseMode: .html, linkPreviewOptions: LinkPreviewOptions(isDisabled: true),
                    disableNotification: isSilent ? true : nil, replyParameters: replyTo,
                    replyMarkup: faces.keyboard))
        }.id
    }

    /// Calls with the classic text: with its times in tags, unless the server does not know those.
    private func inClassic<Answer>(
        _ faces: Faces, _ call: (_ text: String) async throws -> Answer
    ) async throws -> Answer {
        let text = try faces.classic()
        let tagged = try faces.classic(timesAsTags: true)
        guard tagged != text, await timeTags.isWorthTrying else { return try await call(text) }
        do {
            let answer = try await call(tagged)
            await timeTags.worked()
            return answer
        } catch TelegramError.badRequest {
            let answer = try await call(text)
            await timeTags.wasRefused()
            return answer
        }
    }

    /// Makes a message of ours show another screen; sends it anew where that message is gone.
    func edit(
        _ message: MessageID, to screen: Screen, in place: Place, _ ticket: FloodGate.Ticket
    ) async throws {
        try await gate.send(ticket) { turn in
            let faces = Faces(screen)
            do {
                try await edit(message, to: faces, turn.chat)
            } catch TelegramError.notModified {
                return
            } catch TelegramError.messageGone {
                _ = try await send(faces, to: place, turn.chat, isSilent: false)
            }
        }
    }

    private func edit(_ message: MessageID, to faces: Faces, _ chat: ChatID) async throws {
        var isRefused = false
        if await rich.isWorthTrying, let html = faces.rich {
            do {
                _ = try await api.call(
                    EditMessageText(
                        chatID: chat, messageID: message,
                        richMessage: InputRichMessage(html: html), replyMarkup: faces.keyboard))
                return
            } catch TelegramError.badRequest where faces.hasClassic {
                isRefused = true
            }
        }
        try await inClassic(faces) { text in
            _ = try await api.call(
                EditMessageText(
                    chatID: chat, messageID: message, text: text, parseMode: .html,
                    linkPreviewOptions: LinkPreviewOptions(isDisabled: true),
                    replyMarkup: faces.keyboard))
        }
        // An old server overlooks what it does not know, and refuses the rest.
        if isRefused { await rich.wasRefused() }
    }
}

/// A screen in both forms, each made when it is asked for.
private struct Faces: Sendable {
    private let screen: Screen

    init(_ screen: Screen, isMarked: Bool = false) {
        let marked = isMarked ? screen.marked : screen
        // Where there is no room for the mark, the message goes without it.
        let fits = !isMarked || (try? ClassicHTMLRenderer().render(marked)) != nil
        self.screen = fits ? marked : screen
    }

    /// Nil where it does not fit.
    var rich: String? { try? RichHTMLRenderer().render(screen) }

    var hasClassic: Bool { (try? classic()) != nil }

    func classic(timesAsTags: Bool = false) throws(ScreenError) -> String {
        try ClassicHTMLRenderer(timesAsTags: timesAsTags).render(screen)
    }

    var keyboard: InlineKeyboardMarkup? {
        let rows = screen.buttons.filter { !$0.isEmpty }
        return rows.isEmpty ? nil : InlineKeyboardMarkup(rows: rows.map { $0.map(\.inline) })
    }
}

extension Screen {
    /// With the word that it may be there already.
    fileprivate var marked: Screen {
        var marked = self
        marked.blocks.append(
            .note("This may have come before: whether it got through the first time is not known."))
        return marked
    }
}

extension Button {
    fileprivate var inline: InlineKeyboardButton {
        let style: InlineKeyboardButton.Style? =
            switch self.style {
            case .primary: .primary
            case .success: .success
            case .danger: .danger
            case nil: nil
            }
        return InlineKeyboardButton(text: label, callbackData: action, style: style)
    }
}

// Answers to presses are no messages: Telegram's limits on those do not hold for them.
extension Messenger {
    private static let attempts = 4
    private static let longestPauseSeconds = 10

    /// Stops a pressed button from spinning. Throws `TelegramError` or `CancellationError`.
    func answer(
        _ query: String, note: String?, isAlert: Bool,
        pause: @Sendable (_ seconds: Double) async throws -> Void
    ) async throws {
        let method = AnswerCallbackQuery(
            callbackQueryID: query, text: note.map { $0.shortened(to: 200) },
            showAlert: isAlert ? true : nil)
        for attempt in 1... {
            do {
                _ = try await api.call(method)
                return
            } catch TelegramError.queryTooOld {
                return
            } catch let error as TelegramError {
                guard attempt < Self.attempts, let seconds = error.pauseSeconds,
                    seconds <= Self.longestPauseSeconds
                else { throw error }
                try await pause(Double(seconds * attempt))
            }
        }
    }
}

extension TelegramError {
    /// How long to wait before the same call may succeed; nil where waiting does not help.
    var pauseSeconds: Int? {
        switch self {
        case .retryAfter(let seconds): seconds
        case _ where passes: 1
        default: nil
        }
    }
}
