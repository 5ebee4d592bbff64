public import Storage

/// The schema's history.
public enum Schema {
    /// The one list of migrations, in order. Each stands in `Migrations/` as four files: up and
    /// down, for SQLite and for PostgreSQL.
    public static let migrations = [
        "0001_people",
        "0002_market",
        "0003_trading",
        "0004_journeys",
        "0005_risk",
        "0006_alerts",
        "0007_audit",
        "0008_messages",
        "0009_ledger",
        "0010_options",
        "0011_actions",
        "0012_last_leg",
        "0013_orders",
        "0014_hooks",
        "0015_weak_until",
        "0016_membership",
        "0017_delivery",
        "0018_settings",
        "0019_order_desk",
        "0020_cash",
        "0021_risk_watch",
        "0022_brackets",
    ]

    /// The listed migrations in one dialect; `checksum` is of a migration's text. Throws
    /// `StorageError.schema` where a listed file was not there when this binary was built.
    public static func migrations(
        for dialect: Dialect, checksum: (_ text: String) -> String
    ) throws(StorageError) -> [Migration] {
        var result: [Migration] = []
        for (index, name) in migrations.enumerated() {
            guard let up = EmbeddedMigrations.files["\(name).\(dialect.rawValue).sql"],
                let down = EmbeddedMigrations.files["\(name).\(dialect.rawValue).down.sql"]
            else {
                throw .schema(
                    advice: "migration \(name) was built without its \(dialect.rawValue) files:"
                        + " build the program again with all of Migrations/")
            }
            result.append(
                Migration(
                    number: index + 1, name: name, up: up, down: down, checksum: checksum))
        }
        return result
    }
}
