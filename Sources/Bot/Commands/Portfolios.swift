import Ledger
import Records
import Services

extension Command {
    static let portfolios = Command(
        "portfolios", "Your portfolios and the accounts they are bound to",
        body: .approved { request, caller in
            let portfolios = try await request.services.portfolios.all(for: caller)
            return try request.paged(
                "Portfolios",
                table: Table(
                    columns: [
                        .init("Portfolio"), .init("Broker"), .init("Account"), .init("Currency"),
                        .init("Lots"), .init("Default", .center),
                    ],
                    rows: portfolios.map { portfolio in
                        [
                            .text(portfolio.name.text), .text(portfolio.brokerCode),
                            .text(portfolio.accountName.text),
                            .text(portfolio.baseCurrency.code),
                            .text(portfolio.rules.lotMethod.rawValue.uppercased()),
                            portfolio.isDefault ? "✓" : "",
                        ]
                    }, whenEmpty: "No portfolios."))
        })
}
