import Ledger
import Records
import Services
import World

extension Command {
    static let campaign = Command(
        "campaign", "One journey with its legs, by its number or the last in a symbol",
        arguments: "NUMBER|symbol [leg N]", example: "/campaign BTCUSDT",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let question = try await CampaignQuestion(request, authority)
            if let leg = question.leg {
                return try await LegScreen.screen(leg, of: question.reference, request, authority)
            }
            let detail = try await request.services.campaigns.detail(
                question.reference, for: authority)
            let now = request.services.work.world.now()
            var screen = try CampaignScreen(request: request, detail: detail, now: now).screen()
            if request.wantsPicture {
                screen.attachment = .picture(.campaign(question.reference, for: authority))
            }
            return screen
        })
}

/// Which campaign is asked for, and which of its legs.
private struct CampaignQuestion {
    let reference: CampaignReference
    /// Counted from 1; nil for all of them.
    let leg: Int?

    init(_ request: CommandRequest, _ authority: Authority) async throws {
        let text = request.arguments.text
        guard !text.isEmpty else {
            throw CommandRefusal.misused("Which one? \(code: "/campaigns") lists their numbers.")
        }
        let (rest, leg) = Self.leg(in: request.arguments)
        self.leg = leg
        if text.utf8.first == UInt8(ascii: "#"), let opening = CampaignWords.opening(rest.text) {
            reference = .opening(opening)
            return
        }
        let symbols = try await request.tradedSymbols(for: authority)
        // A symbol may be made of digits, too.
        if let symbol = rest.pick(from: symbols) ?? request.arguments.pick(from: symbols) {
            let newest = try await request.services.campaigns.page(
                CampaignQuery(symbol: symbol, limit: 1), for: authority)
            if let campaign = newest.campaigns.first {
                reference = .opening(campaign.id)
                return
            }
        }
        if let opening = CampaignWords.opening(rest.text) {
            reference = .opening(opening)
        } else if rest.text.utf8.count == Self.uidBytes,
            rest.text.utf8.contains(UInt8(ascii: "-"))
        {
            reference = .uid(rest.text.lowercased())
        } else {
            throw CommandRefusal.unknownName(
                rest.text, kind: "campaign or traded symbol", known: symbols)
        }
    }

    private static let uidBytes = 36

    /// Without `leg N` or a bare `N` behind a number.
    private static func leg(in arguments: Arguments) -> (rest: Arguments, leg: Int?) {
        let words = arguments.words
        guard words.count > 1, let leg = words.last.flatMap({ Int($0) }), leg > 0 else {
            return (arguments, nil)
        }
        var rest = words.dropLast()
        if rest.count > 1, rest.last?.lowercased() == "leg" {
            rest.removeLast()
        } else if rest.count > 1 || CampaignWords.opening(rest[0]) == nil {
            return (arguments, nil)
        }
        return (
            Arguments(
                text: rest.joined(separator: " "), isFromButton: arguments.isFromButton), leg
        )
    }
}

private struct CampaignScreen {
    let request: CommandRequest
    let detail: CampaignDetail
    let now: Timestamp

    private static let buttonsPerRow = 5
    /// Those of a longer journey are asked for by typing.
    private static let mostLegButtons = 20

    private var campaign: CampaignListing { detail.campaign }
    private var number: String { CampaignWords.number(of: campaign) }

    func screen() throws(ScreenError) -> Screen {
        let symbol = NameDigest.of(campaign.instrument.symbol)
        var legs: [Button] = []
        for leg in detail.legs.prefix(Self.mostLegButtons) {
            legs.append(
                try request.button(
                    "Leg \(leg.number)", place: "", arguments: "\(number) \(leg.number)"))
        }
        return try request.paged(
            "\(campaign.instrument.symbol) \(campaign.direction.rawValue), "
                + campaign.status.rawValue,
            facts: facts, table: table, notes: notes, arguments: number,
            buttons: legs.inRows(of: Self.buttonsPerRow) + [
                [
                    try request.link("Why", to: .why, arguments: whyArguments),
                    try request.link("Trades", to: .trades, arguments: symbol),
                    try request.link("Campaigns", to: .campaigns, arguments: symbol),
                ],
                [
                    try request.button(
                        "Chart", place: CommandRequest.picturePlace, arguments: number),
                    try request.refresh(number),
                ],
            ])
    }

    private var whyArguments: String {
        HoldingDigest.of(
            portfolio: campaign.portfolio, strategy: campaign.strategy, campaign.instrument)
    }

    private var facts: [Fact] {
        let currency = campaign.instrument.currency
        var facts = [
            Fact("Number", .code(number)), Fact("Portfolio", .text(campaign.portfolio.text)),
        ]
        if let strategy = campaign.strategy { facts.append(Fact("Strategy", .text(strategy.text))) }
        facts.append(Fact("Opened", .time(campaign.openedAt)))
        if let closedAt = campaign.closedAt {
            facts.append(Fact("Closed", .time(closedAt)))
        }
        let held = campaign.holdingPeriodSeconds ?? now.wholeSeconds(since: campaign.openedAt)
        facts += [
            Fact(
                campaign.status == .open ? "Held so far" : "Held",
                .text(CampaignWords.duration(seconds: max(0, held)))),
            Fact("Realized", .gain(campaign.realizedPnL, currency)),
        ]
        if let percent = campaign.returnPercent {
            facts.append(Fact("Return", "\(percent.rounded(decimals: 2))%"))
        }
        facts += [
            Fact("Most held", .decimal(campaign.maxQuantity)),
            Fact("Open price", .decimal(campaign.averageOpenPrice)),
        ]
        if let price = campaign.averageClosePrice {
            facts.append(Fact("Close price", .decimal(price)))
        }
        let legs = campaign.legCount == 1 ? "1 leg" : "\(campaign.legCount) legs"
        facts.append(Fact("Fills", "\(campaign.fillCount) in \(legs)"))
        facts.append(Fact("Journey", .text(CampaignWords.journey(detail.legs))))
        return facts
    }

    private var notes: [Cell] {
        detail.legs.count > Self.mostLegButtons
            ? ["A leg's trades: \(code: "/campaign \(number) leg 21")"] : []
    }

    private var table: Table {
        Table(
            columns: [
                .init("Leg", .right), .init("Type"), .init("Side"), .init("Quantity", .right),
                .init("Average", .right), .init("Began"), .init("Ended"), .init("Fills", .right),
            ],
            rows: detail.legs.map { listing in
                let leg = listing.leg
                return [
                    "\(listing.number)", .text(leg.kind.rawValue), .text(leg.side.rawValue),
                    .decimal(leg.quantity), .decimal(listing.averagePrice), .time(leg.startedAt),
                    leg.endedAt == leg.startedAt ? "–" : .time(leg.endedAt),
                    "\(leg.fillCount)",
                ]
            })
    }
}

/// The trades of one leg.
private enum LegScreen {
    private static let rowsPerScreen = 20
    /// A button may be forged: so many trades are passed over at most.
    private static let skippable = 0...1_000_000

    static func screen(
        _ number: Int, of reference: CampaignReference, _ request: CommandRequest,
        _ authority: Authority
    ) async throws -> Screen {
        let skipped = Int(request.place).flatMap { skippable.contains($0) ? $0 : nil } ?? 0
        let detail = try await request.services.campaigns.trades(
            ofLeg: number, of: reference, skipping: skipped, limit: rowsPerScreen,
            for: authority)
        let (campaign, leg) = (detail.campaign, detail.leg.leg)
        let campaignNumber = CampaignWords.number(of: campaign)
        let arguments = "\(campaignNumber) \(number)"
        let table = Table(
            columns: [
                .init("Time"), .init("Side"), .init("Quantity", .right), .init("Price", .right),
                .init("Fee", .right), .init("Trade"),
            ], rows: detail.trades.map(row), whenEmpty: "No more trades.")
        return try Paging.first(of: table, in: request.zone) { page throws(ScreenError) in
            var turning: [Button] = []
            if skipped > 0 {
                turning.append(try request.button("⇤ First", place: "", arguments: arguments))
            }
            let shown = skipped + page.rows.count
            if shown < leg.fillCount, !page.rows.isEmpty {
                turning.append(
                    try request.button("More ›", place: String(shown), arguments: arguments))
            }
            let back = [
                try request.button(
                    "‹ Campaign \(campaignNumber)", place: "", arguments: campaignNumber)
            ]
            return Screen(
                title: "Leg \(number) of \(campaign.instrument.symbol) \(campaignNumber)",
                blocks: [
                    .facts([
                        Fact("Type", .text(leg.kind.rawValue)),
                        Fact("Side", .text(leg.side.rawValue)),
                        Fact("Quantity", .decimal(leg.quantity)),
                        Fact("Average", .decimal(detail.leg.averagePrice)),
                        Fact("Fills", "\(leg.fillCount)"),
                    ]), .table(page.table),
                ], buttons: [turning, back].filter { !$0.isEmpty })
        }
    }

    private static func row(_ part: LegTrade) -> [Cell] {
        let fill = part.trade.fill
        return [
            .time(fill.time), .text(fill.side.rawValue),
            part.quantity == fill.quantity
                ? .decimal(fill.quantity) : "\(part.quantity) of \(fill.quantity)",
            .decimal(fill.price), .money(fill.fee, fill.feeCurrency), .code(fill.id.text),
        ]
    }
}
