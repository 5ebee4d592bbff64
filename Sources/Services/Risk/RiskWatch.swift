import Ledger
import Records
import Storage
import World

/// Judges again and again what users hold: limits on losses and exposure are exceeded by marks too,
/// and by time. What fills do is judged with them already.
public struct RiskWatch: Sendable {
    private let services: Services
    private let observe: @Sendable (any Error) -> Void

    private static let tickSeconds: Int64 = 5

    /// `observe` is told of each failure; the watch goes on.
    public init(_ services: Services, observe: @escaping @Sendable (any Error) -> Void) {
        self.services = services
        self.observe = observe
    }

    /// Runs until the task is cancelled, and then returns.
    public func run() async {
        await services.work.repeating(everySeconds: Self.tickSeconds, observe) {
            try await round()
        }
    }

    /// One look at everybody who has policies.
    public func round() async throws {
        let users = try await services.work.read { try RiskPolicies.watched(in: $0) }
        for user in users {
            do {
                try await look(at: user)
            } catch let error where !(error is CancellationError) {
                // What is wrong with one is not to leave the others without their limits.
                observe(error)
            }
        }
    }

    /// Writes only where there is news, so that the look itself holds nobody up.
    private func look(at user: UserID) async throws {
        let risk = services.risk
        let now = services.work.world.now()
        let hasNews = try await services.work.read { tx in
            guard let caller = try Users.with(id: user, in: tx)?.caller else { return false }
            return try risk.hasNews(for: caller, now: now, in: tx)
        }
        guard hasNews else { return }
        try await services.work.write { tx, draw in
            guard let caller = try Users.with(id: user, in: tx)?.caller else { return }
            // Before the user, as who stores fills does.
            try Portfolios.lock(
                try Portfolios.all(for: caller, in: tx).map(\.id), for: caller, in: tx)
            try risk.review(for: caller, in: tx, &draw)
        }
    }
}
