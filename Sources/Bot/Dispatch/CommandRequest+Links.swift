import Ledger
import Records
import Services

extension CommandRequest {
    /// A button that shows another command in this one's place.
    func link(
        _ label: String, to command: Command, arguments: String
    ) throws(ScreenError) -> Button {
        try Button(
            label,
            action: ButtonAction.show(
                command: command.name, owner: sender.telegramUserID, place: "",
                arguments: arguments
            ).data)
    }

    /// The symbols that were ever traded, each once, sorted.
    func tradedSymbols(for authority: Authority) async throws -> [ExactText] {
        let positions = try await services.positions.snapshot(
            includeClosed: true, for: authority)
        return Set(positions.map(\.listing.instrument.instrument.symbol)).sorted()
    }
}
