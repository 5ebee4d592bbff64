import TestSupport
import Testing

struct WaitedInVain: Error, CustomStringConvertible {
    let description: String
}

/// How long a test waits for what must come. Many tests run side by side on few cores, and the
/// seeded world's time moves on only as fast as they let it.
private let patienceSeconds = 60.0

extension StandInUser {
    /// The bot's next message or edit that has `text` in it; those before it are passed over.
    @discardableResult
    func hears(_ text: String = "", in group: StandInGroup? = nil) async throws -> StandInMessage {
        text.isEmpty
            ? try await reply(in: group, withinSeconds: patienceSeconds)
            : try await reply(containing: text, in: group, withinSeconds: patienceSeconds)
    }
}

/// Until `isSo`; looks again and again.
func eventually(
    _ what: String, _ bot: BotWorld, patience: Int = 1, _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(patienceSeconds) * patience
    while try await !isSo() {
        guard ContinuousClock.now < deadline else {
            throw WaitedInVain(
                description: "waited in vain for \(what). \(bot.telegram.transcript())\n"
                    + bot.events.all.suffix(10).map { "\($0)" }.joined(separator: "\n"))
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Until the bot has confirmed this update to Telegram.
func confirmed(_ updateID: Int64, _ bot: BotWorld) async throws {
    try await eventually("update \(updateID) to be confirmed", bot) {
        bot.telegram.confirmedBelow > updateID
    }
}

/// Until every update is confirmed and answered, and the next poll waits.
func settled(_ bot: BotWorld) async throws {
    try await eventually("all updates to be confirmed", bot) {
        bot.telegram.unconfirmedUpdates.isEmpty && bot.telegram.isPolled
    }
    try await eventually("all updates to be answered", bot) {
        try await bot.world.count(of: "inbox", where: "content_json IS NOT NULL") == 0
    }
}

/// Has Telegram deliver an update again to the next process: as where this one was killed before
/// it could confirm the update.
func deliverAgain(_ updateID: Int64, _ bot: BotWorld) async throws {
    try await eventually("the last poll to be over", bot) { !bot.telegram.isPolled }
    bot.telegram.redeliver(updateID)
    try #require(bot.telegram.unconfirmedUpdates.contains(updateID))
}
