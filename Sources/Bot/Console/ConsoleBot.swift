import Records
public import Services

/// The bot in a terminal: one message a line in, replies as plain text out.
///
/// A line that is nothing but a number presses the button of that number under the last reply.
public actor ConsoleBot {
    private let services: Services
    private let responder: Responder
    private let person: Person
    private var buttons: [Button] = []

    /// Speaks as the Telegram user with this id, who need not be known yet.
    public init(
        services: Services, telegramUserID: Int64, username: String? = nil,
        gauges: BotGauges? = nil, observe: @escaping BotObserver = { _ in }
    ) {
        self.services = services
        responder = Responder(
            services: services, files: .none,
            gauges: gauges ?? BotGauges(version: "unknown", world: services.work.world),
            observe: observe)
        person = Person(telegramUserID: telegramUserID, username: username)
    }

    /// Reads lines to their end. Blank ones are passed over. Throws what `lines` throws, and
    /// `CancellationError`.
    public func run<Lines: AsyncSequence & Sendable>(
        _ lines: Lines, print: @Sendable (String) -> Void
    ) async throws where Lines.Element == String {
        for try await line in lines {
            if let text = try await reply(to: line) { print(text) }
        }
        // It is worth no more than a try.
        try? await responder.services.users.storeSeen()
    }

    /// What is printed for a line, without a line break at its end; nil for a blank line.
    public func reply(to line: String) async throws -> String? {
        let text = line.trimmingBlanks
        guard !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return try await press(text)
        }
        let message = IncomingMessage(sender: person, text: text, isPrivate: true)
        guard let reply = try await responder.answer(message) else { return nil }
        return await show(reply.screen)
    }

    private func press(_ number: String) async throws -> String {
        guard let index = Int(number), buttons.indices.contains(index - 1) else {
            return buttons.isEmpty
                ? "There is no button to press."
                : "There is no button \(number.shortened): the last reply has \(buttons.count)."
        }
        let press = IncomingPress(sender: person, data: buttons[index - 1].action)
        let reply = try await responder.answer(press)
        var parts = [reply.note]
        if let screen = reply.screen {
            parts += [await show(screen), try await followUp(screen)]
        }
        return parts.compactMap(\.self).joined(separator: "\n\n")
    }

    /// What comes behind files elsewhere; here there are none to wait for.
    private func followUp(_ screen: Screen) async throws -> String? {
        guard case .export(let export)? = screen.attachment,
            case .askAdmins(let departure)? = export.next
        else { return nil }
        do {
            return await show(try await departure.askAdmins(services))
        } catch let error as ServiceError {
            return error.detail.asSentence
        }
    }

    private func show(_ screen: Screen) async -> String {
        var screen = screen
        buttons = Array(screen.buttons.joined())
        // A picture that fails is left out here, too.
        screen.attachment = (try? await screen.attachment?.ready(services)) ?? nil
        do {
            return try TerminalRenderer().render(screen)
        } catch {
            return "\(screen.title)\nThis cannot be shown: \(error)"
        }
    }
}
