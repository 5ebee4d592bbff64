/// What a database's table `schema_migrations` says, next to what this binary knows.
struct MigrationHistory {
    struct Record {
        let number: Int
        let name: String
        let checksum: String
        let appliedAt: String
    }

    let known: [Migration]
    /// Ascending by number.
    let applied: [Record]

    var pending: [Migration] {
        let numbers = Set(applied.map(\.number))
        return known.filter { !numbers.contains($0.number) }
    }

    /// The migration that was applied last, and can be taken back.
    var last: Migration? {
        known.last { $0.number == applied.last?.number }
    }

    var statuses: [MigrationStatus] {
        let records = Dictionary(applied.map { ($0.number, $0) }) { first, _ in first }
        var statuses = known.map { migration in
            let state: MigrationStatus.State =
                switch records[migration.number] {
                case nil: .pending
                case let record? where matches(record, migration): .applied(at: record.appliedAt)
                case let record?: .changed(at: record.appliedAt)
                }
            return MigrationStatus(number: migration.number, name: migration.name, state: state)
        }
        let numbers = Set(known.map(\.number))
        for record in applied where !numbers.contains(record.number) {
            statuses.append(
                MigrationStatus(
                    number: record.number, name: record.name,
                    state: .unknown(at: record.appliedAt)))
        }
        return statuses.sorted { $0.number < $1.number }
    }

    /// Throws `schema` unless what is applied is the beginning of what is known.
    func check() throws(StorageError) {
        for record in applied {
            guard let migration = known.first(where: { $0.number == record.number }) else {
                throw unknown(record)
            }
            guard matches(record, migration) else {
                throw .schema(
                    advice: "migration \(record.number) (\(record.name)) was changed after it was "
                        + "applied at \(record.appliedAt); restore its text, and put the change "
                        + "into a new migration")
            }
        }
        for (offset, migration) in known.enumerated() where migration.number != offset + 1 {
            throw .schema(
                advice: "the migrations of this binary are not numbered 1, 2, 3, …: "
                    + "\(offset + 1) is missing; use a complete build")
        }
        if let gap = pending.first, let last = applied.last, gap.number < last.number {
            throw .schema(
                advice: "migration \(gap.number) (\(gap.name)) is not applied, but "
                    + "\(last.number) (\(last.name)) after it is; take back those after it with "
                    + "`blotter migrate down`, or restore a backup")
        }
    }

    private func unknown(_ record: Record) -> StorageError {
        if record.number > known.last?.number ?? 0 {
            return .schema(
                advice: "the database is at migration \(applied.last?.number ?? record.number), "
                    + "newer than this binary, which knows \(known.count); run the newer binary, "
                    + "or take the newer migrations back with it (`blotter migrate down`)")
        }
        return .schema(
            advice: "migration \(record.number) (\(record.name)) is applied, but missing in this "
                + "binary; use the binary that has it")
    }

    /// By bytes: Swift's own comparison takes some texts that differ for equal.
    private func matches(_ record: Record, _ migration: Migration) -> Bool {
        record.name.utf8.elementsEqual(migration.name.utf8)
            && record.checksum.utf8.elementsEqual(migration.checksum.utf8)
    }
}
