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

    /// Runs `first` and as many of those that wait as time allows, and answers them all once they
    /// are durable. One that throws after it has written spoils the group: what the others wrote
    /// can't be told from its own then, and all are run again apart from each other.
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
            let changesBefore = connection.totalChanges
            let outcome = Result { try connection.run(work) }
            settled.append(Settled(work: work, outcome: outcome))
            if case .failure = outcome,
                !connection.isInTransaction || connection.totalChanges != changesBefore
            {
                connection.rollBack()
                return commitApart(settled.map(\.work))
            }
            let mayGrow = settled.count < groupLimit && ContinuousClock.now < deadline
            next = mayGrow ? queue.takeWaiting() : nil
        }
        commit(settled)
    }

    /// Runs bodies in one transaction, each in a savepoint with its own outcome, which costs more
    /// the more each writes. If SQLite rolls all of it back for one, that one gets the error, and
    /// the others are run again, each in a transaction of its own.
    private func commitApart(_ works: [Work]) {
        do throws(StorageError) {
            try connection.control("BEGIN IMMEDIATE")
        } catch {
            return works.forEach { $0.fail(error) }
        }
        var settled: [Settled] = []
        for (index, work) in works.enumerated() {
            let outcome = Result { try runInSavepoint(work) }
            guard connection.isInTransaction else {
                if case .failure(let error) = outcome {
                    work.fail(error)
                } else {
                    commitAlone(work)
                }
                return (settled.map(\.work) + works[(index + 1)...]).forEach(commitAlone)
            }
            settled.append(Settled(work: work, outcome: outcome))
        }
        commit(settled)
    }

    private func commit(_ settled: [Settled]) {
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
