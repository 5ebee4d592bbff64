import Storage

/// One connection with its prepared statements: runs one transaction after the other.
///
/// `BEGIN` travels with the first statement, and a statement's preparation with its first run, so
/// that each statement costs one round trip.
final class Session {
    private let connection: Connection
    private var statements: StatementCache
    let itemTexts: ItemTexts
    /// The `BEGIN` that has not been sent yet.
    private var opening: String?
    private var isReadOnly = false
    private var endedByFault = false
    /// The last failure may come from a statement that was prepared for an older schema.
    private(set) var hasStaleStatements = false

    /// Opens a connection; throws `.unavailable`, or `.busy` where the server has no room.
    init(url: ConnectionURL, options: PostgresOptions) throws(StorageError) {
        statements = StatementCache(limit: options.preparedStatementLimit)
        itemTexts = ItemTexts(limit: options.preparedStatementLimit)
        let opening = Connection.open([
            "connect_timeout": String(max(2, options.connectTimeoutSeconds)),
            "application_name": "blotter",
            // A network that swallows packets is noticed within a minute.
            "tcp_user_timeout": "30000",
            "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "dbname": url.text,
            "client_encoding": "UTF8",
        ])
        switch opening {
        case .opened(let connection): self.connection = connection
        case .refused(let message): throw Self.refusal(url.withoutSecrets(oneLine(message)))
        }
        guard let encoding = connection.serverSetting("server_encoding"), encoding == "UTF8" else {
            throw .unavailable(detail: "the database's encoding is not UTF8: create it with that")
        }
        if let failure = runWhole(Self.setUp(options)) {
            throw .unavailable(detail: "the session could not be set up: \(failure.message)")
        }
    }

    /// Whether it can't be used any more. It should be let go of then at once, because its
    /// transaction and locks may still stand on the server.
    var isSpent: Bool {
        endedByFault || connection.isBroken || !connection.isIdle
    }

    /// Whether the server has hung up while nothing was asked of it; does not wait.
    func hasBeenHungUp() -> Bool {
        connection.notesHangUp()
    }

    /// Opens a transaction, at the latest when its first statement runs.
    func begin(readOnly: Bool) {
        isReadOnly = readOnly
        opening =
            readOnly
            ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            : "BEGIN ISOLATION LEVEL READ COMMITTED"
        hasStaleStatements = false
    }

    func run(_ statement: Statement) throws(StorageError) -> Answer {
        let answer: Answer
        if statement.isPlannedAnew {
            let outcome = exchange([.statement(statement.text, statement.parameters)])
            answer = try outcome.lastAnswer(of: statement)
        } else if let known = statements.find(statement.text) {
            answer = try run(statement, known)
        } else {
            answer = try prepareAndRun(statement)
        }
        try checkTransactionIsOpen()
        return answer
    }

    /// Runs several statements without parameters, exempt from the statement timeout.
    func runScript(_ script: String) throws(StorageError) {
        let exemption = exchange([.command("SET LOCAL statement_timeout = 0")])
        if let failure = exemption.failure ?? runWhole(script) {
            throw failure.storageError(in: script)
        }
        try checkTransactionIsOpen()
    }

    /// Ends the transaction. `.connectionLost`: nothing is stored; `.commitOutcomeUnknown`: who
    /// knows. What was only read is as good without an end.
    func commit() throws(StorageError) {
        if opening != nil { return opening = nil }
        if connection.notesHangUp() {
            endedByFault = true
            if isReadOnly { return }
            throw .connectionLost(detail: oneLine(connection.errorMessage))
        }
        try checkTransactionIsOpen()
        guard let failure = exchange([.command("COMMIT")]).failure else { return }
        if failure.endsConnection {
            if isReadOnly { return }
            throw .commitOutcomeUnknown(detail: failure.message)
        }
        throw failure.storageError(in: "COMMIT")
    }

    func rollback() {
        if opening != nil { return opening = nil }
        if endedByFault || connection.isIdle { return }
        var steps = [Step.command("ROLLBACK")]
        if hasStaleStatements {
            statements.removeAll()
            steps.append(.command("DEALLOCATE ALL"))
        }
        if exchange(steps).failure != nil { endedByFault = true }
    }

    private func run(
        _ statement: Statement, _ known: StatementCache.Entry
    ) throws(StorageError) -> Answer {
        try statement.check(against: known.booleanParameters)
        let outcome = exchange([.execute(known.name, statement.parameters)])
        // "Cached plan must not change result type", and a statement that is not there any more.
        hasStaleStatements = ["0A000", "26000"].contains(outcome.failure?.sqlState)
        return try outcome.lastAnswer(of: statement)
    }

    private func prepareAndRun(_ statement: Statement) throws(StorageError) -> Answer {
        let name = statements.newName()
        let oldest = statements.removeOldestIfFull()
        var steps = oldest.map { [Step.command("DEALLOCATE \($0)")] } ?? []
        steps += [
            .prepare(name, statement.text), .describe(name), .execute(name, statement.parameters),
        ]
        let outcome = exchange(steps)
        hasStaleStatements = outcome.failure?.sqlState == "26000"
        // Though its run failed, the statement is there, and has to be known to go one day.
        if outcome.answers.count >= steps.count - 1 {
            let booleanParameters = outcome.answers[steps.count - 2].booleanParameters
            statements.add(statement.text, name: name, booleanParameters: booleanParameters)
            try statement.check(against: booleanParameters)
        }
        return try outcome.lastAnswer(of: statement)
    }

    private func checkTransactionIsOpen() throws(StorageError) {
        if !connection.isInTransaction {
            throw .statement(detail: "a statement ended the transaction that it was part of")
        }
    }

    /// Sends all steps, `BEGIN` before them where it is due, and then reads all answers.
    private func exchange(_ steps: [Step]) -> Outcome {
        let begin = opening.map { [Step.command($0)] } ?? []
        opening = nil
        let sent = begin + steps
        guard sent.allSatisfy({ $0.send(on: connection) }), connection.sendSync() else {
            return broken(oneLine(connection.errorMessage))
        }
        var outcome = Outcome()
        for _ in sent {
            guard let answer = connection.receive() else { return lost() }
            switch answer.status {
            case .done: outcome.answers.append(answer)
            case .skipped: break
            case .failed where outcome.failure == nil:
                let failure = ServerFailure(answer, connectionIsBroken: connection.isBroken)
                outcome.failure = failure
                if failure.endsConnection {
                    endedByFault = true
                    return outcome
                }
            case .failed, .pipelineSync: return broken("an answer out of turn")
            case .copy: return broken("COPY is not supported")
            }
        }
        guard connection.receive()?.status == .pipelineSync else { return lost() }
        outcome.answers.removeFirst(min(begin.count, outcome.answers.count))
        return outcome
    }

    /// Nothing more comes: libpq gives no answer without a server.
    private func lost() -> Outcome {
        endedByFault = true
        let message = oneLine(connection.errorMessage)
        return Outcome(
            failure: ServerFailure(connectionLost: message.isEmpty ? "no answer" : message))
    }

    /// As nobody knows what this connection would answer next, it goes.
    private func broken(_ fault: String) -> Outcome {
        if connection.isBroken { return lost() }
        endedByFault = true
        return Outcome(failure: ServerFailure(unusable: fault))
    }

    /// Runs a script within the transaction, if there is one; nil where all went well.
    private func runWhole(_ script: String) -> ServerFailure? {
        guard let answer = connection.runScript(script) else { return lost().failure }
        switch answer.status {
        case .done: return nil
        case .copy: return broken("COPY is not supported").failure
        case .failed, .skipped, .pipelineSync:
            let failure = ServerFailure(answer, connectionIsBroken: connection.isBroken)
            if failure.endsConnection { endedByFault = true }
            return failure
        }
    }
}

extension Session {
    /// What every session begins with, whatever the server's or the role's defaults are.
    private static func setUp(_ options: PostgresOptions) -> String {
        """
        SET TimeZone = 'UTC';
        SET DateStyle = 'ISO, YMD';
        SET standard_conforming_strings = on;
        SET bytea_output = 'hex';
        SET statement_timeout = '\(max(1, options.statementTimeoutSeconds))s';
        SET lock_timeout = '\(max(1, options.lockTimeoutSeconds))s';
        -- A client that vanished must not hold its locks for hours.
        SET tcp_keepalives_idle = 30;
        SET tcp_keepalives_interval = 10;
        SET tcp_keepalives_count = 3;
        -- What has been answered is on disk.
        SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
        """
    }

    /// A server without room tells that by its message alone, as libpq keeps the code to itself.
    private static func refusal(_ message: String) -> StorageError {
        let signs = ["too many clients", "too many connections", "remaining connection slots"]
        return signs.contains(where: message.contains)
            ? .busy(detail: message) : .unavailable(detail: message)
    }
}

/// What an exchange brought: the answers up to the first failure.
private struct Outcome {
    var answers: [Answer] = []
    var failure: ServerFailure?

    func lastAnswer(of statement: Statement) throws(StorageError) -> Answer {
        if let failure { throw failure.storageError(in: statement.shown) }
        guard let answer = answers.last else { throw .statement(detail: "no answer") }
        return answer
    }
}

/// A command of an exchange.
private enum Step {
    /// Text without parameters.
    case command(String)
    case statement(String, Parameters)
    case prepare(String, String)
    case describe(String)
    case execute(String, Parameters)

    /// False where libpq refuses it.
    func send(on connection: Connection) -> Bool {
        switch self {
        case .command(let text): connection.sendStatement(text, CStrings())
        case .statement(let text, let parameters):
            connection.sendStatement(text, parameters.strings)
        case .prepare(let name, let text): connection.sendPrepare(name, text)
        case .describe(let name): connection.sendDescribe(name)
        case .execute(let name, let parameters):
            connection.sendExecute(name, parameters.strings)
        }
    }
}
