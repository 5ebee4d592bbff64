import Ledger
import Records
import Services
import World

extension Command {
    static let policy = Command(
        "policy", "Risk policies: list, add, change, switch off and on, and try them on the past",
        example: "/policy add", isPrivateOnly: true,
        branches: [
            Branch(
                "add", "[NAME {…}] [portfolio NAME] [strategy NAME]",
                example: #"/policy add small orders {"rule":"max_order_notional","#
                    + #""action":"BLOCK","max_amount":"5000"} portfolio main"#,
                mayBePressed: true
            ) { try await addPolicy($0, $1, $2) },
            Branch("edit", "NAME [{…}]", example: "/policy edit daily", mayBePressed: true) {
                try await editPolicy($0, $1, $2)
            },
            Branch("off", "NAME", example: "/policy off daily", mayBePressed: true) {
                try await usePolicy(false, $0, $1, $2)
            },
            Branch("on", "NAME", example: "/policy on daily", mayBePressed: true) {
                try await usePolicy(true, $0, $1, $2)
            },
            Branch("show", "NAME", example: "/policy show daily", mayBePressed: true) {
                try await onePolicy($0, $1, $2)
            },
            Branch(
                "replay", "NAME [period]", example: "/policy replay daily 90d", mayBePressed: true
            ) { try await replayPolicy($0, $1, $2) },
            Branch("answer", "TEXT", example: "/policy answer 300", mayBePressed: true) {
                try await PolicyDialogue($0, $2).go(on: $1)
            },
            Branch("stop", mayBePressed: true) { request, rest, caller in
                try await PolicyDialogue(request, caller).stop(rest)
            },
        ], show: { try await policyList($0, $1) })

    private static func policyList(
        _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        let policies = try await request.services.risk.policies(for: caller)
        return try request.paged(
            "Risk policies",
            facts: [Fact("In force", "\(policies.count(where: \.isActive)) of \(policies.count)")],
            table: Table(
                columns: [.init("Policy"), .init("State"), .init("Holds for"), .init("Rule")],
                rows: policies.map { policy in
                    let words = PolicyWords(policy)
                    return [
                        .text(policy.name.text), .text(policy.isActive ? "in force" : "off"),
                        .text(words.scope), words.line,
                    ]
                }, whenEmpty: "No risk policies."),
            notes: [
                "\(code: "/policy add") asks for what a new one is to say.",
                "\(code: "/risk") shows how much of each limit is used.",
            ],
            links: { page throws(ScreenError) in
                var links: [Button] = []
                for policy in policies[page.rows] {
                    links.append(
                        try request.button(
                            policy.name.text, place: "",
                            arguments: "show \(NameDigest.of(policy.name))"))
                }
                return links.inRows(of: 3)
            },
            buttons: [[try request.button("Add", place: "", arguments: "add", style: .primary)]])
    }

    private static func onePolicy(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        try await request.policyScreen("Policy", try await request.policy(arguments, caller))
    }

    private static func usePolicy(
        _ isActive: Bool, _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let policy = try await request.policy(arguments, caller)
        return try await request.policyScreen(
            isActive ? "Policy in force" : "Policy switched off",
            try await request.services.risk.setActive(
                isActive, policy.name, for: caller, update: request.update))
    }

    private static func editPolicy(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (name, json, tail) = arguments.aroundObject
        let policy = try await request.policy(name, caller)
        guard let json else {
            return try await PolicyDialogue(request, caller).begin(PolicyDraft(changing: policy))
        }
        guard tail.isEmpty else {
            throw CommandRefusal.misused("Whom a policy holds for stays as it is.")
        }
        let changed = try await policyFaults {
            try await request.services.risk.change(
                policy.name, to: json, version: policy.version, for: caller,
                update: request.update)
        }
        return try await request.policyScreen("Policy changed", changed)
    }

    /// The last word, or the last few, may be a period; without one it is the last 90 days.
    private static func replayPolicy(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let today = request.services.work.world.now().day
        let names = try await request.services.risk.policies(for: caller).map(\.name)
        var named = arguments
        var spoken: SpokenPeriod?
        for (head, tail) in arguments.cuts where !head.isEmpty && head.pick(from: names) != nil {
            named = head
            if tail.isEmpty { break }
            guard let period = SpokenPeriod(tail.text, today: today) else {
                throw CommandRefusal.misused(
                    "“\(tail.text.shortened)” is no period such as \(SpokenPeriod.offered).")
            }
            spoken = period
            break
        }
        let policy = try await request.policy(named, caller)
        guard let spoken = spoken ?? SpokenPeriod("90d", today: today) else {
            throw CommandRefusal.misused("Over which period?")
        }
        let replay = try await request.services.risk.replay(
            policy.name, over: spoken.period, for: caller)
        let shown = PolicyReplayScreen(replay: replay, period: spoken.name)
        let digest = NameDigest.of(policy.name)
        return Screen(
            title: shown.title, blocks: shown.blocks,
            buttons: [
                try ["30d", "90d", "365d", "all"].map {
                    try request.button($0, place: "", arguments: "replay \(digest) \($0)")
                }, [try request.button("The policy", place: "", arguments: "show \(digest)")],
            ])
    }

    private static func addPolicy(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (name, json, tail) = arguments.aroundObject
        guard let json else {
            if arguments.isFromButton || arguments.isEmpty {
                return try await PolicyDialogue(request, caller).ruleChoice(arguments)
            }
            throw CommandRefusal.misused(
                "What the policy says is missing. \(code: "/policy add") alone asks for it.")
        }
        guard !name.isEmpty else { throw CommandRefusal.misused("The policy needs a name.") }
        let scope = try await PolicyScope(tail, request, caller)
        let added = try await policyFaults {
            try await request.services.risk.add(
                PolicyRequest(
                    name: name.text, portfolio: scope.portfolio, strategy: scope.strategy,
                    configJSON: json), for: caller, update: request.update)
        }
        return try await request.policyScreen("Policy added", added)
    }

    /// A fault in a configuration is told with its field.
    private static func policyFaults<Result>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as ServiceError where error.kind == .invalid {
            throw CommandRefusal.misused(.text(.sentence(about: error.field, error.detail)))
        }
    }
}

extension CommandRequest {
    /// The caller's policy of that name.
    func policy(_ name: Arguments, _ caller: Caller) async throws -> RiskPolicyRecord {
        let all = try await services.risk.policies(for: caller)
        guard !name.isEmpty else { throw CommandRefusal.misused("Which policy?") }
        guard let picked = name.pick(from: all.map(\.name)),
            let policy = all.first(where: { $0.name == picked })
        else {
            throw CommandRefusal.unknownName(name.text, kind: "policy", known: all.map(\.name))
        }
        return policy
    }

    /// What a policy says, with what can be done about it.
    func policyScreen(_ title: String, _ policy: RiskPolicyRecord) async throws -> Screen {
        let digest = NameDigest.of(policy.name)
        return Screen(
            title: "\(title): \(policy.name)",
            blocks: [.facts(PolicyWords(policy).facts)],
            buttons: [
                [
                    policy.isActive
                        ? try button(
                            "Switch off", place: "", arguments: "off \(digest)", style: .danger)
                        : try button(
                            "Put in force", place: "", arguments: "on \(digest)", style: .success),
                    try button("Change", place: "", arguments: "edit \(digest)"),
                ],
                [
                    try button(
                        "Try it on the last 90 days", place: "", arguments: "replay \(digest) 90d")
                ],
                [try button("All policies", place: "", arguments: "")],
            ])
    }
}

extension Arguments {
    /// A name, the JSON object behind it (nil where none begins), and what follows that.
    var aroundObject: (name: Arguments, json: String?, tail: Arguments) {
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(of: "{") else {
            return (self, nil, Arguments(text: "", isFromButton: isFromButton))
        }
        let end = scalars.lastIndex(of: "}").map(scalars.index(after:)) ?? scalars.endIndex
        func part(_ part: Substring.UnicodeScalarView) -> Arguments {
            Arguments(text: String(part).trimmingBlanks, isFromButton: isFromButton)
        }
        guard end > start else {
            return (part(scalars[..<start]), String(scalars[start...]), part(scalars[end..<end]))
        }
        return (
            part(scalars[..<start]), String(scalars[start..<end]), part(scalars[end...])
        )
    }
}
