import Hashing
import Ledger
import Records
public import Storage
public import World

extension Migrator {
    /// The migrator of Blotter's own schema.
    public static func blotter(
        _ database: any Database, world: any World
    ) throws(StorageError) -> Migrator {
        Migrator(
            database: database,
            migrations: try Schema.migrations(for: database.dialect, checksum: SHA256.hex),
            now: { world.now().description })
    }
}
