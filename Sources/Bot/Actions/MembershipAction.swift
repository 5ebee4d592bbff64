import Records
import Services
import Wire

extension ActionKind {
    /// A change of somebody's standing in the group.
    static let membership = ActionKind(
        name: "membership",
        title: { MembershipProposal($0)?.title ?? "change a membership" },
        perform: { action, services, caller in
            let admin = try caller.stillAdministrator()
            guard let proposal = MembershipProposal(action) else {
                throw ServiceError.foreignAction
            }
            let outcome = try await services.users.change(
                proposal.change, proposal.telegramUserID, by: admin)
            return MembershipProposal.json(outcome)
        },
        facts: { action, resultJSON in
            MembershipProposal(action)?.facts(ofResult: resultJSON) ?? []
        })
}

/// What is to change, and for whom.
struct MembershipProposal: Sendable {
    let change: MembershipChange
    let telegramUserID: Int64
    let name: String
    /// Whether a demotion lasts until the next start alone: the configuration makes them an admin.
    let isAppointed: Bool

    init(_ change: MembershipChange, of user: User, isAppointed: Bool) {
        self.change = change
        self.isAppointed = isAppointed
        telegramUserID = user.telegramUserID
        name = user.shownName
    }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let change = content["change"]?.string.flatMap(MembershipChange.init(rawValue:)),
            let id = content["telegram_user_id"]?.string.flatMap({ Int64($0) }),
            let name = content["name"]?.string
        else { return nil }
        self.change = change
        telegramUserID = id
        self.name = name
        isAppointed = content["appointed"]?.bool ?? false
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("change", change.rawValue)
            content.write("telegram_user_id", String(telegramUserID))
            content.write("name", name)
            content.write("appointed", isAppointed)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var title: String { "\(change.rawValue) \(name)" }

    /// What it means, for the one who is to confirm it.
    var consequences: [Block] {
        let notes: [Cell] =
            switch change {
            case .deactivate:
                [
                    """
                    Their membership ends at once: API tokens are revoked, hooks turned off, and a \
                    program that is posting fills is cut off.
                    """,
                    "What they recorded is kept. \(code: "/activate") lets them in again.",
                ]
            case .activate:
                ["They are a member again. Their tokens stay revoked, their hooks off."]
            case .promote:
                ["An admin decides who comes in, sees all accounts and the audit log."]
            case .demote:
                [
                    "They stay a member, and can decide nothing about others any more."
                ] + (isAppointed ? [Self.appointedNote] : [])
            }
        return notes.map(Block.note)
    }

    private static let appointedNote: Cell = """
        telegram.admin_user_ids names them: they are an admin again when the service starts. Take \
        them out there as well, or it does not last.
        """

    static func json(_ outcome: MembershipOutcome) -> String {
        let bytes = JSONWriter.object { result in
            result.write("changed", outcome.isChanged)
            result.write("tokens", outcome.tokens)
            result.write("hooks", outcome.hooks)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func facts(ofResult json: String) -> [Fact] {
        let result = try? JSONValue(parsing: json)
        var facts = [Fact("User", .text(name)), Fact("Now", .text(change.standing))]
        if change == .demote, isAppointed {
            facts.append(Fact("Until", "the next start: telegram.admin_user_ids names them"))
        }
        guard change == .deactivate, result?["changed"]?.bool == true else { return facts }
        for (key, label) in [("tokens", "Tokens revoked"), ("hooks", "Hooks turned off")] {
            facts.append(Fact(label, "\(result?[key]?.integer ?? 0)"))
        }
        return facts
    }
}

extension MembershipChange {
    /// How one stands for whom there is nothing (more) to change.
    var standing: String {
        switch self {
        case .deactivate: "deactivated"
        case .activate: "a member"
        case .promote: "an admin"
        case .demote: "a member, no admin"
        }
    }
}

extension MembershipProposal {
    /// What /deactivate, /activate, /promote and /demote answer.
    static func propose(
        _ change: MembershipChange, _ request: CommandRequest, _ admin: Administrator
    ) async throws -> Screen {
        let users = try await request.services.users.all(for: admin)
        let user = try NamedUser(
            verb: change.rawValue, candidates: (change.label, users.filter(change.mayBeMeant))
        ).find(request.arguments.isFromButton ? "" : request.arguments.text, among: users)
        let outcome = try await request.services.users.rehearse(
            change, user.telegramUserID, by: admin)
        guard outcome.isChanged else {
            return Screen(
                title: "\(user.shownName) is \(change.standingBefore)",
                blocks: [.note("There is nothing to change.")])
        }
        let proposal = MembershipProposal(
            change, of: user,
            isAppointed: request.services.users.appointedAdmins.contains(user.telegramUserID))
        return try await request.proposal(
            of: .membership, proposal.json, to: try request.adminCaller(),
            blocks: [
                .facts([
                    Fact("User", .text(user.shownName)),
                    Fact("Telegram id", "\(user.telegramUserID)"),
                    Fact("Now", .text(user.isAdmin ? "\(user.state), admin" : "\(user.state)")),
                ])
            ] + proposal.consequences)
    }
}

extension MembershipChange {
    fileprivate var label: String { self == .activate ? "Deactivated" : "Members" }

    /// How one stands already for whom there is nothing to change.
    fileprivate var standingBefore: String {
        self == .demote ? "no admin" : "\(standing) already"
    }

    fileprivate func mayBeMeant(_ user: User) -> Bool {
        switch self {
        case .activate: user.state == .deactivated
        case .deactivate: user.state == .approved
        case .promote: user.state == .approved && !user.isAdmin
        case .demote: user.state == .approved && user.isAdmin
        }
    }
}
