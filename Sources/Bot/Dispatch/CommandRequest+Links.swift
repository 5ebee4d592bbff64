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

    /// Shows the same page anew, in its place.
    func refresh(_ arguments: String) throws(ScreenError) -> Button {
        try button("Refresh", place: String(page), arguments: arguments)
    }

    /// One button for each of the caller's other portfolios, and for all of them together;
    /// `arguments` are what a button carries for the portfolio that it names, nil for all.
    func switcher(
        between portfolios: [Portfolio], shown: ExactText?,
        arguments: (ExactText?) -> String
    ) throws(ScreenError) -> [[Button]] {
        guard portfolios.count > 1 else { return [] }
        var buttons: [Button] = []
        for portfolio in portfolios.prefix(Self.mostSwitches) where portfolio.name != shown {
            buttons.append(
                try button(portfolio.name.text, place: "", arguments: arguments(portfolio.name)))
        }
        if shown != nil {
            buttons.append(try button("All portfolios", place: "", arguments: arguments(nil)))
        }
        return buttons.inRows(of: Self.switchesPerRow)
    }

    /// The others are asked for by their names.
    private static let mostSwitches = 24
    private static let switchesPerRow = 3

    /// The symbols that were ever traded, each once, sorted.
    func tradedSymbols(for authority: Authority) async throws -> [ExactText] {
        let positions = try await services.positions.snapshot(
            includeClosed: true, for: authority)
        return Set(positions.map(\.listing.instrument.instrument.symbol)).sorted()
    }
}

extension [Button] {
    /// One row below the other, each of at most `width` buttons.
    func inRows(of width: Int) -> [[Button]] {
        stride(from: 0, to: count, by: width).map { Array(self[$0..<Swift.min($0 + width, count)]) }
    }
}
