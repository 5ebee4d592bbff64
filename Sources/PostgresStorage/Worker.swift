import Storage

/// One thread of the pool with its connection: runs one unit of work after the other, each as often
/// as it takes.
final class Worker {
    private let pool: Pool
    private let url: ConnectionURL
    private let options: PostgresOptions
    private var session: Session?

    init(pool: Pool, url: ConnectionURL, options: PostgresOptions) {
        self.pool = pool
        self.url = url
        self.options = options
    }

    /// Returns when the pool has closed, or has no use for this thread.
    func serve() {
        var last: UnitOfWork?
        var answer: UnitOfWork.Answer = {}
        while let work = pool.next(after: last, delivering: answer), let next = perform(work) {
            last = work
            answer = next
        }
        dropSession()
    }

    /// What to tell the caller; nil where the work went back to the pool and this thread has to
    /// end.
    private func perform(_ work: UnitOfWork) -> UnitOfWork.Answer? {
        var repetitions = 0
        while true {
            let session: Session
            do {
                session = try readySession()
            } catch {
                if pool.takesBack(work) { return nil }
                pool.failWaiting(error)
                return { work.fail(error) }
            }
            let attempt = attempt(work, on: session)
            if session.isSpent { dropSession() }
            switch attempt {
            case .done(let answer):
                return answer
            case .undone(let error, let isRepeatable):
                guard isRepeatable, repetitions < options.retryLimit else {
                    return { work.fail(error) }
                }
                repetitions += 1
                Thread.pause(milliseconds: min(1 << repetitions, 100))
            }
        }
    }

    private enum Attempt {
        case done(UnitOfWork.Answer)
        case undone(any Error, isRepeatable: Bool)
    }

    private func attempt(_ work: UnitOfWork, on session: Session) -> Attempt {
        session.begin(readOnly: work.isReadOnly)
        let transaction = PostgresTransaction(on: session, options: options)
        do {
            let answer = try work.run(transaction)
            if let failure = transaction.failure { throw failure }
            transaction.end()
            try session.commit()
            return .done(answer)
        } catch {
            // The body may have wrapped or replaced the error that tells what to do.
            let cause = transaction.hasEnded ? error as? StorageError : transaction.failure
            transaction.end()
            session.rollback()
            let isRepeatable =
                switch cause {
                case .serialization, .connectionLost: true
                default: session.hasStaleStatements
                }
            return .undone(error, isRepeatable: isRepeatable)
        }
    }

    private func readySession() throws(StorageError) -> Session {
        if let session, !session.hasBeenHungUp() { return session }
        dropSession()
        let opened = try Session(url: url, options: options)
        pool.connectionOpened()
        session = opened
        return opened
    }

    private func dropSession() {
        if session != nil { pool.connectionClosed() }
        session = nil
    }
}
