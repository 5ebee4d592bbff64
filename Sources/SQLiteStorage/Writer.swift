import Storage

/// The one connection that writes. Bodies that wait at the same time share one commit, and with it
/// one wait for the disk.
struct Writer {
    private let connection: Connection
    private let queue: WorkQueue
    private let groupLimit: Int
    private let groupTime: Duration

    init(connection: Connection, queue: WorkQueue, options: SQLiteOptions) {
        self.connection = connection
        self.queue = queue
        groupLimit = max(1, options.groupLimit)
        groupTime = .milliseconds(options.groupTimeMilliseconds)
    }

    /// Works until the queue is closed and empty.
    func serve() {
        while let work = queue.take() {
            if queue.isEmpty {
                commitAlone(work)
            } else {
                commitTogether(work)
            }
        }
    }

    private func commitAlone(_ work: Work) {
        connection.runTransaction(work, begin: "BEGIN IMMEDIATE")
    }

    /// Runs `first` and as many of those that wait as time allows, each in a savepoint with its own
    /// outcome, and answers them all once they are durable. If SQLite rolls all of it back for one,
    /// that one gets the error, and the others are run again, each in a transaction of its own.
    private func commitTogether(_ first: Work) {
        do throws(StorageError) {
            try connection.control("BEGIN IMMEDIATE")
        } catch {
            // Whoever holds the lock has held it while all of these waited.
            first.fail(error)
            queue.takeAllWaiting().forEach { $0.fail(error) }
            return
        }
        let deadline = ContinuousClock.now + groupTime
        var settled: [Settled] = []
        var next: Work? = first
        while let work = next {
            let outcome = Result { try runInSavepoint(work) }
            guard connection.isInTransaction else {
                if case .failure(let error) = outcome {
                    work.fail(error)
                } else {
                    commitAlone(work)
                }
                return settled.forEach { commitAlone($0.work) }
            }
            settled.append(Settled(work: work, outcome: outcome))
            let mayGrow = settled.count < groupLimit && ContinuousClock.now < deadline
            next = mayGrow ? queue.takeWaiting() : nil
        }
        do throws(StorageError) {
            try connection.control("COMMIT")
        } catch {
            connection.rollBack()
            return settled.forEach { commitAlone($0.work) }
        }
        settled.forEach { $0.answer() }
    }

    private func runInSavepoint(_ work: Work) throws -> Work.Answer {
        try connection.control("SAVEPOINT work")
        do {
            let answer = try connection.run(work)
            try connection.control("RELEASE work")
            return answer
        } catch {
            if connection.isInTransaction {
                do throws(StorageError) {
                    try connection.control("ROLLBACK TO work")
                    try connection.control("RELEASE work")
                } catch {
                    // What this body did can't be told from the rest any more.
                    connection.rollBack()
                }
            }
            throw error
        }
    }
}

/// A body that has run. Its error too is told after the commit only, as it may come from what a
/// neighbour wrote.
private struct Settled {
    let work: Work
    let outcome: Result<Work.Answer, any Error>

    func answer() {
        switch outcome {
        case .success(let answer): answer()
        case .failure(let error): work.fail(error)
        }
    }
}

extension Connection {
    /// Runs one body in a transaction of its own and answers it.
    func runTransaction(_ work: Work, begin: String) {
        let answer: Work.Answer
        do {
            try control(begin)
            answer = try run(work)
            try control("COMMIT")
        } catch {
            rollBack()
            return work.fail(error)
        }
        answer()
    }

    /// Runs a body within the transaction that has begun.
    func run(_ work: Work) throws -> Work.Answer {
        let transaction = SQLiteTransaction(on: self)
        defer { transaction.end() }
        let answer = try work.run(transaction)
        try transaction.checkThatItMayCommit()
        return answer
    }
}
