import Records
import Services
import Telegram
import World

/// The list of commands that Telegram offers: for strangers the way in, for members and admins in
/// their private chats what they may use.
struct CommandMenus: Sendable {
    let api: BotAPI
    let services: Services
    let observe: BotObserver

    private static let firstPauseSeconds = 2.0
    private static let longestPauseSeconds = 300.0

    /// Sets the menus of everybody, again until Telegram has taken them. Returns early only when
    /// the task is cancelled.
    func publishAll() async {
        var pause = Self.firstPauseSeconds
        while !Task.isCancelled {
            do {
                try await publish(.everyone, scope: .everyone)
                for user in try await services.users.all(for: .owner) {
                    try await publish(for: user)
                }
                return
            } catch TelegramError.unauthorized {
                return
            } catch {
                observe(
                    BotEvent(
                        .debug, "the command menus are not set yet",
                        ["detail": (error as? TelegramError)?.description]))
            }
            try? await services.work.world.sleep(seconds: pause)
            pause = min(pause * 2, Self.longestPauseSeconds)
        }
    }

    /// Sets the menu in a member's private chat; of others it does nothing. Throws `TelegramError`,
    /// but not where that chat does not exist yet: the member's first /start sets the menu.
    func publish(for user: Records.User) async throws {
        guard user.caller != nil else { return }
        try await renew(for: user)
    }

    /// Sets the menu in anybody's private chat: to that of strangers where they are no member (any
    /// more).
    func renew(for user: Records.User) async throws {
        let chat = ChatID(privateChatWith: TelegramUserID(user.telegramUserID))
        do {
            try await publish(Command.Access(user), scope: .chat(chat))
        } catch TelegramError.blocked {
            return
        } catch TelegramError.badRequest {
            return
        }
    }

    private func publish(_ access: Command.Access, scope: BotCommandScope) async throws {
        let commands = Commands.available(to: access).map {
            BotCommand(command: $0.name, description: $0.summary)
        }
        _ = try await api.call(SetMyCommands(commands: commands, scope: scope))
    }
}
