import Ledger
public import Records
import Storage
import World

/// Who was heard of since that was last written down: noting it costs its sender no write.
final class SeenUsers: Sendable {
    private let times = Lock<[UserID: Timestamp]>([:])

    func note(_ id: UserID, at now: Timestamp) {
        times.withLock { $0[id] = max($0[id] ?? .distantPast, now) }
    }

    /// All that is noted, which is forgotten here.
    func take() -> [UserID: Timestamp] {
        times.withLock { times in
            defer { times.removeAll() }
            return times
        }
    }
}

extension UserService {
    /// For how long those who were heard of may wait to be written down, in seconds.
    public static let seenStoredEverySeconds = 60.0

    /// Notes that the user was heard of now; `storeSeen` writes it down.
    public func noteSeen(_ user: User) { seen.note(user.id, at: work.world.now()) }

    /// Writes down who was heard of, all in one go. Where that fails it may be repeated.
    public func storeSeen() async throws {
        let times = seen.take()
        guard !times.isEmpty else { return }
        do {
            try await work.write(.bulk) { tx, _ in try Users.setLastSeen(times, in: tx) }
        } catch {
            for (id, time) in times { seen.note(id, at: time) }
            throw error
        }
    }
}
