import Services
import World

/// Writes down who was heard of, once a minute for all of them, until the task is cancelled.
struct SeenWriter: Sendable {
    let services: Services
    let observe: BotObserver

    func run() async {
        while !Task.isCancelled {
            try? await services.work.world.sleep(seconds: UserService.seenStoredEverySeconds)
            do {
                try await services.users.storeSeen()
            } catch {
                // They are kept, and tried again.
                if !(error is CancellationError) {
                    observe(
                        BotEvent(
                            .debug, "who was seen could not be noted", ["error": error.forLog]))
                }
            }
        }
    }
}
