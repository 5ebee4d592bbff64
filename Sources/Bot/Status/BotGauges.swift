public import World

/// What the running program tells of itself: which one it is, since when it runs, and how much
/// waits in it. Each part registers what it can tell; a terminal has no queues.
public final class BotGauges: Sendable {
    /// How many wait now.
    public enum Queue: String, Sendable, CaseIterable {
        /// Taken from Telegram, not carried out yet.
        case updates
        /// Carried out, or a notice, and not sent yet: Telegram takes about one a second and chat.
        case messages
    }

    /// The program's version.
    public let version: String
    private let world: any World
    private let startedAtSeconds: Double

    private struct State {
        var queues: [Queue: @Sendable () async -> Int] = [:]
        var lagSeconds: Double?
    }

    private let state = Lock<State>(State())

    /// The uptime counts from here.
    public init(version: String, world: any World) {
        self.version = version
        self.world = world
        startedAtSeconds = world.uptimeSeconds()
    }

    public var uptimeSeconds: Int64 {
        Int64(max(0, world.uptimeSeconds() - startedAtSeconds))
    }

    /// From here on `count` is asked where somebody wants to know.
    package func watch(_ queue: Queue, _ count: @escaping @Sendable () async -> Int) {
        state.withLock { $0.queues[queue] = count }
    }

    /// How long the last message had been under way when it was taken up.
    package func note(lagSeconds: Double) { state.withLock { $0.lagSeconds = max(0, lagSeconds) } }

    /// Nil before the first message.
    var lagSeconds: Double? { state.withLock { $0.lagSeconds } }

    /// Those that are registered, in the order of `Queue`.
    func depths() async -> [(queue: Queue, count: Int)] {
        let queues = state.withLock { $0.queues }
        var depths: [(Queue, Int)] = []
        for queue in Queue.allCases {
            if let count = queues[queue] { depths.append((queue, await count())) }
        }
        return depths
    }
}
