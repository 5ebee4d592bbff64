import Ledger
import Records
import Services

extension Command {
    static let strategies = Command(
        "strategies", "Your strategies and their versions",
        body: .approved { request, caller in
            let strategies = try await request.services.strategies.all(for: caller)
            return try request.paged(
                "Strategies",
                table: Table(
                    columns: [.init("Strategy"), .init("Version"), .init("Active", .center)],
                    rows: strategies.map { strategy in
                        [
                            .text(strategy.name.text), .text(strategy.version.text),
                            strategy.isActive ? "✓" : "",
                        ]
                    },
                    whenEmpty: "No strategies; one is added by its first fill."))
        })
}
