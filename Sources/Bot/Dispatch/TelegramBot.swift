public import Services
public import Telegram
import World

/// The bot in Telegram: polls, answers, and sends what the outbox holds.
public struct TelegramBot: Sendable {
    public struct Settings: Sendable {
        /// How long Telegram may hold a poll open, 0 to 50 s.
        public var pollTimeoutSeconds: Int
        /// Commands and presses of one person; what is beyond it is answered once, then not at all.
        public var commandsPerMinutePerUser: Int
        /// Telegram's limits on what is sent; another server may have others.
        public var flood: FloodThrottle.Settings

        /// A longer export is sent in parts of at most so many bytes.
        public var exportPartBytes: Int

        public init(
            pollTimeoutSeconds: Int = 50, commandsPerMinutePerUser: Int = 60,
            flood: FloodThrottle.Settings = FloodThrottle.Settings(),
            exportPartBytes: Int = 4 << 20
        ) {
            self.pollTimeoutSeconds = pollTimeoutSeconds
            self.commandsPerMinutePerUser = commandsPerMinutePerUser
            self.flood = flood
            self.exportPartBytes = exportPartBytes
        }
    }

    private let services: Services
    private let polling: PollingLoop
    private let intake: Intake
    private let dispatcher: Dispatcher
    private let outbox: OutboxSender
    private let attachments: AttachmentDesk
    private let menus: CommandMenus
    private let seen: SeenWriter
    private let observe: BotObserver

    private static let hoursBetweenPrunings = 6.0

    /// `observe` is told of everything that belongs into a log; `gauges` get to know what waits.
    /// Without `exports` no files are written.
    public init(
        services: Services, api: BotAPI, settings: Settings = Settings(),
        gauges: BotGauges? = nil, exports: ExportWriter? = nil, observe: @escaping BotObserver
    ) {
        let world = services.work.world
        let gauges = gauges ?? BotGauges(version: "unknown", world: world)
        let gate = FloodGate(world: world, settings: settings.flood)
        let messenger = Messenger(api: api, gate: gate)
        let menus = CommandMenus(api: api, services: services, observe: observe)
        attachments = AttachmentDesk(
            services: services, messenger: messenger, exports: exports,
            partBytes: settings.exportPartBytes, observe: observe)
        let handler = UpdateHandler(
            services: services,
            responder: Responder(
                services: services, files: SentFiles(api: api), gauges: gauges,
                observe: observe),
            messenger: messenger, attachments: attachments, menus: menus,
            identity: BotIdentity(api: api),
            pace: CommandPace(perMinute: settings.commandsPerMinutePerUser), gauges: gauges,
            observe: observe)
        intake = Intake(services: services, observe: observe)
        let dispatcher = Dispatcher(handler: handler, intake: intake)
        gauges.watch(.updates) { await dispatcher.waitingCount }
        gauges.watch(.messages) { await gate.waitingCount }
        self.dispatcher = dispatcher
        polling = PollingLoop(
            api: api, world: world, intake: intake, dispatcher: dispatcher,
            settings: Poller.Settings(pollTimeoutSeconds: settings.pollTimeoutSeconds),
            observe: observe)
        outbox = OutboxSender(
            services: services, messenger: messenger, menus: menus, observe: observe)
        seen = SeenWriter(services: services, observe: observe)
        self.services = services
        self.menus = menus
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns. Once for one bot: the outbox's
    /// announcements have one reader.
    ///
    /// Throws `TelegramError.unauthorized` where Telegram refuses the token. While Telegram or the
    /// database is away it says so once to the observer and goes on when it is back.
    public func run() async throws {
        do {
            try await runAll()
        } catch is CancellationError {
            await intake.noteAnswers()
        } catch {
            await intake.noteAnswers()
            throw error
        }
    }

    private func runAll() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await polling.run() }
            group.addTask { await dispatcher.run() }
            group.addTask { await intake.keepNoting() }
            group.addTask { await intake.keepLooking(dispatcher) }
            group.addTask { await outbox.run() }
            group.addTask { await attachments.run() }
            group.addTask { await menus.publishAll() }
            group.addTask { await prune() }
            group.addTask { await seen.run() }
            // The first error ends all of them.
            for try await _ in group {}
        }
    }

    /// Forgets updates that Telegram no longer delivers.
    private func prune() async {
        while !Task.isCancelled {
            do {
                try await services.messages.pruneInbox()
            } catch {
                observe(
                    BotEvent(
                        .warning, "old updates could not be forgotten", ["error": error.forLog]))
            }
            try? await services.work.world.sleep(seconds: Self.hoursBetweenPrunings * 3600)
        }
    }
}
