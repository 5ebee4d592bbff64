/// Whether the Telegram server knows something that older ones do not, such as rich messages; found
/// out by trying, once.
actor ServerSupport {
    private enum Knowledge { case untried, known, unknown }

    private var knowledge = Knowledge.untried

    var isWorthTrying: Bool { knowledge != .unknown }

    func worked() { knowledge = .known }

    /// The server says itself that it does not know it.
    func isMissing() { knowledge = .unknown }

    /// A message with it was refused, and the same without it taken. One that took it before had
    /// another reason.
    func wasRefused() {
        if knowledge == .untried { knowledge = .unknown }
    }
}
