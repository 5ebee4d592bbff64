import NIOConcurrencyHelpers
import Storage

/// A database that can be made to fail, or to keep its readers waiting.
final class FaultyDatabase: Database {
    private struct State {
        var fault: StorageError?
        var isForFillsOnly = false
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let real: any Database
    private let state = NIOLockedValueBox(State())

    init(_ real: any Database) { self.real = real }

    var dialect: Dialect { real.dialect }

    /// What every use ends in from now on, or every attempt to store fills; nil for none.
    func fail(with error: StorageError?, fillsOnly: Bool = false) {
        state.withLockedValue { state in
            state.fault = error
            state.isForFillsOnly = fillsOnly
        }
    }

    /// Whoever reads from now on waits for `release`.
    func hold() { state.withLockedValue { $0.isHeld = true } }

    func release() {
        let waiting = state.withLockedValue { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for reader in waiting { reader.resume() }
    }

    /// How many readers wait.
    var waitingReaders: Int { state.withLockedValue { $0.waiting.count } }

    func write<Result: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let fault = state.withLockedValue { state in
            state.isForFillsOnly && urgency != .bulk ? nil : state.fault
        }
        if let fault { throw fault }
        return try await real.write(urgency, body)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        await withCheckedContinuation { reader in
            let goesOn = state.withLockedValue { state in
                if state.isHeld { state.waiting.append(reader) }
                return !state.isHeld
            }
            if goesOn { reader.resume() }
        }
        if let fault = state.withLockedValue({ $0.isForFillsOnly ? nil : $0.fault }) {
            throw fault
        }
        return try await real.read(body)
    }

    func close() async { await real.close() }
}
