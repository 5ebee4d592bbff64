/// A Telegram server on the loopback interface, for tests, benchmarks and trying things by hand.
///
/// It holds every call against the official description: an unknown method answers 404, an
/// unknown, missing or mistyped parameter, a null or bad markup 400, and each is kept in
/// `violations`, which a test asserts to be empty. People are driven through `user(_:)`.
public final class StandInTelegram: Sendable {
    public struct Options: Sendable {
        public var token = "1234567890:AAEstandInTokenForTestsOnly-0123456789"
        public var botUsername = "blotter_stand_in_bot"
        /// False plays a server older than Bot API 10.1.
        public var knowsRichMessages = true
        /// False plays one that is older than `<tg-time>` as well.
        public var knowsTimeTags = true
        public var enforcesFloodLimits = false
        /// A webhook that someone has set.
        public var webhookURL: String?
        public var port = 0

        public init() {}

        var botID: Int64 { Int64(token.prefix { $0 != ":" }) ?? 0 }
    }

    public let options: Options
    /// What a bot takes as its `telegram.api_base_url`.
    public var baseURL: String { server.url }

    let state: Guarded<StandInTelegramState>
    private let server: HTTPServer
    private let watchers: Guarded<StandInWatchers>

    private init(
        options: Options, state: Guarded<StandInTelegramState>, server: HTTPServer,
        watchers: Guarded<StandInWatchers>
    ) {
        self.options = options
        self.state = state
        self.server = server
        self.watchers = watchers
    }

    /// Listens on 127.0.0.1, by default on a free port.
    public static func start(_ options: Options = Options()) async throws -> StandInTelegram {
        let state = Guarded(
            StandInTelegramState(description: try BotAPIDescription(), options: options))
        let watchers = Guarded(StandInWatchers())
        let desk = StandInDesk(state: state, watchers: watchers)
        let server = try await HTTPServer.start(port: options.port) { await desk.reply(to: $0) }
        return StandInTelegram(options: options, state: state, server: server, watchers: watchers)
    }

    public func stop() async { await server.stop() }

    // MARK: What came in

    /// What the bot did that the official description forbids.
    public var violations: [String] { state.withLock { $0.violations } }
    public var calls: [StandInCall] { state.withLock { $0.calls } }
    public func calls(of method: String) -> [StandInCall] { calls.filter { $0.method == method } }

    public func messages(in chatID: Int64) -> [StandInMessage] {
        state.withLock { $0.chats[chatID]?.messages ?? [] }
    }

    /// The menu set for a scope: `default`, `all_private_chats`, `chat:1001`, ….
    public func commands(scope: String) -> [StandInCommand]? {
        state.withLock { $0.commands[scope] }
    }

    /// The first update that the bot has not confirmed has at least this number.
    public var confirmedBelow: Int64 { state.withLock { $0.confirmedBelow } }
    public var unconfirmedUpdates: [Int64] { state.withLock { $0.updates.map(\.id) } }

    // MARK: What goes wrong

    /// The next `times` calls of `method` (`*`: of any method) go wrong. Faults queue up.
    public func fault(_ fault: StandInFault, on method: String, times: Int = 1) {
        state.withLock {
            $0.faults[method, default: []] += Array(repeating: fault, count: times)
        }
    }

    /// While it is away, every connection is reset.
    public func setAway(_ isAway: Bool) {
        state.withLock { $0.isAway = isAway }
        changed()
    }

    public func setWebhook(_ url: String?) {
        state.withLock { $0.webhookURL = url }
        changed()
    }

    /// Delivers an update again under its own id, as Telegram does when a confirmation was lost.
    public func redeliver(_ updateID: Int64) {
        state.withLock { state in
            guard let json = state.history[updateID] else { return }
            state.updates.removeAll { $0.id == updateID }
            state.updates.insert(.init(id: updateID, json: json), at: 0)
        }
        changed()
    }

    /// Delivers any JSON as an update; `update_id` is added where it is not there.
    @discardableResult
    public func deliver(_ update: [String: BotAPIJSON]) -> Int64 {
        let id = state.withLock { state in
            state.nextUpdateID += 1
            var update = update
            let id = update["update_id"]?.integer ?? state.nextUpdateID
            if update["update_id"] == nil { update["update_id"] = .integer(id) }
            let kind = update.keys.sorted().first { $0 != "update_id" } ?? ""
            state.pushRaw(.object(update), id: id, kind: kind)
            return id
        }
        changed()
        return id
    }

    // MARK: Waiting

    func changed() { watchers.withLock { $0.changed() } }

    /// The first value that `check` finds, looking again whenever something has happened.
    public func eventually<Value: Sendable>(
        _ what: String, withinSeconds: Double = 30,
        _ check: @escaping @Sendable (StandInTelegram) -> Value?
    ) async throws -> Value {
        let found = await StandInWatchers.first(watchers, withinSeconds: withinSeconds) {
            check(self)
        }
        guard let found else {
            throw StandInFailure.timedOut(waitingFor: what, transcript: transcript())
        }
        return found
    }

    /// All chats and the last calls, for a failed test's reader.
    public func transcript() -> String {
        state.withLock { state in
            let chats = state.chats.values.sorted { $0.id < $1.id }.map { chat in
                "chat \(chat.id):\n"
                    + chat.messages.suffix(10).map(\.description).joined(separator: "\n")
            }
            let calls = state.calls.suffix(10).map {
                "\($0.method) → \($0.status.map(String.init) ?? "no answer")"
            }
            let parts =
                ["What there is:"] + chats + ["last calls: \(calls)"]
                + ["violations: \(state.violations)"]
            return parts.joined(separator: "\n")
        }
    }
}

extension StandInTelegram {
    /// Whether a `getUpdates` is waiting.
    public var isPolled: Bool { state.withLock { $0.waitingPolls > 0 } }
}
