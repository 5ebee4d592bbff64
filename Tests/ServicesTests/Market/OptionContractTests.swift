import Hashing
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The table of option contracts: one row for each instrument that has a contract.
struct OptionContractTests {
    private static let rows = """
        SELECT o.underlying || ' ' || o.expiry || ' ' || o.strike || ' ' || o.option_right || ' '
            || o.multiplier || ' ' || COALESCE(o.occ_symbol, 'none')
        FROM option_contracts o
        JOIN instruments i ON i.id = o.instrument_id
        ORDER BY i.id
        """

    /// The rows, with numbers as they are written on SQLite.
    private func contracts(_ world: ServiceWorld) async throws -> [String] {
        try await world.texts(Self.rows).map { row in
            row.replacing(#/(\.\d*?)0+ /#) { match in
                match.output.1 == "." ? " " : "\(match.output.1) "
            }
        }
    }

    private func option(
        _ id: String, symbol: String, _ underlying: String, _ expiry: String, _ strike: String,
        _ right: String, extra: String = ""
    ) -> String {
        fill(
            id, "BUY", "1", at: "2", symbol: symbol, exchange: nil, assetType: "OPTION",
            currency: "USD",
            extra: "\"option\":{\"underlying\":\"\(underlying)\",\"expiry\":\"\(expiry)\","
                + "\"strike\":\"\(strike)\",\"right\":\"\(right)\"\(extra)}")
    }

    private let expected = [
        "AAPL 2026-03-20 150 C 100 AAPL  260320C00150000",
        "A|B 2026-03-20 7.5 P 10 none",
        "SPXW 2099-12-31 99999.999 P 100 SPXW  991231P99999999",
        "F 2000-02-29 0.001 C 100 F     000229C00000001",
        "GOOGL1 2026-03-20 100000 C 100 none",
        "GOOGL1 2026-03-20 0.0005 C 100 none",
        "OLD 1999-12-31 20 C 100 none", "TOOLONG 2026-03-20 1 P 100 none",
        "aapl 2026-03-20 12.25 P 100 none", "|2026|| 0999-01-02 1200 C 100 none",
    ]

    private func postAll(_ world: ServiceWorld, _ trader: Authority) async throws {
        let report = try await world.ingest(
            [
                fill(
                    "occ", "BUY", "1", at: "2", symbol: "AAPL260320C00150000", exchange: nil,
                    assetType: "OPTION", currency: "USD"),
                option(
                    "pipe", symbol: "X", "A|B", "2026-03-20", "7.50", "P",
                    extra: ",\"multiplier\":10"),
                option("most", symbol: "X", "SPXW", "2099-12-31", "99999.999", "P"),
                option("least", symbol: "X", "F", "2000-02-29", "0.001", "C"),
                option("high", symbol: "X", "GOOGL1", "2026-03-20", "100000", "C"),
                option("fine", symbol: "X", "GOOGL1", "2026-03-20", "0.0005", "C"),
                option("old", symbol: "X", "OLD", "1999-12-31", "20", "C"),
                option("long", symbol: "X", "TOOLONG", "2026-03-20", "1", "P"),
                option("small", symbol: "X", "aapl", "2026-03-20", "12.25", "P"),
                option("odd", symbol: "X", "|2026||", "0999-01-02", "1200", "C"),
                fill("stock", "BUY", "1", at: "2"),
            ], as: trader)
        #expect(report.accepted == 11, "\(report.words)")
    }

    @Test(arguments: TestBackend.allCases)
    func `a contract is stored with its instrument, once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await postAll(world, trader)
            #expect(try await contracts(world) == expected)
            let again = try await world.ingest(
                [option("again", symbol: "X", "A|B", "2026-03-20", "7.5", "P")], as: trader)
            #expect(again.words == ["accepted"])
            #expect(try await world.count(of: "option_contracts") == expected.count)
            let found = try await world.services.instruments.all(symbols: ["X"])
            #expect(found.count == 9 && found.allSatisfy { $0.option != nil })
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `options that were there before get their contracts by the migration`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            try await postAll(world, trader)
            let after = try #require(
                Schema.migrations.firstIndex { $0 == "0010_options" })
            let migrator = try Migrator.blotter(world.database, world: world.world)
            try await migrator.down(Schema.migrations.count - after)
            let all = try Schema.migrations(for: world.database.dialect, checksum: SHA256.hex)
            #expect(try await migrator.up().map(\.name) == all[after...].map(\.name))
            // What SQL makes of the instruments is what the program had made of them.
            #expect(try await contracts(world) == expected)
        }
    }
}
