import Ledger
import Records
import Services

extension Command {
    static let strategies = Command(
        "strategies", "Your strategies, their runs and when they last gave a sign of life",
        body: .approved { request, caller in try await strategyList(request, caller) })

    /// Shared with /strategy.
    static func strategyList(
        _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        let strategies = try await request.services.strategies.all(for: caller)
        let runs = try await request.services.strategyRuns.all(
            limit: StrategyRows.runsShown, for: caller)
        let notes: [Cell] =
            (runs.count == StrategyRows.runsShown
                ? ["Of the runs, the \(runs.count) that beat last are listed."] : [])
            + ["\(code: "/strategy params NAME") shows what one runs with."]
        return try request.paged(
            "Strategies",
            table: Table(
                columns: [
                    .init("Strategy"), .init("Version"), .init("Active", .center),
                    .init("Run"), .init("State"), .init("Last beat"),
                ], rows: StrategyRows.rows(of: strategies, runs),
                whenEmpty: "No strategies; one is added by its first fill or heartbeat."),
            notes: notes)
    }
}

/// A row for each strategy and each of its runs.
private enum StrategyRows {
    static let runsShown = 500

    static func rows(of strategies: [Strategy], _ runs: [StrategyRun]) -> [[Cell]] {
        let runs = Dictionary(grouping: runs, by: \.strategyID)
        return strategies.flatMap { strategy in
            let name: [Cell] = [
                .text(strategy.name.text), .text(strategy.version.text),
                strategy.isActive ? "✓" : "",
            ]
            guard let runs = runs[strategy.id] else { return [name] }
            return runs.enumerated().map { number, run in
                (number == 0 ? name : ["", "", ""]) + [
                    run.runID.map { .text($0.text) } ?? "–", .text(run.state),
                    .time(run.pulse.lastBeatAt),
                ]
            }
        }
    }
}

extension StrategyRun {
    /// What it says of itself, unless it says nothing any more.
    fileprivate var state: String {
        pulse.silentSince == nil ? pulse.status.rawValue : "SILENT"
    }
}
