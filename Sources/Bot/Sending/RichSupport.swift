/// Whether the Telegram server knows rich messages; found out by trying, once.
actor RichSupport {
    private enum Knowledge { case untried, known, unknown }

    private var knowledge = Knowledge.untried

    var isWorthTrying: Bool { knowledge != .unknown }

    func worked() { knowledge = .known }

    /// The server does not know the method.
    func isMissing() { knowledge = .unknown }

    /// A rich edit was refused and the classic one taken. An old server overlooks what it does not
    /// know and refuses the rest; one that took rich messages before had another reason.
    func editWasRefused() {
        if knowledge == .untried { knowledge = .unknown }
    }
}
