/// What stands in a hook's address, or in the body of its calls: whoever has it may call the hook,
/// and nothing else.
struct HookSecret: Sendable {
    private static let prefix = "hk_"
    /// Of what stands in a stored body in its place.
    static let mask = "hk_…"

    private let code: SecretCode

    var text: String { code.text }

    /// The form in which it is stored and looked up.
    var hash: String { code.hash }

    /// Nil for what can't be a secret of a hook.
    init?(_ text: String) {
        guard let code = SecretCode(text, prefix: Self.prefix) else { return nil }
        self.code = code
    }

    private init(code: SecretCode) { self.code = code }

    static func make(from random: [UInt8]) -> HookSecret {
        HookSecret(code: SecretCode(prefix: prefix, random: random))
    }

    /// Whether this is the secret with that hash; takes equally long for all that are not.
    func matches(hash other: String) -> Bool {
        let (one, other) = (Array(hash.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
