import Telegram
import World

/// Asks Telegram for updates and hands them on, as `Poller` decides.
struct PollingLoop: Sendable {
    let api: BotAPI
    let world: any World
    let intake: Intake
    let dispatcher: Dispatcher
    let settings: Poller.Settings
    let observe: BotObserver

    /// Runs until the task is cancelled (`CancellationError`) or Telegram refuses the token
    /// (`TelegramError.unauthorized`).
    func run() async throws {
        // What earlier processes left comes first.
        await intake.takeUpWhatWaits(dispatcher)
        var poller = Poller(settings: settings)
        var actions = poller.handle(.started)
        while !actions.isEmpty {
            try Task.checkCancellation()
            switch actions.removeFirst() {
            case .report(let report): observe(.polling(report))
            case .stop(let error): throw error
            case .wait(let seconds):
                try await world.sleep(seconds: seconds)
                actions += poller.handle(.waited)
            case .poll(let offset, let timeoutSeconds):
                actions += try await poll(offset, timeoutSeconds, &poller)
            }
        }
    }

    private func poll(
        _ offset: UpdateID?, _ timeoutSeconds: Int, _ poller: inout Poller
    ) async throws -> [Poller.Action] {
        let answer: GetUpdates.Answer
        do {
            answer = try await api.call(
                GetUpdates(offset: offset, pollTimeoutSeconds: timeoutSeconds))
            // Nothing but what cannot be read would come again at once, and for ever.
            if answer.updates.isEmpty, answer.unreadable > 0 { throw TelegramError.malformed }
        } catch let error as TelegramError {
            return poller.handle(.failed(error, random: world.randomFraction()))
        }
        let ids = answer.updates.map(\.id)
        let actions = poller.handle(.received(ids))
        guard let last = ids.max() else { return actions }
        for case .report(let report) in actions { observe(.polling(report)) }
        switch try await intake.receive(answer.updates, dispatcher) {
        case .committed: return poller.handle(.committed(upTo: last))
        case .notNow: return poller.handle(.abandoned(random: world.randomFraction()))
        }
    }
}
