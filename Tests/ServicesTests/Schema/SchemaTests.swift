import Hashing
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The two schemas are one, and ownership is in their keys.
struct SchemaTests {
    /// What all users share, and what belongs to the installation: everything else is owned.
    static let shared: Set<String> = [
        "users", "brokers", "instruments", "option_contracts", "quotes", "fx_rates", "inbox",
        "schema_migrations",
    ]

    private func migrator(_ database: any Database, steps: Int) throws -> Migrator {
        let all = try Schema.migrations(for: database.dialect, checksum: SHA256.hex)
        return Migrator(
            database: database, migrations: Array(all.prefix(steps)),
            now: { "2026-01-01T00:00:00.000000Z" })
    }

    private func expectSame(_ one: SchemaImage, _ other: SchemaImage, _ when: String) {
        let missing = one.lines.subtracting(other.lines).sorted()
        let added = other.lines.subtracting(one.lines).sorted()
        #expect(missing == [], "\(when): only in the first")
        #expect(added == [], "\(when): only in the second")
    }

    @Test
    func `both databases have the same schema after every step up and down`() async throws {
        try await TestBackend.sqlite.withDatabase { sqlite in
            try await TestBackend.postgres.withDatabase { postgres in
                var images: [SchemaImage] = []
                let count = Schema.migrations.count
                for step in 1...count {
                    for database in [sqlite, postgres] {
                        let applied = try await migrator(database, steps: step).up()
                        #expect(applied.map(\.number) == [step])
                    }
                    images.append(try await SchemaImage(of: sqlite))
                    expectSame(
                        images[step - 1], try await SchemaImage(of: postgres), "up to \(step)")
                    #expect(images[step - 1].tables.count > 4)
                    #expect(step == 1 || images[step - 1].lines != images[step - 2].lines)
                }
                for step in (1..<count).reversed() {
                    for database in [sqlite, postgres] {
                        let undone = try await migrator(database, steps: step + 1).down(1)
                        #expect(undone.map(\.number) == [step + 1])
                        expectSame(
                            images[step - 1], try await SchemaImage(of: database),
                            "\(database.dialect) down to \(step)")
                    }
                }
                for database in [sqlite, postgres] {
                    try await migrator(database, steps: count).down(count)
                    #expect(
                        try await SchemaImage(of: database).tables.keys.sorted()
                            == ["schema_migrations"])
                    try await migrator(database, steps: count).up()
                    expectSame(
                        images[count - 1], try await SchemaImage(of: database),
                        "\(database.dialect) up again")
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what the image reads is there`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let lines = try await SchemaImage(of: world.database).lines
            // One of each kind, so that a reader that reads nothing does not make all equal.
            for line in [
                "portfolios column 6 is_default boolean not null default 0",
                "strategies column 4 version text not null default 1.0",
                "users column 3 username text",
                #"users primary key ["id"]"#,
                #"trades unique ["portfolio_id", "broker_trade_id", "revision"]"#,
                #"trades ["user_id", "order_id"] refers to orders ["user_id", "id"] on delete NO ACTION"#,
                #"users ["approved_by_user_id"] refers to users ["id"] on delete SET NULL"#,
                "positions index positions_identity unique of"
                    + " portfolio_id,instrument_id,coalescestrategy_id,0 where ",
                "outbox index outbox_unsent of id where "
                    + "sent_atisnullandfailureisnullandmerged_intoisnull",
                "portfolios index portfolios_one_default unique of user_id where is_default",
                #"orders side in ["BUY", "SELL"]"#,
                #"orders checks ["quantity"]"#,
                #"lot_closures primary key ["campaign_id", "trade_id", "lot_trade_id"]"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `every owned row names its user, and every reference to owned rows does too`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let tables = try await SchemaImage(of: world.database).tables
            #expect(Self.shared.isSubset(of: tables.keys))
            let owned = tables.filter { !Self.shared.contains($0.key) }
            #expect(owned.count >= 20)
            for (name, table) in owned {
                #expect(table.columns.contains { $0.name == "user_id" }, "\(name) has no user_id")
                for key in table.foreignKeys {
                    let isSound =
                        if Self.shared.contains(key.table) {
                            key.columns.count == 1 && key.target == ["id"]
                        } else {
                            key.columns.count == 2 && key.columns[0] == "user_id"
                                && key.target == ["user_id", "id"]
                        }
                    #expect(isSound, "\(name) \(key.columns) refers to \(key.table) \(key.target)")
                }
                // A column that is called after a table refers to it: `strategy_id`, `strategies`.
                let references = Set(table.foreignKeys.flatMap(\.columns))
                for column in table.columns.map(\.name) where column.hasSuffix("_id") {
                    let stem = column.dropLast(3)
                    let plurals = ["\(stem)s", "\(stem.dropLast())ies"]
                    guard plurals.contains(where: { tables[$0] != nil }) else { continue }
                    #expect(references.contains(column), "\(name).\(column) refers to nothing")
                }
            }
            for name in Self.shared {
                for key in tables[name]?.foreignKeys ?? [] {
                    #expect(Self.shared.contains(key.table), "\(name) refers to \(key.table)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the brokers are there from the start`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let codes = try await world.texts("SELECT code FROM brokers ORDER BY id")
            #expect(
                codes == ["BINANCE", "IBKR", "TRADIER", "TASTYTRADE", "SNAPTRADE", "PAPER"])
        }
    }
}
