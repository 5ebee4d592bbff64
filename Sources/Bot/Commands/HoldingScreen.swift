import Ledger
import Records
import Services

/// One holding with its figures, and the ways on from there.
enum HoldingScreen {
    /// Begins what a button carries for a holding.
    private static let mark = "#"

    static func arguments(for listing: PositionListing) -> String { mark + listing.digest }

    /// The holding that a button is about; nil where it is about something else.
    static func digest(in arguments: Arguments) -> String? {
        guard arguments.isFromButton, arguments.text.hasPrefix(mark) else { return nil }
        return String(arguments.text.dropFirst(mark.count))
    }

    static func screen(
        _ digest: String, _ request: CommandRequest, _ authority: Authority
    ) async throws -> Screen {
        let positions = try await request.services.positions.snapshot(
            includeClosed: true, for: authority)
        guard let view = positions.first(where: { $0.listing.digest == digest }) else {
            throw CommandRefusal.gone
        }
        return try await screen(of: view, request, authority)
    }

    static func screen(
        of view: PositionView, _ request: CommandRequest, _ authority: Authority
    ) async throws -> Screen {
        let listing = view.listing
        let instrument = listing.instrument.instrument
        let campaign = try await request.services.campaigns.page(
            CampaignQuery(
                portfolio: listing.portfolio, symbol: instrument.symbol,
                strategy: listing.strategy.flatMap { StrategyReference(parsing: $0.text) },
                limit: mostCampaigns), for: authority
        ).campaigns.first { $0.instrument == instrument && $0.strategy == listing.strategy }
        var shown = ListWords()
        shown.symbol = instrument.symbol
        shown.portfolio = listing.portfolio
        shown.strategy = listing.strategy
        var list = ListWords()
        list.portfolio = listing.portfolio
        var onward = [
            try request.link("Trades", to: .trades, arguments: shown.carried()),
            try request.link("Why", to: .why, arguments: listing.digest),
        ]
        if let campaign {
            let number = CampaignWords.number(of: campaign)
            onward.append(
                try request.link("Campaign \(number)", to: .campaign, arguments: number))
        }
        let exits = try await exits(of: listing, request, authority)
        return Screen(
            title: "\(instrument.shownName) in \(listing.portfolio)",
            blocks: [.facts(facts(view, campaign) + (exits?.facts ?? []))],
            buttons: [
                onward,
                [
                    try request.button(
                        "‹ Positions in \(listing.portfolio)", place: "",
                        arguments: list.carried()),
                    try request.refresh(arguments(for: listing)),
                ],
                exits == nil
                    ? []
                    : [
                        try request.link("Stop loss", to: .stopLoss, arguments: listing.digest),
                        try request.link(
                            "Take profit", to: .takeProfit, arguments: listing.digest),
                    ],
            ].filter { !$0.isEmpty })
    }

    /// Nil where nothing is held, or its broker takes no orders from here.
    private static func exits(
        of listing: PositionListing, _ request: CommandRequest, _ authority: Authority
    ) async throws -> PositionExits? {
        do {
            return try await request.services.orders.exits(
                of: PositionPlace(listing), for: authority)
        } catch is ServiceError {
            return nil
        }
    }

    /// Of one symbol's newest: there may be others of the name, on another exchange.
    private static let mostCampaigns = 20

    private static func facts(_ view: PositionView, _ campaign: CampaignListing?) -> [Fact] {
        let listing = view.listing
        let position = listing.position
        let currency = listing.instrument.instrument.currency
        var facts: [Fact] = []
        if let strategy = listing.strategy { facts.append(Fact("Strategy", .text(strategy.text))) }
        facts.append(Fact("Quantity", .decimal(position.quantity)))
        if !position.quantity.isZero {
            facts += [
                Fact("Average", .decimal(listing.averagePrice)),
                Fact("Cost", .decimal(position.cost.rounded(decimals: 12))),
            ]
        }
        if let mark = view.markPrice, let time = view.markTime {
            facts.append(
                Fact(
                    view.isMarkStale ? "Last mark, stale" : "Mark", "\(mark) of \(time)"))
        }
        if let unrealized = view.unrealizedPnL {
            facts.append(Fact("Unrealized", .gain(unrealized, currency)))
        }
        facts.append(Fact("Realized so far", .gain(position.realizedPnL, currency)))
        var fees = Sums()
        fees.add(position.fees)
        if !fees.isEmpty { facts.append(Fact("Fees", fees.money)) }
        if let campaign {
            facts.append(
                Fact(
                    campaign.status == .open ? "Open since" : "Last opened",
                    .time(campaign.openedAt)))
        }
        return facts
    }
}
