import Ledger
import Records
import Services

/// Which of a position's exits a command is about.
enum SpokenExit: String, Sendable {
    case stop = "stop loss"
    case profit = "take profit"

    var command: Command { self == .stop ? .stopLoss : .takeProfit }

    /// What a price of it looks like, typed.
    fileprivate var sample: String { self == .stop ? "175" : "190" }
}

/// What `/sl` and `/tp` are to do: `175`, `trail 2%`, `2%`, `off`.
struct SpokenExitValue: Sendable, Hashable {
    static let off = "off"
    static let trail = "trail"

    /// In the words that say it again.
    let text: String
    let change: ExitsChange

    /// Takes it from the beginning of `arguments`.
    static func taken(
        from arguments: Arguments, for exit: SpokenExit
    ) throws(CommandRefusal) -> (SpokenExitValue, rest: Arguments) {
        let (first, rest) = arguments.firstAndRest
        guard exit == .stop, first.lowercased() == trail else {
            return (try SpokenExitValue(first, exit), rest)
        }
        let (distance, others) = rest.firstAndRest
        guard !distance.isEmpty else {
            throw .misused("Nothing stands behind “\(trail)”.")
        }
        return (try SpokenExitValue("\(trail) \(distance)", exit), others)
    }

    init(_ text: String, _ exit: SpokenExit) throws(CommandRefusal) {
        switch exit {
        case .stop:
            guard text.lowercased() != Self.off else {
                change = ExitsChange(stop: .off)
                self.text = Self.off
                return
            }
            let stop = try Self.stop(text)
            change = ExitsChange(stop: .set(stop))
            self.text = stop.typed
        case .profit:
            guard text.lowercased() != Self.off else {
                change = ExitsChange(profit: .off)
                self.text = Self.off
                return
            }
            let price = try SpokenValue.number(text, "take profit")
            change = ExitsChange(profit: .set(price))
            self.text = price.description
        }
    }

    /// `175`, `2%`, `trail 2`.
    static func stop(_ text: String) throws(CommandRefusal) -> StopLoss {
        let words = text.split(separator: " ").map(String.init)
        if words.count == 2, words[0].lowercased() == trail {
            return .trail(try SpokenPrices.trail(words[1]))
        }
        if text.hasSuffix("%") { return .trail(try SpokenPrices.trail(text)) }
        return .price(try SpokenValue.number(text, "stop loss"))
    }
}

extension StopLoss {
    /// As it is typed: `175` or `trail 2%`.
    var typed: String {
        switch self {
        case .price(let price): price.description
        case .trail(let trail): "\(SpokenExitValue.trail) \(trail.shown)"
        }
    }

    /// `175`, or `trailing by 2%`.
    var shown: String {
        switch self {
        case .price(let price): price.description
        case .trail(let trail): "trailing by \(trail.shown)"
        }
    }
}

extension PositionExits {
    /// `175`; where parts of the position differ, each with how much it closes; nil for none.
    func shown(_ exit: SpokenExit) -> String? {
        let prices = parts.compactMap { part -> (quantity: Decimal, price: String)? in
            let price =
                exit == .stop ? part.terms.stop?.shown : part.terms.profit?.description
            return price.map { (part.quantity, $0) }
        }
        if prices.count == 1, prices[0].quantity == held.magnitude { return prices[0].price }
        let words = prices.map { "\($0.quantity) at \($0.price)" }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The prices, and what is lost from the mark to the stop.
    var facts: [Fact] {
        var facts: [Fact] = []
        if let stop = shown(.stop) { facts.append(Fact("Stop loss", .text(stop))) }
        if let profit = shown(.profit) { facts.append(Fact("Take profit", .text(profit))) }
        if let risk = riskToStop {
            facts.append(
                Fact(
                    "Risk to the stop",
                    "\(risk) \(place.instrument.currency) from the mark, before fees"))
        }
        return facts
    }
}

extension CommandRequest {
    /// Shows what would become of an exit, and asks; asks for the price where none was said.
    fileprivate func exit(_ exit: SpokenExit, _ caller: Caller) async throws -> Screen {
        let authority = Authority(caller: caller)
        let held = try await services.positions.snapshot(for: authority).map(\.listing)
        if arguments.isFromButton {
            guard let listing = held.first(where: { $0.digest == arguments.text }) else {
                throw CommandRefusal.gone
            }
            guard !place.isEmpty else {
                return try await ExitQuestion(exit: exit, listing: listing, request: self)
                    .screen(authority)
            }
            return try await ExitProposal(exit, try SpokenExitValue(place, exit), listing)
                .screen(self, caller)
        }
        guard !arguments.isEmpty else {
            throw CommandRefusal.misused("Say at which price, or off.")
        }
        let (value, rest) = try SpokenExitValue.taken(from: arguments, for: exit)
        let words = try await listWords(
            [.symbol, .portfolio, .strategy], of: caller, in: rest)
        let meant = held.filter { listing in
            (words.symbol == nil || words.symbol == listing.instrument.instrument.symbol)
                && (words.portfolio == nil || words.portfolio == listing.portfolio)
                && (words.strategy == nil || words.strategy == listing.strategy)
        }
        guard let listing = meant.first else {
            throw CommandRefusal(
                title: "Nothing to protect",
                reason: .text("There is no open position\(words.named)."))
        }
        guard meant.count == 1 else {
            return try ExitChoice(exit: exit, value: value, held: meant, request: self).screen()
        }
        return try await ExitProposal(exit, value, listing).screen(self, caller)
    }
}

extension Command {
    static func exit(
        _ exit: SpokenExit, _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        try await request.exit(exit, caller)
    }
}

/// The positions that may be meant, to choose from.
private struct ExitChoice {
    private static let mostButtons = 40
    /// A longer one would leave a button no room for the position.
    private static let longestValue = 20

    let exit: SpokenExit
    let value: SpokenExitValue
    let held: [PositionListing]
    let request: CommandRequest

    func screen() throws -> Screen {
        guard value.text.utf8.count <= Self.longestValue else {
            throw CommandRefusal.misused("Which position? Name its symbol and portfolio.")
        }
        var buttons: [Button] = []
        for listing in held.prefix(Self.mostButtons) {
            let parts = [listing.shownName, listing.portfolio.text, listing.strategy?.text]
            buttons.append(
                try request.button(
                    parts.compactMap(\.self).joined(separator: " · "), place: value.text,
                    arguments: listing.digest))
        }
        let others = held.count - Self.mostButtons
        return Screen(
            title: "Which position is to get the \(exit.rawValue) \(value.text)?",
            blocks: others > 0
                ? [.note("… and \(others) more: name the symbol behind the price.")] : [],
            buttons: buttons.inRows(of: 1))
    }
}

/// Asks for the price, by what is to be typed.
private struct ExitQuestion {
    let exit: SpokenExit
    let listing: PositionListing
    let request: CommandRequest

    func screen(_ authority: Authority) async throws -> Screen {
        let exits = try await request.services.orders.exits(
            of: PositionPlace(listing), for: authority)
        let names = [
            listing.instrument.instrument.symbol.text, listing.portfolio.text,
            listing.strategy?.text,
        ].compactMap(\.self).joined(separator: " ")
        func line(_ value: String) -> Cell { .code("/\(exit.command.name) \(value) \(names)") }
        var buttons = [
            [
                try request.link(
                    "‹ Position", to: .positions,
                    arguments: HoldingScreen.arguments(for: listing))
            ]
        ]
        if exits.shown(exit) != nil {
            buttons.insert(
                [
                    try request.button(
                        "Take it off", place: SpokenExitValue.off, arguments: listing.digest,
                        style: .danger)
                ], at: 0)
        }
        var facts = [
            Fact("Held", .decimal(exits.held)), Fact("Mark", exits.mark.map(Cell.decimal) ?? "–"),
        ]
        facts += exits.facts
        facts.append(Fact("Type", line(exit.sample)))
        if exit == .stop { facts.append(Fact("or", line("trail 2%"))) }
        return Screen(
            title: "At which price? \(exit.rawValue.capitalizedFirst) of \(listing.shownPlace)",
            blocks: [.facts(facts)], buttons: buttons)
    }
}

/// Another price for an exit of a position.
struct ExitProposal: Sendable {
    let exit: SpokenExit
    let value: SpokenExitValue
    /// Of the position.
    let digest: String
    let words: String

    init(_ exit: SpokenExit, _ value: SpokenExitValue, digest: String, words: String) {
        self.exit = exit
        self.value = value
        self.digest = digest
        self.words = words
    }

    fileprivate init(_ exit: SpokenExit, _ value: SpokenExitValue, _ listing: PositionListing) {
        self.init(exit, value, digest: listing.digest, words: listing.shownPlace)
    }

    var title: String {
        value.text == SpokenExitValue.off
            ? "take off the \(exit.rawValue) of \(words)"
            : "set the \(exit.rawValue) of \(words) to \(value.text)"
    }

    fileprivate func screen(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let authority = Authority(caller: caller)
        let orders = request.services.orders
        let place = try await Self.place(digest, request.services, authority)
        let before = try await orders.exits(of: place, for: authority)
        let after: PositionExits
        do {
            after = try await orders.preview(value.change, of: place, for: authority)
        } catch let error as ServiceError where error.kind == .invalid {
            throw CommandRefusal.misused(.text(.sentence(about: error.field, error.detail)))
        }
        var facts = [
            Fact("Position", "\(after.held)"), Fact("Mark", after.mark.map(Cell.decimal) ?? "–"),
        ]
        if let old = before.shown(exit) {
            facts.append(Fact("\(exit.rawValue.capitalizedFirst) before", .text(old)))
        }
        facts += after.facts
        var blocks: [Block] = [.facts(facts)]
        if after.shown(.stop) != nil, after.shown(.profit) != nil {
            blocks.append(.note("As one of them is filled, the other is taken off."))
        }
        if after.parts.isEmpty { blocks.append(.note("Nothing protects the position then.")) }
        return try await request.proposal(of: .exits, json, to: caller, blocks: blocks)
    }

    /// Throws `ServiceError` where the position is not open any more.
    static func place(
        _ digest: String, _ services: Services, _ authority: Authority
    ) async throws -> PositionPlace {
        let held = try await services.positions.snapshot(for: authority).map(\.listing)
        guard let listing = held.first(where: { $0.digest == digest }) else {
            throw ServiceError(
                .notFound, code: "NO_POSITION", field: "symbol",
                detail: "the position is not open any more")
        }
        return PositionPlace(listing)
    }
}

extension PositionListing {
    fileprivate var shownName: String { instrument.instrument.shownName }

    /// `AAPL in main`, `AAPL in main of momo@1.0`
    fileprivate var shownPlace: String {
        "\(shownName) in \(portfolio)" + (strategy.map { " of \($0)" } ?? "")
    }
}
