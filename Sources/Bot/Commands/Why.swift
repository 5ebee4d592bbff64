import Ledger
import Records
import Services

extension Command {
    static let why = Command(
        "why", "What stands behind a position's figures: trades, lots, closures",
        arguments: "symbol [portfolio] [strategy]",
        example: "/why BTCUSDT main",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let positions = try await request.services.positions.snapshot(
                includeClosed: true, for: authority
            ).map(\.listing)
            let found = try await request.meant(of: positions, caller)
            guard found.count == 1, let listing = found.first else {
                return try PositionChoice(request: request, positions: found).screen()
            }
            let place = WhyPlace(request.place) ?? .first
            let explanation = try await request.services.positions.explain(
                ExplanationQuery(
                    listing, start: .skipping(place.trades), limit: WhyPlace.tradesPerScreen),
                for: authority)
            return try WhyScreen(
                request: request, explanation: explanation, place: place,
                arguments: listing.digest
            ).screen()
        })
}

extension CommandRequest {
    /// The positions that the arguments may mean; at least one.
    fileprivate func meant(
        of positions: [PositionListing], _ caller: Caller
    ) async throws -> [PositionListing] {
        guard !arguments.isEmpty else {
            throw CommandRefusal.misused("Which position? Name its symbol.")
        }
        if arguments.isFromButton,
            let pressed = positions.first(where: { $0.digest == arguments.text })
        {
            return [pressed]
        }
        let words = try await listWords([.symbol, .portfolio, .strategy], of: caller)
        guard let symbol = words.symbol else {
            throw CommandRefusal.misused("Which position? Name its symbol.")
        }
        let inSymbol = positions.filter { $0.instrument.instrument.symbol == symbol }
        let found = inSymbol.filter { listing in
            (words.portfolio == nil || words.portfolio == listing.portfolio)
                && (words.strategy == nil || words.strategy == listing.strategy)
        }
        guard !found.isEmpty else {
            throw CommandRefusal(
                title: "Not found",
                reason: .text("There is no position\(words.named)."),
                facts: [
                    Fact(
                        "It is in",
                        .joined(
                            Set(inSymbol.map(\.portfolio)).sorted().map { .text($0.text) }))
                ], showsUsage: true)
        }
        return found
    }
}

/// Asks which of several positions is meant.
private struct PositionChoice {
    let request: CommandRequest
    let positions: [PositionListing]

    private static let mostButtons = 40
    private static let buttonsPerRow = 2

    func screen() throws -> Screen {
        let symbol = positions.first?.instrument.instrument.symbol ?? ""
        var buttons: [Button] = []
        for listing in positions.prefix(Self.mostButtons) {
            buttons.append(
                try request.button(label(listing), place: "", arguments: listing.digest))
        }
        return try request.paged(
            "Which position in \(symbol)?",
            table: Table(
                columns: [
                    .init("Portfolio"), .init("Strategy"), .init("Exchange"), .init("Type"),
                    .init("Currency"), .init("Quantity", .right),
                ], rows: positions.map(row)), arguments: NameDigest.of(symbol),
            buttons: buttons.inRows(of: Self.buttonsPerRow))
    }

    private func label(_ listing: PositionListing) -> String {
        let instrument = listing.instrument.instrument
        var parts = [listing.portfolio.text]
        if let strategy = listing.strategy { parts.append(strategy.text) }
        if Set(positions.map(\.instrument.id)).count > 1 {
            parts += [
                instrument.exchange?.text ?? "–", instrument.assetType.rawValue,
                instrument.currency.code,
            ]
        }
        return parts.joined(separator: " · ")
    }

    private func row(_ listing: PositionListing) -> [Cell] {
        let instrument = listing.instrument.instrument
        return [
            .text(listing.portfolio.text), .text(listing.strategy?.text ?? "–"),
            .text(instrument.exchange?.text ?? "–"), .text(instrument.assetType.rawValue),
            .text(instrument.currency.code), .decimal(listing.position.quantity),
        ]
    }
}

/// A place in the account of a position: after so many trades, and after so many lines of the next
/// one.
private struct WhyPlace {
    let trades: Int
    let lines: Int

    static let first = WhyPlace(trades: 0, lines: 0)
    static let tradesPerScreen = 15
    private static let separator: Character = "."
    /// A button may be forged.
    private static let countable = 0...10_000_000

    init(trades: Int, lines: Int) {
        self.trades = trades
        self.lines = lines
    }

    init?(_ text: String) {
        let parts = text.split(separator: Self.separator)
        guard parts.count == 2, let trades = Int(parts[0]), let lines = Int(parts[1]),
            Self.countable.contains(trades), Self.countable.contains(lines)
        else { return nil }
        self.init(trades: trades, lines: lines)
    }

    var text: String { "\(trades)\(Self.separator)\(lines)" }
    var isFirst: Bool { trades == 0 && lines == 0 }
}

private struct WhyScreen {
    let request: CommandRequest
    let explanation: PositionExplanation
    let place: WhyPlace
    let arguments: String

    /// A line of the table, and where a screen begins that begins with it.
    private struct Line {
        let place: WhyPlace
        let cells: [Cell]
    }

    private var position: PositionView { explanation.position }
    private var instrument: Instrument { position.listing.instrument.instrument }
    private var currency: Currency { instrument.currency }

    func screen() throws -> Screen {
        let lines = Array(lines.dropFirst(place.lines))
        let table = Table(
            columns: [
                .init("Time"), .init("Did"), .init("Quantity", .right), .init("Price", .right),
                .init("Realized", .right), .init("Held then", .right), .init("Cost then", .right),
                .init("Lot left", .right),
            ], rows: lines.map(\.cells), whenEmpty: "No more trades.")
        let following =
            explanation.next == nil
            ? nil : WhyPlace(trades: place.trades + explanation.trades.count, lines: 0)
        return try Paging.first(of: table, in: request.zone) { page throws(ScreenError) in
            let end = page.rows.upperBound
            let next = end < lines.count ? lines[end].place : following
            var turning: [Button] = []
            if !place.isFirst {
                turning.append(try request.button("⇤ First", place: "", arguments: arguments))
            }
            if let next {
                turning.append(
                    try request.button("More ›", place: next.text, arguments: arguments))
            }
            turning.append(try request.refresh(arguments))
            return Screen(
                title: "Why \(instrument.symbol) stands at \(position.listing.position.quantity)",
                blocks: [.facts(facts), .table(page.table)] + notes.map(Block.note),
                buttons: [turning, try links()].filter { !$0.isEmpty })
        }
    }

    private func links() throws(ScreenError) -> [Button] {
        var buttons: [Button] = []
        if let campaign = explanation.campaign {
            let number = CampaignWords.number(of: campaign)
            buttons.append(
                try request.link("Campaign \(number)", to: .campaign, arguments: number))
        }
        var shown = ListWords()
        shown.symbol = instrument.symbol
        shown.portfolio = position.listing.portfolio
        shown.strategy = position.listing.strategy
        buttons += [
            try request.link("Trades", to: .trades, arguments: shown.carried()),
            try request.link(
                "Position", to: .positions,
                arguments: HoldingScreen.arguments(for: position.listing)),
        ]
        return buttons
    }

    private var facts: [Fact] {
        let listing = position.listing
        var facts = [Fact("Portfolio", .text(listing.portfolio.text))]
        if let strategy = listing.strategy { facts.append(Fact("Strategy", .text(strategy.text))) }
        facts += [
            Fact("Held", .decimal(listing.position.quantity)),
            Fact("Cost", .decimal(listing.position.cost.rounded(decimals: 12))),
            Fact("Average", .decimal(listing.averagePrice)),
            Fact("Realized", .gain(listing.position.realizedPnL, currency)),
        ]
        let carried = explanation.carried
        if carried.campaigns > 0 {
            facts.append(
                Fact(
                    "Of it before",
                    "\(gain: carried.realizedPnL, currency) in \(carried.campaigns) earlier"))
        }
        if let campaign = explanation.campaign {
            facts += [
                Fact("Campaign", .code(CampaignWords.number(of: campaign))),
                Fact("Realized in it", .gain(campaign.realizedPnL, currency)),
            ]
        }
        return facts
    }

    private var notes: [Cell] {
        guard let campaign = explanation.campaign, !explanation.trades.isEmpty else { return [] }
        let which = campaign.status == .open ? "open" : "last"
        return [
            "These are the \(which) campaign's trades; realized and cost are by average cost.",
            "↳ is what a trade took from a lot (\(explanation.lotMethod.rawValue)), at its cost.",
        ]
    }

    private var lines: [Line] {
        let lots = Dictionary(explanation.lots.map { ($0.tradeUID, $0.lot) }) { first, _ in first }
        let closures = Dictionary(grouping: explanation.closures, by: \.tradeUID)
        return explanation.trades.enumerated().flatMap { index, explained in
            let uid = explained.trade.uid
            let rows =
                [row(explained, lots[uid])] + (closures[uid] ?? []).map(row)
            return rows.enumerated().map { line, cells in
                Line(
                    place: WhyPlace(trades: place.trades + index, lines: line), cells: cells)
            }
        }
    }

    private func row(_ explained: ExplainedTrade, _ lot: Lot?) -> [Cell] {
        let fill = explained.trade.fill
        return [
            .time(fill.time),
            .text(explained.trade.derived.action?.rawValue ?? fill.side.rawValue),
            explained.allocatedQuantity == fill.quantity
                ? .decimal(fill.quantity) : "\(explained.allocatedQuantity) of \(fill.quantity)",
            .decimal(fill.price),
            explained.realizedPnL.isZero ? "–" : .gain(explained.realizedPnL, currency),
            .decimal(explained.quantityAfter),
            .decimal(explained.costAfter.rounded(decimals: 12)),
            lot.map { .decimal($0.openQuantity) } ?? "–",
        ]
    }

    private func row(_ explained: ExplainedClosure) -> [Cell] {
        let closure = explained.closure
        return [
            "↳ \(explained.lotOrder.time)", "lot", .decimal(closure.quantity),
            .decimal(lotPrice(closure)), .gain(closure.realizedPnL, currency),
        ]
    }

    /// What one unit of the lot had cost, as a price.
    private func lotPrice(_ closure: LotClosureRecord) -> Decimal {
        guard let units = try? closure.quantity * instrument.multiplier,
            let price = try? closure.cost.magnitude.divided(by: units, decimals: 12)
        else { return .zero }
        return price
    }
}
