import Ledger
import Records
import World

/// Small requests that come while another one of the same sender is being stored wait for it, and
/// are stored together then: one unit of work, and one wait for the disk, serves them all.
///
/// Each gets the answer that it would have got had they come one after another.
final class SharedIngest: Sendable {
    /// Requests with more fills gain nothing from company.
    private static let requestLimit = 100
    /// Fills of one shared unit of work.
    private static let unitLimit = 1000

    /// What requests have to agree in to be one.
    private struct Key: Hashable {
        let authority: Authority
        let source: TradeSource
        let portfolio: ExactText?
        let strategy: StrategyChoice
    }

    private struct Waiting: Sendable {
        let request: IngestRequest
        let turn: CheckedContinuation<Turn, Never>
    }

    private enum Turn: Sendable {
        /// Nobody was being served.
        case first
        /// It falls to this one to store its own and these.
        case lead([Waiting])
        case served(Result<IngestReport, any Error>)
    }

    /// Who waits, by key; there is none where nobody is being served.
    private let lanes = Lock<[Key: [Waiting]]>([:])

    func run(
        _ request: IngestRequest, as authority: Authority,
        _ store: (IngestRequest) async throws -> IngestReport
    ) async throws -> IngestReport {
        guard !request.isAtomic, !request.isDryRun,
            request.fills.count <= SharedIngest.requestLimit
        else { return try await store(request) }
        let key = Key(
            authority: authority, source: request.source, portfolio: request.portfolio,
            strategy: request.strategy)
        switch await turn(for: request, key) {
        case .first:
            defer { handOver(key) }
            return try await store(request)
        case .lead(let others):
            defer { handOver(key) }
            return try await storeTogether(request, others, store)
        case .served(let result):
            return try result.get()
        }
    }

    private func turn(for request: IngestRequest, _ key: Key) async -> Turn {
        await withCheckedContinuation { turn in
            let isFirst = lanes.withLock { lanes in
                guard lanes[key] != nil else {
                    lanes[key] = []
                    return true
                }
                lanes[key]?.append(Waiting(request: request, turn: turn))
                return false
            }
            if isFirst { turn.resume(returning: .first) }
        }
    }

    private func storeTogether(
        _ own: IngestRequest, _ others: [Waiting],
        _ store: (IngestRequest) async throws -> IngestReport
    ) async throws -> IngestReport {
        var shared = own
        for other in others { shared.fills += other.request.fills }
        do {
            let report = try await store(shared)
            var rest = report.outcomes[...]
            func next(_ count: Int) -> IngestReport {
                defer { rest = rest.dropFirst(count) }
                return IngestReport(outcomes: Array(rest.prefix(count)), isStored: report.isStored)
            }
            let first = next(own.fills.count)
            for other in others {
                other.turn.resume(
                    returning: .served(.success(next(other.request.fills.count))))
            }
            return first
        } catch {
            for other in others { other.turn.resume(returning: .served(.failure(error))) }
            throw error
        }
    }

    /// The first of those that have come meanwhile takes over, with as many as fit.
    private func handOver(_ key: Key) {
        let next: ArraySlice<Waiting> = lanes.withLock { lanes in
            guard let waiting = lanes[key], !waiting.isEmpty else {
                lanes[key] = nil
                return []
            }
            var fills = 0
            let fitting = waiting.prefix { waiting in
                fills += waiting.request.fills.count
                return fills <= SharedIngest.unitLimit
            }
            lanes[key]?.removeFirst(fitting.count)
            return fitting
        }
        next.first?.turn.resume(returning: .lead(Array(next.dropFirst())))
    }
}
