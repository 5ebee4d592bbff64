import HTTPTypes
import Hashing
import Hummingbird
import Records
import Services
import World

/// Who may come in, and how often.
struct Gate: Sendable {
    /// Unknown tokens that one address may try in a minute before each further one is answered
    /// only after a pause.
    static let failuresPerMinute = 10
    static let pauseSeconds = 0.1

    let tokens: TokenService
    let hooks: HookIntake
    private let uses: RateLimiter
    private let failures: RateLimiter

    init(tokens: TokenService, hooks: HookIntake, requestsPerMinutePerToken: Int) {
        self.tokens = tokens
        self.hooks = hooks
        let world = tokens.world
        uses = RateLimiter(perMinute: requestsPerMinutePerToken, world: world)
        failures = RateLimiter(perMinute: Gate.failuresPerMinute, world: world)
    }

    /// Who sends a request with these headers; `reading` becomes how often the token is used.
    /// Throws a 401, late where many unknown tokens come from one address, or a 429 where a token
    /// is used too often. Others at that address, behind the same proxy say, come in as ever.
    func authority(
        of headers: HTTPFields, from address: String, _ reading: inout RateLimiter.Reading?
    ) async throws -> Authority {
        guard let header = headers[.authorization] else {
            throw Problem.unauthorized(
                "a token is needed: Authorization: Bearer TOKEN", challenge: nil)
        }
        guard let token = Gate.bearerToken(header) else {
            throw Problem.unauthorized(
                "expected one header Authorization: Bearer TOKEN", challenge: "invalid_request")
        }
        guard let authority = try await tokens.authenticate(token) else {
            if failures.take(address).retryAfterSeconds != nil {
                try await tokens.world.sleep(seconds: Gate.pauseSeconds)
            }
            throw Problem.unauthorized(
                "this token is unknown, revoked or expired", challenge: "invalid_token")
        }
        let use = uses.take(SHA256.hex(token))
        reading = use
        if let seconds = use.retryAfterSeconds {
            throw Problem.rateLimited(retryAfterSeconds: seconds)
        }
        return authority
    }

    /// What a signed request has to match; nil for one that is not. Throws a 401.
    func signature(of request: Request) throws(Problem) -> RequestSignature? {
        guard let token = request.headers[.authorization].flatMap(Gate.bearerToken) else {
            return nil
        }
        return try RequestSignature(
            request.headers, token: token, method: request.method.rawValue,
            target: request.head.path ?? "/", now: tokens.world.now())
    }

    /// The hook that is called at this address. Throws a 404, or a 429 where it is called too
    /// often.
    func hook(
        at address: String, kind: HookRecord.Kind
    ) async throws -> CalledHook {
        guard let called = try await hooks.hook(at: address, kind: kind) else {
            throw Problem.unknownHook
        }
        if let seconds = uses.take("hook \(called.hook.uid)").retryAfterSeconds {
            throw Problem.rateLimited(what: "hook", retryAfterSeconds: seconds)
        }
        return called
    }

    func admit(
        _ authority: Authority, to permission: Authority.Permission
    ) throws(Problem) {
        guard !authority.permissions.contains(permission) else { return }
        var problem = Problem(
            .forbiddenScope,
            "this needs a token with the scope \(permission.rawValue)")
        problem.headers[.wwwAuthenticate] = Problem.challenge("insufficient_scope")
        throw problem
    }

    /// Nil where the header is of another scheme or has more than one word after it.
    static func bearerToken(_ header: String) -> String? {
        let words = header.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
