import HTTPTypes
import Hashing
import Services

/// Who may come in, and how often.
struct Gate: Sendable {
    let tokens: TokenService
    let limiter: RateLimiter

    /// Throws a 401, or a 429 where the token is used too often.
    func authority(of headers: HTTPFields) async throws -> Authority {
        guard let header = headers[.authorization] else {
            throw Problem.unauthorized(
                "a token is needed: Authorization: Bearer TOKEN", challenge: nil)
        }
        guard let token = Gate.bearerToken(header) else {
            throw Problem.unauthorized(
                "expected one header Authorization: Bearer TOKEN", challenge: "invalid_request")
        }
        guard let authority = try await tokens.authenticate(token) else {
            throw Problem.unauthorized(
                "this token is unknown, revoked or expired", challenge: "invalid_token")
        }
        if let seconds = limiter.take(SHA256.hex(token)) {
            throw Problem.rateLimited(retryAfterSeconds: seconds)
        }
        return authority
    }

    func admit(
        _ authority: Authority, to permission: Authority.Permission
    ) throws(Problem) {
        guard !authority.permissions.contains(permission) else { return }
        var problem = Problem(
            .forbidden, "FORBIDDEN_SCOPE",
            "this needs a token with the scope \(permission.rawValue)")
        problem.headers[.wwwAuthenticate] = Problem.challenge("insufficient_scope")
        throw problem
    }

    /// Nil where the header is of another scheme or has more than one word after it.
    private static func bearerToken(_ header: String) -> String? {
        let words = header.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
