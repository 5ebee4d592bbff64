import Ledger
import Records
import Services

extension Command {
    static let campaigns = Command(
        "campaigns", "Journeys from flat to flat, the last opened first",
        arguments: "[open|closed] [symbol] [period] [portfolio] [strategy]",
        example: "/campaigns closed BTCUSDT",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let words = try await request.listWords(
                [.symbol, .period, .portfolio, .strategy], choices: CampaignSelection.choices,
                of: caller)
            let selection = CampaignSelection(words: words)
            let campaigns = try await selection.list(request, authority)
            return try CampaignsScreen(request: request, selection: selection).screen(campaigns)
        })
}

/// Which campaigns are asked for.
private struct CampaignSelection {
    static let rowsPerScreen = 10
    /// `all` stands for those whose symbol is `OPEN`, too.
    static let choices = [CampaignStatus.allCases.map { $0.rawValue.lowercased() } + ["all"]]

    var words: ListWords

    var status: CampaignStatus? {
        get {
            CampaignStatus.allCases.first { words.choices.contains($0.rawValue.lowercased()) }
        }
        set { words.choices = [newValue?.rawValue.lowercased() ?? "all"] }
    }

    /// One more than a screen shows where there are so many.
    func list(
        _ request: CommandRequest, _ authority: Authority
    ) async throws -> [CampaignListing] {
        var query = CampaignQuery(
            portfolio: words.portfolio, status: status, symbol: words.symbol,
            strategy: words.strategyReference, limit: Self.rowsPerScreen + 1)
        (query.from, query.until) = words.period?.period.instants ?? (nil, nil)
        if let start = ListPlace<TradeRecord>(request.place) {
            query.cursor = try await request.services.trades.cursor(
                behind: start.id, for: authority)
        }
        return try await request.services.campaigns.page(query, for: authority).campaigns
    }

    /// What a button carries.
    var carried: String { words.carried(choices: Self.choices) }

    var whenEmpty: String {
        switch status {
        case .open: "No open campaigns."
        case .closed: "No closed campaigns."
        case nil: "No campaigns yet."
        }
    }

    var title: String {
        let kind =
            switch status {
            case .open: "Open campaigns"
            case .closed: "Closed campaigns"
            case nil: "Campaigns"
            }
        return kind + words.named
    }
}

private struct CampaignsScreen {
    let request: CommandRequest
    let selection: CampaignSelection

    private static let buttonsPerRow = 5

    private var isFirst: Bool { ListPlace<TradeRecord>(request.place) == nil }

    func screen(_ campaigns: [CampaignListing]) throws -> Screen {
        let shown = Array(campaigns.prefix(CampaignSelection.rowsPerScreen))
        let table = Table(
            columns: columns(shown), rows: shown.map { row($0, shown) },
            whenEmpty: isFirst ? selection.whenEmpty : "No older campaigns.")
        return try Paging.first(of: table, in: request.zone) { page throws(ScreenError) in
            let onPage = shown[page.rows]
            let hasMore = page.rows.upperBound < campaigns.count
            return Screen(
                title: selection.title,
                blocks: [.table(page.table)]
                    + (onPage.first.map { [note($0)] } ?? []),
                buttons: try links(onPage)
                    + [
                        try request.turning(
                            isFirst: isFirst, behind: hasMore ? onPage.last?.id : nil,
                            selection.carried), try statuses(),
                    ])
        }
    }

    private func note(_ campaign: CampaignListing) -> Block {
        let command = "/campaign \(CampaignWords.number(of: campaign))"
        return .note("One with its legs: \(code: command)")
    }

    private func links(
        _ campaigns: ArraySlice<CampaignListing>
    ) throws(ScreenError) -> [[Button]] {
        var buttons: [Button] = []
        for campaign in campaigns {
            let number = CampaignWords.number(of: campaign)
            buttons.append(try request.link(number, to: .campaign, arguments: number))
        }
        return buttons.inRows(of: Self.buttonsPerRow)
    }

    private func statuses() throws(ScreenError) -> [Button] {
        var buttons: [Button] = []
        for (name, status) in [("Open", CampaignStatus.open), ("Closed", .closed), ("All", nil)]
        where status != selection.status {
            var other = selection
            other.status = status
            buttons.append(try request.button(name, place: "", arguments: other.carried))
        }
        return buttons
    }

    private func hasPortfolios(_ campaigns: [CampaignListing]) -> Bool {
        Set(campaigns.map(\.portfolio)).count > 1
    }

    private func columns(_ campaigns: [CampaignListing]) -> [Table.Column] {
        var columns: [Table.Column] = [.init("Number")]
        if selection.words.symbol == nil { columns.append(.init("Symbol")) }
        if hasPortfolios(campaigns) { columns.append(.init("Portfolio")) }
        return columns + [
            .init("Way"), .init("Opened"), .init("Closed"), .init("Legs", .right),
            .init("Most held", .right), .init("Realized", .right),
        ]
    }

    private func row(_ campaign: CampaignListing, _ campaigns: [CampaignListing]) -> [Cell] {
        var cells: [Cell] = [.code(CampaignWords.number(of: campaign))]
        if selection.words.symbol == nil { cells.append(.text(campaign.instrument.shownName)) }
        if hasPortfolios(campaigns) { cells.append(.text(campaign.portfolio.text)) }
        return cells + [
            .text(campaign.direction.rawValue), .time(campaign.openedAt),
            campaign.closedAt.map(Cell.time) ?? "open", "\(campaign.legCount)",
            .decimal(campaign.maxQuantity),
            .gain(campaign.realizedPnL, campaign.instrument.currency),
        ]
    }
}
