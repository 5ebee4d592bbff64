import Records
package import Services
import Storage
import World

/// A message as the bot understands it, wherever it came from.
package struct IncomingMessage: Sendable, Hashable {
    let sender: Person
    let text: String
    /// What was sent with the text; or the text with it.
    var file: SentFile?
    let isPrivate: Bool
    /// Nil in a terminal, where nothing is delivered twice.
    var update: IncomingUpdate?

    package init(
        sender: Person, text: String, file: SentFile? = nil, isPrivate: Bool,
        update: IncomingUpdate? = nil
    ) {
        self.sender = sender
        self.text = text
        self.file = file
        self.isPrivate = isPrivate
        self.update = update
    }
}

extension IncomingMessage {
    /// The text; a file's caption needs no slash to be the command that takes files.
    fileprivate var command: String {
        let name = Command.importFile.name
        guard file != nil, CommandText(text)?.name != name else { return text }
        return "/\(name) \(text)"
    }
}

/// A press on a button of ours.
package struct IncomingPress: Sendable, Hashable {
    let sender: Person
    let data: String
    var update: IncomingUpdate?

    package init(sender: Person, data: String, update: IncomingUpdate? = nil) {
        self.sender = sender
        self.data = data
        self.update = update
    }
}

/// What the bot has to say to a message.
package struct Reply: Sendable, Hashable {
    package let screen: Screen
    /// For the log: nothing of what was written.
    let command: String?
    let user: User?
}

/// What the bot has to say to a press.
package struct PressReply: Sendable, Hashable {
    /// A line for the one who pressed; at most 200 characters.
    package var note: String?
    /// Whether the note is to be closed by hand.
    package var isAlert = false
    /// What the pressed message is to show from now on; nil leaves it as it is.
    package var screen: Screen?
    var command: String?
    var user: User?
}

/// Turns messages and presses into answers: finds the command, sees to it that its sender may use
/// it, and makes every error an answer. Knows neither Telegram nor a terminal.
package struct Responder: Sendable {
    let services: Services
    let observe: BotObserver
    private let files: SentFiles
    private let gauges: BotGauges
    private let approval: Approval

    package init(
        services: Services, files: SentFiles, gauges: BotGauges, observe: @escaping BotObserver
    ) {
        self.services = services
        self.files = files
        self.gauges = gauges
        self.observe = observe
        approval = Approval(services: services)
    }

    /// Nil where nothing is to be said. Throws `CancellationError` alone.
    package func answer(_ message: IncomingMessage) async throws -> Reply? {
        let text = CommandText(message.command)
        let known = text.flatMap { Commands.named($0.name) }
        var user: User?
        do {
            user = try await services.users.user(telegramUserID: message.sender.telegramUserID)
            if let user { services.users.noteSeen(user) }
            guard message.isPrivate || user?.caller != nil else { return nil }
            let screen = try await screen(text, known, message, user)
            return reply(screen, known, user)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return reply(
                failure(error, known, message.update, user).screen(for: known), known, user)
        }
    }

    private func reply(_ screen: Screen, _ command: Command?, _ user: User?) -> Reply {
        Reply(
            screen: screen.in(services.settings.zone(of: user)), command: command?.name,
            user: user)
    }

    private func screen(
        _ text: CommandText?, _ known: Command?, _ message: IncomingMessage, _ user: User?
    ) async throws -> Screen {
        let access = Command.Access(user)
        guard access > .everyone || known?.name == Command.start.name else {
            return Doorway.screen(for: user)
        }
        guard !message.text.utf8.contains(0) else { throw CommandRefusal.holdsNUL }
        guard let text else {
            return try await continued(message, user) ?? Responder.noCommand
        }
        guard let known else { throw CommandRefusal.unknownCommand(text.name, access) }
        if known.isPrivateOnly, !message.isPrivate {
            throw CommandRefusal(
                title: "Not here",
                reason: "/\(known.name) works in a private chat only: others would read along.")
        }
        if known.takesNothing, access >= known.access, !text.arguments.isEmpty {
            throw CommandRefusal.misused("/\(known.name) takes nothing behind it.")
        }
        let request = CommandRequest(
            services: services, approval: approval, gauges: gauges, command: known,
            sender: message.sender, user: user,
            arguments: Arguments(text: text.arguments, isFromButton: false),
            files: files, file: message.file, update: message.update)
        return try await run(request)
    }

    private func run(_ request: CommandRequest) async throws -> Screen {
        switch request.command.body {
        case .everyone(let body):
            return try await body(request)
        case .approved(let body):
            guard let caller = request.user?.caller else {
                return Doorway.screen(for: request.user)
            }
            return try await body(request, caller)
        case .admin(let body):
            guard let administrator = request.user?.caller?.administrator else {
                throw CommandRefusal(
                    title: "Not allowed", reason: "/\(request.command.name) is for admins.")
            }
            return try await body(request, administrator)
        }
    }

    /// Words without a command go on with what the caller was asked; nil where nothing was.
    private func continued(_ message: IncomingMessage, _ user: User?) async throws -> Screen? {
        guard message.isPrivate, let caller = user?.caller,
            try await PolicyDialogue.isUnderway(services.actions, message.update, caller)
        else { return nil }
        return try await run(
            CommandRequest(
                services: services, approval: approval, gauges: gauges, command: .policy,
                sender: message.sender, user: user,
                arguments: Arguments(text: PolicyDialogue.words(message.text), isFromButton: false),
                files: files, update: message.update))
    }

    private static let noCommand = Screen(
        title: "I understand commands",
        blocks: [.note("They begin with a slash. Send /help for what there is.")])
}

extension Responder {
    /// Throws `CancellationError` alone.
    package func answer(_ press: IncomingPress) async throws -> PressReply {
        let action = press.data.utf8.contains(0) ? nil : ButtonAction(press.data)
        var command: Command?
        if case .show(let name, _, _, _) = action { command = Commands.named(name) }
        var user: User?
        do {
            user = try await services.users.user(telegramUserID: press.sender.telegramUserID)
            if let user { services.users.noteSeen(user) }
            var reply = try await reply(action, command, press, user)
            reply.screen = reply.screen?.in(services.settings.zone(of: user))
            reply.note = reply.note.map { HarmlessText($0).text }
            reply.user = user
            reply.command = reply.command ?? command?.name
            return reply
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let failure = failure(error, command, press.update, user)
            // Nobody typed what a button carries: how it would be typed helps nobody.
            let isOutdated = failure.showsUsage && command != nil
            return PressReply(
                note: isOutdated
                    ? "What this button stood for is not there any more. Send the command again."
                    : PlainText.of(failure.reason),
                isAlert: true, command: command?.name, user: user)
        }
    }

    private func reply(
        _ action: ButtonAction?, _ command: Command?, _ press: IncomingPress, _ user: User?
    ) async throws -> PressReply {
        guard let caller = user?.caller else {
            return .alert("This is for members. Send me /start in a private chat to ask.")
        }
        switch action {
        case .decide(let answer, let telegramUserID):
            guard let admin = caller.administrator else {
                return .alert("Only an admin decides who comes in.")
            }
            let outcome = try await approval.press(
                answer, on: telegramUserID, by: admin, named: press.sender.shownName,
                update: press.update)
            return PressReply(note: outcome.sentence, screen: outcome.screen)
        case .show(let name, let owner, let place, let arguments):
            guard owner == press.sender.telegramUserID else {
                return .alert("These buttons are for whoever asked. Send /\(name) yourself.")
            }
            guard let command else { return .outdated }
            let request = CommandRequest(
                services: services, approval: approval, gauges: gauges, command: command,
                sender: press.sender, user: user,
                arguments: Arguments(text: arguments, isFromButton: true),
                files: files, place: place, update: press.update)
            return PressReply(screen: try await run(request))
        case .settle(let decision, let token):
            let confirmation = Confirmation(services: services, files: files)
            return try await confirmation.press(decision, token, by: caller) ?? .outdated
        case nil:
            return .outdated
        }
    }
}

extension PressReply {
    fileprivate static func alert(_ note: String) -> PressReply {
        PressReply(note: note, isAlert: true)
    }

    fileprivate static let outdated = alert(
        "This button is of another version of the bot. Send /help for what there is.")
}

extension Responder {
    /// What is said about an error; one that nobody expected goes to the log as well.
    private func failure(
        _ error: any Error, _ command: Command?, _ update: IncomingUpdate?, _ user: User?
    ) -> CommandRefusal {
        switch error {
        case let refusal as CommandRefusal: return refusal
        case let error as ServiceError: return .refused(error)
        case is IncomingUpdate.AlreadySeen: return .repeated
        case StorageError.commitOutcomeUnknown: return .unknownOutcome
        case let error as StorageError where error.isOutage: return .databaseAway
        default: break
        }
        let reference = services.work.world.randomBytes(4).hexadecimal
        observe(
            BotEvent(
                .error, "a command failed",
                [
                    "reference": reference, "command": command?.name, "user_uid": user?.uid,
                    "update_id": update.map { String($0.id) }, "error": error.forLog,
                ]))
        return .failed(reference: reference)
    }

    /// For a screen that could not be shown.
    func unshowable(_ error: any Error, _ reply: Reply, update: IncomingUpdate?) -> Screen {
        let command = reply.command.flatMap(Commands.named)
        return failure(error, command, update, reply.user).screen(for: command)
    }
}

extension CommandRefusal {
    fileprivate static let repeated = CommandRefusal(
        title: "Once is enough",
        reason: "This message came a second time; it was carried out the first time.")

    /// No database stores it in a text, and nobody types it.
    fileprivate static let holdsNUL = CommandRefusal(
        title: "That was not understood",
        reason: "The message holds the character U+0000, which stands for nothing.")

    fileprivate static let databaseAway = CommandRefusal(
        title: "The ledger's database is away",
        reason: "The ledger's database is away. Nothing was changed; try again in a minute.")

    fileprivate static let unknownOutcome = CommandRefusal(
        title: "The ledger's database is away",
        reason: "The ledger's database went away meanwhile: look what was done, then repeat it.")

    fileprivate static func failed(reference: String) -> CommandRefusal {
        CommandRefusal(
            title: "Something went wrong",
            reason: "That is our fault, not yours. Tell an admin the reference \(reference).",
            facts: [Fact("Reference", .code(reference))])
    }
}

extension Error {
    /// What is safe to log: our own errors' words, of others the type alone.
    var forLog: String {
        switch self {
        case let error as StorageError: "\(error)"
        case let error as ScreenError: "\(error)"
        default: "\(type(of: self))"
        }
    }
}

extension [UInt8] {
    var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
