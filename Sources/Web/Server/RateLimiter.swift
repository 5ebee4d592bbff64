import HTTPTypes
import NIOConcurrencyHelpers
import World

/// Admits so many uses a minute per key, all of them at once if need be.
struct RateLimiter: Sendable {
    /// How a key stands after a use.
    struct Reading: Sendable, Hashable {
        let perMinute: Int
        let remaining: Int
        /// Until all of them are there again.
        let resetSeconds: Int
        /// Until the next one is; nil where this one was admitted.
        let retryAfterSeconds: Int?
    }

    private static let bucketsBeforePruning = 4096

    private let perMinute: Int
    private let world: any World
    private let buckets = NIOLockedValueBox<[String: TokenBucket]>([:])

    init(perMinute: Int, world: any World) {
        self.perMinute = perMinute
        self.world = world
    }

    func take(_ key: String) -> Reading {
        let now = Int64(world.uptimeSeconds() * 1e6)
        return buckets.withLockedValue { buckets in
            if buckets.count > RateLimiter.bucketsBeforePruning {
                buckets = buckets.filter { !$0.value.isFull(now: now) }
            }
            let new = TokenBucket(requestsPerMinute: perMinute, now: now)
            let retryAfterSeconds = buckets[key, default: new].take(now: now)
            let bucket = buckets[key, default: new]
            return Reading(
                perMinute: perMinute, remaining: bucket.remaining,
                resetSeconds: bucket.secondsUntilFull, retryAfterSeconds: retryAfterSeconds)
        }
    }
}

extension RateLimiter.Reading {
    /// By the names that most clients know; the policy as in the later drafts of the IETF's.
    var headers: HTTPFields {
        [
            .rateLimitLimit: String(perMinute), .rateLimitRemaining: String(remaining),
            .rateLimitReset: String(resetSeconds), .rateLimitPolicy: "\(perMinute);w=60",
        ]
    }
}

extension HTTPField.Name {
    static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
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
        return seconds(for: TokenBucket.unit - level)
    }

    /// Whole requests that are left.
    var remaining: Int { Int(level / TokenBucket.unit) }

    var secondsUntilFull: Int { seconds(for: requestsPerMinute * TokenBucket.unit - level) }

    func isFull(now: Int64) -> Bool {
        level(at: now) == requestsPerMinute * TokenBucket.unit
    }

    private func seconds(for missing: Int64) -> Int {
        let perSecond = requestsPerMinute * 1_000_000
        return Int((missing + perSecond - 1) / perSecond)
    }

    private func level(at now: Int64) -> Int64 {
        let elapsed = min(max(0, now - updatedAt), TokenBucket.unit)
        return min(level + elapsed * requestsPerMinute, requestsPerMinute * TokenBucket.unit)
    }
}
