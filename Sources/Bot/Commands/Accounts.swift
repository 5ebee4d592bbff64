import Ledger
import Records
import Services

extension Command {
    static let accounts = Command(
        "accounts", "Your accounts and their money; all of everybody's, for an admin",
        // What is everybody's is not for a group to read.
        isPrivateOnly: true,
        branches: [
            Branch("all", example: "/accounts all", mayBePressed: true) { request, _, caller in
                try await everybodysAccounts(request, caller)
            }
        ], show: { try await accountList($0, $1) })

    /// Shared with /account.
    static func accountList(
        _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        let standings = try await request.services.money.accounts(for: caller)
        return try request.paged(
            "Accounts",
            table: Table(
                columns: [
                    .init("Account"), .init("Broker"), .init("Currency"), .init("Cash", .right),
                    .init("Equity", .right), .init("Buying power", .right),
                ],
                rows: standings.map { standing in
                    [
                        .text(standing.account.name.text), .text(standing.account.brokerCode),
                        .text(standing.account.baseCurrency.code),
                    ] + CashScreen.cells(standing)
                }, whenEmpty: "No accounts."),
            notes: CashScreen.notes(standings, today: request.services.performance.today)
                + ["\(code: "/account add NAME BROKER") adds one."])
    }

    private static func everybodysAccounts(
        _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        guard let admin = caller.administrator else {
            throw CommandRefusal(
                title: "Not allowed", reason: "Everybody's accounts are for admins to see.")
        }
        let accounts = try await request.services.accounts.all(for: admin)
        return try request.paged(
            "Everybody's accounts",
            table: Table(
                columns: [
                    .init("User"), .init("Account"), .init("Broker"), .init("Currency"),
                ],
                rows: accounts.map { owner, account in
                    [
                        .text(owner.shownName), .text(account.name.text),
                        .text(account.brokerName), .text(account.baseCurrency.code),
                    ]
                }, whenEmpty: "No accounts."), arguments: "all")
    }
}
