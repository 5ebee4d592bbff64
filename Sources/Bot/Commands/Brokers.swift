import Records
import Services

extension Command {
    static let brokers = Command(
        "brokers", "The brokers that accounts may be with", isPrivateOnly: true,
        body: .admin { request, _ in
            let brokers = try await request.services.accounts.brokers()
            return try request.paged(
                "Brokers",
                table: Table(
                    columns: [.init("Code"), .init("Broker"), .init("Accounts", .right)],
                    rows: brokers.map { broker in
                        [.code(broker.code), .text(broker.name), "\(broker.accounts)"]
                    }))
        })
}
