import Ledger
import Records
import Storage
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
        /// It stores its own, without company.
        case alone
        case served(Result<IngestReport, any Error>)
    }

    /// Who waits, by key; there is none where nobody is being served.
    private let lanes = Lock<[Key: [Waiting]]>([:])

    func run(
        _ request: IngestRequest, as authority: Authority,
        _ store: (IngestRequest) async throws -> IngestReport
    ) async throws -> IngestReport {
        guard request.fills.count <= SharedIngest.requestLimit, request.mayBeShared else {
            return try await store(request)
        }
        let key = Key(authority: authority, source: request.source)
        switch await turn(for: request, key) {
        case .first:
            defer { handOver(key) }
            return try await store(request)
        case .lead(let others):
            defer { handOver(key) }
            return try await storeTogether(request, others, store)
        case .alone: return try await store(request)
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
        let requests = [own] + others.map(\.request)
        let shared = IngestRequest(
            fills: requests.flatMap(\.selfContainedFills), source: own.source)
        let outcomes: Result<[FillOutcome], any Error>
        do {
            outcomes = .success(try await store(shared).outcomes)
        } catch {
            outcomes = .failure(error)
        }
        var rest = try? outcomes.get()[...]
        let turns = requests.map { request in
            if case .failure(let error) = outcomes, error.passes {
                return Turn.served(.failure(error))
            }
            // What one of them does to the database may not fail the others.
            guard let found = rest?.prefix(request.fills.count) else { return .alone }
            rest = rest?.dropFirst(found.count)
            let report = IngestReport(outcomes: Array(found), isStored: true)
            return request.mayHaveBeenRefused(report) ? .alone : .served(.success(report))
        }
        for (other, turn) in zip(others, turns.dropFirst()) { other.turn.resume(returning: turn) }
        guard case .served(let result) = turns[0] else { return try await store(own) }
        return try result.get()
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

extension IngestRequest {
    private var namesPlace: Bool { portfolio != nil || strategy != .leftOut }

    /// Whether its fills may stand among those of others. What it names for all of them has to hold
    /// for all of them: then it is refused as a whole or not at all.
    fileprivate var mayBeShared: Bool {
        guard !isAtomic, !isDryRun else { return false }
        guard namesPlace else { return true }
        // What is refused as a whole shows in a fill; so there has to be one.
        let reports = fills.compactMap { try? $0.get() }
        return !reports.isEmpty
            && reports.allSatisfy { $0.portfolio == nil && $0.strategy == .leftOut }
    }

    /// Its fills with what the request says of all of them.
    fileprivate var selfContainedFills: [Result<FillReport, FillRefusal>] {
        guard namesPlace else { return fills }
        return fills.map { fill in
            fill.map { report in
                var report = report
                report.portfolio = portfolio
                report.strategy = strategy
                return report
            }
        }
    }

    /// Whether what it names for all of its fills may be unknown or forbidden.
    fileprivate func mayHaveBeenRefused(_ report: IngestReport) -> Bool {
        namesPlace
            && report.outcomes.contains { outcome in
                guard case .rejected(let refusal) = outcome else { return false }
                switch refusal.code {
                case .unknownPortfolio, .forbiddenPortfolio, .forbiddenStrategy: return true
                default: return false
                }
            }
    }
}

extension Error {
    /// Whether it has nothing to do with what was to be stored.
    fileprivate var passes: Bool {
        switch self {
        case let error as StorageError: error.isOutage
        case is CancellationError: true
        default: false
        }
    }
}
