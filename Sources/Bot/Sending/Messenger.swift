import Telegram

/// Shows screens in chats: as rich messages where the server knows them, else as classic HTML.
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
    private let rich = RichSupport()

    init(api: BotAPI, gate: FloodGate) {
        self.api = api
        self.gate = gate
    }

    /// Sends a screen as a new message. Throws `TelegramError`, `ScreenError` where it fits no
    /// message, or `CancellationError`.
    @discardableResult
    func send(
        _ screen: Screen, to place: Place, _ ticket: FloodGate.Ticket,
        _ persistence: FloodGate.Persistence,
        failed: @Sendable (TelegramError) async -> Void = { _ in }
    ) async throws -> MessageID {
        let faces = try Faces(screen)
        return try await gate.send(ticket, persistence, failed: failed) { chat in
            try await send(faces, to: place, chat)
        }
    }

    private func send(
        _ faces: Faces, to place: Place, _ chat: ChatID
    ) async throws -> MessageID {
        let replyTo = place.replyTo.map { ReplyParameters(messageID: $0) }
        if let html = faces.rich, await rich.isWorthTrying {
            do {
                let message = try await api.call(
                    SendRichMessage(
                        chatID: chat, threadID: place.thread,
                        richMessage: InputRichMessage(html: html), replyParameters: replyTo,
                        replyMarkup: faces.keyboard))
                await rich.worked()
                return message.id
            } catch TelegramError.unknownMethod {
                await rich.isMissing()
            } catch TelegramError.badRequest where faces.classic != nil {
                // Whatever it does not like about this one, the classic form may pass.
            }
        }
        return try await api.call(
            SendMessage(
                chatID: chat, threadID: place.thread, text: try faces.classicOrThrow(),
                parseMode: .html, linkPreviewOptions: LinkPreviewOptions(isDisabled: true),
                replyParameters: replyTo, replyMarkup: faces.keyboard)
        ).id
    }

    /// Makes a message of ours show another screen; sends it anew where that message is gone.
    func edit(
        _ message: MessageID, to screen: Screen, in place: Place, _ ticket: FloodGate.Ticket,
        _ persistence: FloodGate.Persistence
    ) async throws {
        let faces = try Faces(screen)
        try await gate.send(ticket, persistence) { chat in
            do {
                try await edit(message, to: faces, chat)
            } catch TelegramError.notModified {
                return
            } catch TelegramError.messageGone {
                _ = try await send(faces, to: place, chat)
            }
        }
    }

    private func edit(_ message: MessageID, to faces: Faces, _ chat: ChatID) async throws {
        var isRefused = false
        if let html = faces.rich, await rich.isWorthTrying {
            do {
                _ = try await api.call(
                    EditMessageText(
                        chatID: chat, messageID: message,
                        richMessage: InputRichMessage(html: html), replyMarkup: faces.keyboard))
                return
            } catch TelegramError.badRequest where faces.classic != nil {
                isRefused = true
            }
        }
        _ = try await api.call(
            EditMessageText(
                chatID: chat, messageID: message, text: try faces.classicOrThrow(),
                parseMode: .html, linkPreviewOptions: LinkPreviewOptions(isDisabled: true),
                replyMarkup: faces.keyboard))
        if isRefused { await rich.editWasRefused() }
    }
}

/// A screen in both forms; nil where it does not fit one of them.
private struct Faces: Sendable {
    let rich: String?
    let classic: String?
    let keyboard: InlineKeyboardMarkup?
    private let problem: ScreenError?

    init(_ screen: Screen) throws(ScreenError) {
        rich = try? RichHTMLRenderer().render(screen)
        do throws(ScreenError) {
            classic = try ClassicHTMLRenderer().render(screen)
            problem = nil
        } catch {
            guard rich != nil else { throw error }
            classic = nil
            problem = error
        }
        let rows = screen.buttons.filter { !$0.isEmpty }
        keyboard = rows.isEmpty ? nil : InlineKeyboardMarkup(rows: rows.map { $0.map(\.inline) })
    }

    func classicOrThrow() throws(ScreenError) -> String {
        if let problem { throw problem }
        return classic ?? ""
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
