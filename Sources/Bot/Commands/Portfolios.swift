import Ledger
import Records
import Services

extension Command {
    static let portfolios = Command(
        "portfolios", "Your portfolios and the accounts they are bound to",
        body: .approved { request, caller in try await portfolioList(request, caller) })

    /// Shared with /portfolio.
    static func portfolioList(
        _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        let all = try await request.services.portfolios.all(for: caller, includingArchived: true)
        let archived = all.filter(\.isArchived)
        var notes: [Cell] = ["\(code: "/portfolio add NAME BROKER") adds one."]
        if !archived.isEmpty {
            let names = archived.prefix(20).map { Cell.text($0.name.text) }
            let more = archived.count > names.count ? ", …" : ""
            notes.append(
                "Archived: \(Cell.joined(Array(names)))\(more). \(code: "/portfolio restore NAME")."
            )
        }
        return try request.paged(
            "Portfolios",
            table: Table(
                columns: [
                    .init("Portfolio"), .init("Broker"), .init("Account"), .init("Currency"),
                    .init("Lots"), .init("Default", .center),
                ],
                rows: all.filter { !$0.isArchived }.map { portfolio in
                    [
                        .text(portfolio.name.text), .text(portfolio.brokerCode),
                        .text(portfolio.accountName.text), .text(portfolio.baseCurrency.code),
                        .text(portfolio.rules.lotMethod.rawValue.uppercased()),
                        portfolio.isDefault ? "✓" : "",
                    ]
                }, whenEmpty: "No portfolios."), notes: notes)
    }
}
