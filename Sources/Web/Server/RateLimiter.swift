import NIOConcurrencyHelpers
import World

/// Admits so many requests a minute per token, all of them at once if need be.
struct RateLimiter: Sendable {
    private static let bucketsBeforePruning = 4096

    private let requestsPerMinute: Int
    private let world: any World
    private let buckets = NIOLockedValueBox<[String: TokenBucket]>([:])

    init(requestsPerMinute: Int, world: any World) {
        self.requestsPerMinute = requestsPerMinute
        self.world = world
    }

    /// Nil where the request is admitted, else in how many seconds the next one will be.
    func take(_ key: String) -> Int? {
        let now = Int64(world.uptimeSeconds() * 1e6)
        return buckets.withLockedValue { buckets in
            if buckets.count > RateLimiter.bucketsBeforePruning {
                buckets = buckets.filter { !$0.value.isFull(now: now) }
            }
            let new = TokenBucket(requestsPerMinute: requestsPerMinute, now: now)
            return buckets[key, default: new].take(now: now)
        }
    }
}

/// Fills steadily up to a minute's worth; a request takes one. Times are microseconds of a clock
/// that never jumps.
struct TokenBucket: Sendable, Hashable {
    /// A request's worth: with it a microsecond adds a whole number.
    private static let unit: Int64 = 60_000_000

    private let requestsPerMinute: Int64
    private var level: Int64
    private var updatedAt: Int64

    init(requestsPerMinute: Int, now: Int64) {
        self.requestsPerMinute = Int64(requestsPerMinute)
        level = self.requestsPerMinute * TokenBucket.unit
        updatedAt = now
    }

    /// Nil where one was taken, else the whole seconds until one can be.
    mutating func take(now: Int64) -> Int? {
        level = level(at: now)
        updatedAt = now
        guard level < TokenBucket.unit else {
            level -= TokenBucket.unit
            return nil
        }
        let perSecond = requestsPerMinute * 1_000_000
        return Int((TokenBucket.unit - level + perSecond - 1) / perSecond)
    }

    func isFull(now: Int64) -> Bool {
        level(at: now) == requestsPerMinute * TokenBucket.unit
    }

    private func level(at now: Int64) -> Int64 {
        let elapsed = min(max(0, now - updatedAt), TokenBucket.unit)
        return min(level + elapsed * requestsPerMinute, requestsPerMinute * TokenBucket.unit)
    }
}
