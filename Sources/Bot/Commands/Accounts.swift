import Ledger
import Records
import Services

extension Command {
    static let accounts = Command(
        "accounts", "Your accounts with brokers",
        body: .approved { request, caller in
            let accounts = try await request.services.portfolios.accounts(for: caller)
            return try request.paged(
                "Accounts",
                table: Table(
                    columns: [.init("Account"), .init("Broker"), .init("Currency")],
                    rows: accounts.map { account in
                        [
                            .text(account.name.text), .text(account.brokerName),
                            .text(account.baseCurrency.code),
                        ]
                    }, whenEmpty: "No accounts."))
        })
}
