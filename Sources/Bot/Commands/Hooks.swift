import Ledger
import Records
import Services

extension Command {
    static let hooks = Command(
        "hooks", "Hooks that freqtrade and TradingView call: list, make and change them",
        example: "/hooks new swing tradingview", isPrivateOnly: true,
        branches: [
            Branch("new", "NAME freqtrade|tradingview [portfolio] [strategy]") {
                try await new($0, $1, $2)
            },
            Branch("template", "NAME [{…}|default]", example: "/hooks template swing") {
                try await template($0, $1, $2)
            },
            Branch("rest", "NAME BOT|none", example: "/hooks rest swing alpha") {
                try await pull($0, $1, $2)
            },
            Branch("on", "NAME", example: "/hooks on swing") { try await turn(true, $0, $1, $2) },
            Branch("off", "NAME", example: "/hooks off swing") {
                try await turn(false, $0, $1, $2)
            },
            Branch("renew", "NAME", example: "/hooks renew swing") { try await renew($0, $1, $2) },
        ], show: { try await list($0, $1) })

    private static func list(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let hooks = try await request.services.hooks.all(for: caller)
        return try request.paged(
            "Hooks",
            table: Table(
                columns: [
                    .init("Name"), .init("Called by"), .init("Portfolio"), .init("State"),
                    .init("Calls", .right), .init("Fills", .right), .init("Last call"),
                ],
                rows: hooks.map { hook in
                    [
                        .text(hook.name.text), .text(hook.kind.rawValue),
                        .text(hook.portfolioName.text), HookWords.state(hook), "\(hook.calls)",
                        "\(hook.fills)", hook.lastCalledAt.map(Cell.time) ?? "never",
                    ]
                }, whenEmpty: "No hooks."),
            notes: [
                "\(code: "/hooks new NAME tradingview") makes one, and says where to call it.",
                "\(code: "/quarantine") shows what came and is no trade yet.",
            ])
    }

    private static func new(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (name, afterName) = arguments.firstAndRest
        let (word, rest) = afterName.firstAndRest
        guard !name.isEmpty else { throw CommandRefusal.misused("The hook needs a name.") }
        guard let kind = HookRecord.Kind(rawValue: word.lowercased()) else {
            throw CommandRefusal.misused(
                "“\(word.shortened)” is neither freqtrade nor tradingview.")
        }
        let portfolios = try await request.services.portfolios.all(for: caller).map(\.name)
        var portfolio: ExactText?
        var strategy: StrategyReference?
        if !rest.isEmpty {
            // The longest beginning that names a portfolio; what is left is the strategy.
            let cut = rest.cuts.lazy.compactMap { head, tail -> (ExactText?, Arguments)? in
                if head.isEmpty { return (nil, tail) }
                return head.pick(from: portfolios).map { ($0, tail) }
            }.first
            portfolio = cut?.0
            let left = cut?.1 ?? rest
            if !left.isEmpty {
                strategy = StrategyReference(parsing: left.text)
                guard strategy != nil, left.words.count == 1 else {
                    throw CommandRefusal.unknownName(
                        left.text, kind: "portfolio", known: portfolios)
                }
            }
        }
        let made = try await request.services.hooks.create(
            name: name, kind: kind, portfolio: portfolio, strategy: strategy, for: caller,
            update: request.update)
        return HookWords.secret(made, title: "Your new hook \(made.hook.name)")
    }

    private static func template(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (word, text) = arguments.firstAndRest
        let name = try await hookName(
            request, Arguments(text: word, isFromButton: false), caller)
        if text.isEmpty {
            let hooks = try await request.services.hooks.all(for: caller)
            guard let hook = hooks.first(where: { $0.name == name }) else {
                throw CommandRefusal.unknownName(
                    word, kind: "hook", known: hooks.map(\.name))
            }
            return HookWords.template(hook)
        }
        let isStandard = text.text.lowercased() == "default"
        do {
            let hook = try await request.services.hooks.setTemplate(
                isStandard ? nil : text.text, of: name, for: caller, update: request.update)
            return HookWords.template(hook)
        } catch let error as ServiceError where error.code == "INVALID_TEMPLATE" {
            throw CommandRefusal(
                title: "That is no template", reason: .text(error.detail.asSentence),
                facts: error.field.map { [Fact("Where", .code($0))] } ?? [])
        }
    }

    private static func pull(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (word, bot) = arguments.firstAndRest
        let name = try await hookName(
            request, Arguments(text: word, isFromButton: false), caller)
        let known = request.services.hooks.bots(
            forTelegramUser: request.sender.telegramUserID)
        guard !bot.isEmpty else {
            throw CommandRefusal(
                title: "That was not understood",
                reason: "Which bot? An admin puts them into the file hooks.freqtrade_file.",
                facts: [
                    Fact(
                        "Yours", known.isEmpty ? "none" : .joined(known.map { .text($0.text) }))
                ], showsUsage: true)
        }
        let isNone = bot.text.lowercased() == "none"
        let chosen = isNone ? nil : bot.pick(from: known) ?? ExactText(bot.text)
        let hook = try await request.services.hooks.setBot(
            chosen, of: name, for: caller, update: request.update)
        return HookWords.changed(hook)
    }

    private static func turn(
        _ isOn: Bool, _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let hook = try await request.services.hooks.setActive(
            isOn, try await hookName(request, name, caller), for: caller, update: request.update)
        return HookWords.changed(hook)
    }

    private static func renew(
        _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let renewal = HookRenewal(try await hookName(request, name, caller))
        return try await request.proposal(
            of: .renewHook, renewal.json, to: caller,
            blocks: [
                .note("The address that it has now opens nothing any more, at once."),
                .note("Whoever calls it needs the new one, which is shown once."),
            ])
    }

    /// As it was typed where there is such a hook, or none that it could mean.
    private static func hookName(
        _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> ExactText {
        guard !name.isEmpty else { throw CommandRefusal.misused("Which hook?") }
        let names = try await request.services.hooks.all(for: caller).map(\.name)
        guard let meant = name.pick(from: names) else {
            throw CommandRefusal.unknownName(name.text, kind: "hook", known: names)
        }
        return meant
    }
}
