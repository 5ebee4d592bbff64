import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// A bot whose trades are what the test says.
actor StandInBot: FreqtradeSource {
    struct Away: Error, CustomStringConvertible { let description = "the bot is away" }

    private var open: [(id: Int, json: String)] = []
    private var closed: [(id: Int, json: String)] = []
    private var isAway = false
    private var claimedTotal: Int?
    private(set) var asked: [String] = []

    func set(open: [(Int, String)] = [], closed: [(Int, String)] = []) {
        self.open = open
        self.closed = closed
    }

    func leave(_ isAway: Bool) { self.isAway = isAway }

    func claim(total: Int) { claimedTotal = total }

    func forgetQuestions() { asked = [] }

    private func answer(_ question: String) throws {
        asked.append(question)
        if isAway { throw Away() }
    }

    func trade(_ id: Int) throws -> [UInt8]? {
        try answer("trade \(id)")
        return (open + closed).first { $0.id == id }.map { Array($0.json.utf8) }
    }

    func openTrades() throws -> [UInt8] {
        try answer("open")
        return Array("[\(open.map(\.json).joined(separator: ","))]".utf8)
    }

    func closedTrades(limit: Int, offset: Int) throws -> [UInt8] {
        try answer("closed \(limit) from \(offset)")
        let total = claimedTotal ?? closed.count
        let page = closed.dropFirst(offset).prefix(limit).map(\.json).joined(separator: ",")
        return Array("{\"trades\":[\(page)],\"total_trades\":\(total)}".utf8)
    }
}

/// Pulling from a stand-in.
enum Pulling {
    /// Runs `body` while a worker pulls from a bot named `alpha`; without settings of its own its
    /// hook is set to that, unless `isSet` says otherwise.
    static func run(
        on backend: TestBackend = .sqlite, settings: HookSettings? = nil, isSet: Bool = true,
        _ bot: StandInBot,
        _ body: (ServiceWorld, Authority, HookService.Made) async throws -> Void
    ) async throws {
        let hooks = settings ?? HookSettings(bots: ["alpha": .init()], sweepMinutes: 10)
        try await ServiceWorld.run(on: backend, hooks: hooks) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, of: ada)
            if settings == nil, isSet {
                _ = try await world.services.hooks.setBot("alpha", of: "bot", for: ada.caller)
            }
            let sync = FreqtradeSync(
                services: world.services, sources: ["alpha": bot], observe: { _ in })
            let running = Task { await sync.run() }
            do {
                try await body(world, ada, hook)
            } catch {
                running.cancel()
                await running.value
                throw error
            }
            running.cancel()
            await running.value
        }
    }

    /// Moves time on until `isReached`, at most an hour.
    static func eventually(
        _ world: ServiceWorld, _ what: String, _ isReached: () async throws -> Bool
    ) async throws {
        for _ in 0..<3600 {
            if try await isReached() { return }
            await world.world.advance(seconds: 1)
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("in vain: \(what)")
    }
}
