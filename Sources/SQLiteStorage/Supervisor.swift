import CSQLite

/// What SQLite asks back while it prepares and runs one connection's statements.
final class Supervisor {
    /// Bodies may not end the transaction that they share, nor attach other files.
    var allowsTransactionControl = false
    /// When the statement under way has taken too long.
    var deadline: ContinuousClock.Instant?

    /// It must live as long as the connection.
    func attach(to connection: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            connection,
            { context, action, _, _, _, _ in
                guard let context else { return SQLITE_DENY }
                let supervisor = Unmanaged<Supervisor>.fromOpaque(context).takeUnretainedValue()
                switch action {
                case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH:
                    return supervisor.allowsTransactionControl ? SQLITE_OK : SQLITE_DENY
                default: return SQLITE_OK
                }
            }, context)
        let instructionsBetweenLooks: Int32 = 10_000
        sqlite3_progress_handler(
            connection, instructionsBetweenLooks,
            { context in
                guard let context else { return 1 }
                let supervisor = Unmanaged<Supervisor>.fromOpaque(context).takeUnretainedValue()
                guard let deadline = supervisor.deadline else { return 0 }
                return ContinuousClock.now < deadline ? 0 : 1
            }, context)
    }
}
