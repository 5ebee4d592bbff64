import Ledger
import Records
import Services

extension Command {
    static let strategy = Command(
        "strategy", "Strategies: list them, add one, see or set its params, put it out of use",
        example: "/strategy add momo@2.0", isPrivateOnly: true,
        branches: [
            Branch("add", "NAME[@VERSION] [{…}]") { try await addStrategy($0, $1, $2) },
            Branch("list", mayBePressed: true) { request, _, caller in
                try await strategyList(request, caller)
            },
            Branch("activate", "NAME[@VERSION]", example: "/strategy activate momo@2.0") {
                try await useStrategy(true, $0, $1, $2)
            },
            Branch("deactivate", "NAME[@VERSION]", example: "/strategy deactivate momo") {
                try await useStrategy(false, $0, $1, $2)
            },
            Branch(
                "params", "NAME[@VERSION] [{…}]",
                example: "/strategy params momo {\"stop\":\"0.05\"}"
            ) { try await strategyParams($0, $1, $2) },
        ], show: { try await strategyList($0, $1) })

    private static func addStrategy(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (word, params) = arguments.firstAndRest
        guard !word.isEmpty else { throw CommandRefusal.misused("The strategy needs a name.") }
        guard let reference = StrategyReference(parsing: word) else {
            throw CommandRefusal.misused(
                "“\(word.shortened)” is no strategy, such as momo or momo@2.0.")
        }
        let strategy = try await request.services.strategies.add(
            reference, paramsJSON: params.isEmpty ? nil : params.text, for: caller,
            update: request.update)
        return screen("Strategy added", strategy)
    }

    private static func useStrategy(
        _ isActive: Bool, _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let reference = try await reference(request, arguments, caller)
        let strategy = try await request.services.strategies.setActive(
            isActive, reference, for: caller, update: request.update)
        var screen = screen(isActive ? "Strategy in use" : "Strategy out of use", strategy)
        if !isActive {
            screen.blocks.append(
                .note("Its silence is told to nobody any more; its fills are stored all the same."))
        }
        return screen
    }

    private static func strategyParams(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (word, params) = arguments.firstAndRest
        let reference = try await reference(
            request, Arguments(text: word, isFromButton: false), caller)
        guard params.isEmpty else {
            let strategy = try await request.services.strategies.setParams(
                params.text, of: reference, for: caller, update: request.update)
            return screen("Params set", strategy)
        }
        let all = try await request.services.strategies.all(for: caller)
        guard
            let strategy = all.first(where: {
                $0.name == reference.name && $0.version == reference.version
            })
        else {
            throw CommandRefusal.unknownName(word, kind: "strategy", known: all.map(\.reference))
        }
        return screen("Strategy \(strategy.reference)", strategy)
    }

    /// In any case; without a version, 1.0.
    private static func reference(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> StrategyReference {
        guard !arguments.isEmpty else { throw CommandRefusal.misused("Which strategy?") }
        let known = try await request.services.strategies.all(for: caller).map(\.reference)
        let typed = StrategyReference(parsing: arguments.text)?.description
        let name = typed.flatMap { Arguments(text: $0, isFromButton: false).pick(from: known) }
        guard let name, let reference = StrategyReference(parsing: name.text) else {
            throw CommandRefusal.unknownName(arguments.text, kind: "strategy", known: known)
        }
        return reference
    }

    private static func screen(_ title: String, _ strategy: Strategy) -> Screen {
        let params = Cell.code(strategy.paramsJSON.shortened(to: 2000))
        let isLong = strategy.paramsJSON.utf16.count > longestParamsLine
        let facts = [
            Fact("Strategy", .text(strategy.reference.text)),
            Fact("In use", strategy.isActive ? "yes" : "no"),
        ]
        return Screen(
            title: title,
            blocks: isLong
                ? [.facts(facts), .details(Details(summary: "Params", lines: [params]))]
                : [.facts(facts + [Fact("Params", params)])])
    }

    /// Longer ones are folded away.
    private static let longestParamsLine = 80
}
