/// What a program shows with each request.
struct APIToken: Sendable {
    static let randomByteCount = SecretCode.randomByteCount
    private static let prefix = "blt_"

    private let code: SecretCode

    var text: String { code.text }

    /// The form in which a token is stored and looked up.
    var hash: String { code.hash }

    /// Nil for what can't be a token of ours.
    init?(_ text: String) {
        guard let code = SecretCode(text, prefix: Self.prefix) else { return nil }
        self.code = code
    }

    private init(code: SecretCode) { self.code = code }

    static func make(from random: [UInt8]) -> APIToken {
        APIToken(code: SecretCode(prefix: prefix, random: random))
    }
}
