import Ledger
import Records
import Storage
import World

/// Pulls fills from bots: at each call of their hooks what the call is about, at the start
/// everything, and then again and again what calls may have been lost for.
///
/// A hook's inquiries are made one after the other, those of different hooks side by side. One that
/// fails is repeated after a while, a few times; the next sweep asks for all of it anyway.
public actor FreqtradeSync {
    /// Something for the log.
    public enum Event: Sendable, Hashable {
        case pulled(hookUID: String, accepted: Int, duplicates: Int, refused: Int)
        case failed(hookUID: String, error: String)
        /// The database does not take it now.
        case databaseAway(error: String)
    }

    private let services: Services
    private let sources: [String: any FreqtradeSource]
    private let observe: @Sendable (Event) -> Void
    private let world: any World
    private var waiting: [String: [FreqtradeInquiry]] = [:]
    private var served: Set<String> = []
    /// When all trades of a hook's bot were last looked through, to the end.
    private var wholePulls: [WholePull: Timestamp] = [:]

    private struct WholePull: Hashable {
        let hookUID: String
        let bot: ExactText?
    }

    /// Failures in a row at which a hook's owner is told.
    static let failuresToTell = 5
    private static let attempts = 5
    private static let firstPauseSeconds = 5.0
    private static let waitingPerHook = 100
    private static let secondsBetweenWholePulls: Int64 = 24 * 3600

    /// `sources` are the bots of `HookSettings.bots`, by name.
    public init(
        services: Services, sources: [String: any FreqtradeSource],
        observe: @escaping @Sendable (Event) -> Void
    ) {
        self.services = services
        self.sources = sources
        self.observe = observe
        world = services.work.world
    }

    /// Runs until the task is cancelled, and then returns. Once for one `Services`: its doorbells
    /// have one reader.
    public func run() async {
        let rings = services.hookIntake.doorbells.rings
        await withDiscardingTaskGroup { group in
            group.addTask { await self.sweepForEver() }
            for await ring in rings {
                guard take(ring.inquiry, of: ring.hookUID) else { continue }
                group.addTask { await self.serve(ring.hookUID) }
            }
            group.cancelAll()
        }
    }

    private func sweepForEver() async {
        let pauseSeconds = Int64(services.hooks.settings.sweepMinutes) * 60
        while !Task.isCancelled {
            let begin = world.now()
            await sweep()
            let end = begin.adding(seconds: pauseSeconds)
            while !Task.isCancelled, world.now() < end {
                try? await world.sleep(seconds: 60)
            }
        }
    }

    /// Asks all bots, and stores what a process that ended left behind.
    private func sweep() async {
        let hooks: [HookRecord]
        do {
            try await services.hookIntake.resume()
            hooks = try await services.work.read { try Hooks.pulling(for: .owner, in: $0) }
        } catch {
            observe(.databaseAway(error: "\(error)"))
            return
        }
        await withDiscardingTaskGroup { group in
            for hook in hooks where take(isWholePullDue(hook) ? .everything : .recent, of: hook.uid)
            {
                group.addTask { await self.serve(hook.uid) }
            }
        }
    }

    private func isWholePullDue(_ hook: HookRecord) -> Bool {
        let last = wholePulls[WholePull(hookUID: hook.uid, bot: hook.restBot)]
        return last.map {
            world.now() >= $0.adding(seconds: Self.secondsBetweenWholePulls)
        } ?? true
    }

    /// Whether somebody has to begin to serve the hook.
    private func take(_ inquiry: FreqtradeInquiry, of hook: String) -> Bool {
        var line = waiting[hook] ?? []
        if line.count >= Self.waitingPerHook {
            line = [(line + [inquiry]).contains(.everything) ? .everything : .recent]
        } else if !line.contains(inquiry) {
            line.append(inquiry)
        }
        waiting[hook] = line
        return served.insert(hook).inserted
    }

    private func serve(_ hook: String) async {
        while !Task.isCancelled, let inquiry = waiting[hook]?.first {
            waiting[hook]?.removeFirst()
            var pause = Self.firstPauseSeconds
            for attempt in 1...Self.attempts {
                if await pull(inquiry, of: hook) || attempt == Self.attempts { break }
                guard (try? await world.sleep(seconds: pause)) != nil else { break }
                pause *= 2
            }
        }
        waiting[hook] = nil
        served.remove(hook)
    }

    /// Whether there is nothing to be repeated.
    private func pull(_ inquiry: FreqtradeInquiry, of uid: String) async -> Bool {
        do {
            let found = try await services.work.read { try Hooks.with(uid: uid, in: $0) }
            guard let hook = found, hook.isActive, hook.owner.caller != nil,
                let bot = hook.restBot
            else { return true }
            let begin = world.now()
            do {
                guard let source = sources[bot.text],
                    services.hooks.bots(forTelegramUser: hook.owner.telegramUserID).contains(bot)
                else {
                    throw FreqtradePull.BadAnswer(
                        description: "no bot named \(bot) is yours in hooks.freqtrade_file"
                            + " any more")
                }
                let report = try await FreqtradePull(
                    services: services, hook: hook, source: source
                ).run(inquiry)
                if inquiry == .everything {
                    wholePulls[WholePull(hookUID: uid, bot: bot)] = begin
                }
                try await note(nil, hook)
                observe(
                    .pulled(
                        hookUID: uid, accepted: report.accepted, duplicates: report.duplicates,
                        refused: report.refused))
                return true
            } catch let error as StorageError {
                throw error
            } catch is CancellationError {
                return true
            } catch is FreqtradePull.HookChanged {
                return false
            } catch {
                observe(.failed(hookUID: uid, error: "\(error)"))
                try await note("\(error)", hook)
                return false
            }
        } catch {
            observe(.databaseAway(error: "\(error)"))
            return false
        }
    }

    private func note(_ error: String?, _ hook: HookRecord) async throws {
        try await services.work.write { tx, draw in
            try Hooks.noteSync(
                error: error, of: hook.id, now: draw.now, for: hook.caller, in: tx)
            guard let error,
                let now = try Hooks.with(id: hook.id, for: hook.caller, in: tx),
                now.restFailures == Self.failuresToTell, let bot = now.restBot
            else { return }
            try Notice.botAway(
                hook: now.name.text, bot: bot.text, failures: now.restFailures, error: error
            ).post(to: now.owner, in: tx, &draw)
        }
    }
}
