import Records
import Services

/// An admin's answer to somebody who asks to come in.
struct Approval: Sendable {
    enum Answer: String, Sendable { case approve, reject }

    /// What is the case now, and who brought it about, where that is known.
    struct Outcome: Sendable, Hashable {
        let decision: UserService.Decision
        let admin: String?
    }

    let services: Services
    private let recent = RecentDecisions()

    init(services: Services) { self.services = services }

    /// Throws `ServiceError`, `IncomingUpdate.AlreadySeen` or what storage throws.
    func decide(
        _ answer: Answer, on telegramUserID: Int64, by admin: Administrator, named name: String,
        update: IncomingUpdate?
    ) async throws -> Outcome {
        let decision =
            switch answer {
            case .approve:
                try await services.users.approve(telegramUserID, by: admin, update: update)
            case .reject:
                try await services.users.reject(telegramUserID, by: admin, update: update)
            }
        if case .already(let user) = decision { return await already(user) }
        await recent.note(telegramUserID, by: name)
        return Outcome(decision: decision, admin: name)
    }

    /// For a button, which may be old: it decides about one who waits, and never turns round what
    /// was decided before. `/approve` does that.
    func press(
        _ answer: Answer, on telegramUserID: Int64, by admin: Administrator, named name: String,
        update: IncomingUpdate?
    ) async throws -> Outcome {
        guard let user = try await services.users.user(telegramUserID: telegramUserID) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_USER", field: "user",
                detail: "nobody with the Telegram id \(telegramUserID) has asked to come in")
        }
        guard user.state == .pending else { return await already(user) }
        return try await decide(answer, on: telegramUserID, by: admin, named: name, update: update)
    }

    private func already(_ user: User) async -> Outcome {
        Outcome(
            decision: .already(user),
            admin: await recent.admin(whoDecidedAbout: user.telegramUserID))
    }
}

extension Approval.Outcome {
    /// One line, for the one who pressed.
    var sentence: String {
        switch decision {
        case .approved(let user): "\(user.shownName) is approved."
        case .rejected(let user): "\(user.shownName) is declined."
        case .already(let user): "\(user.shownName) \(user.decidedBefore)."
        }
    }

    /// In place of the request.
    var screen: Screen {
        let user = decision.user
        let title =
            switch decision {
            case .approved: "Approved: \(user.shownName)"
            case .rejected: "Declined: \(user.shownName)"
            case .already: "\(user.shownName) \(user.decidedBefore)"
            }
        var facts = [
            Fact("Name", .text(user.shownName)), Fact("Telegram id", "\(user.telegramUserID)"),
        ]
        if let admin { facts.append(Fact("Decided by", .text(admin))) }
        return Screen(title: title, blocks: [.facts(facts)])
    }
}

extension UserService.Decision {
    fileprivate var user: User {
        switch self {
        case .approved(let user), .rejected(let user), .already(let user): user
        }
    }
}

extension User {
    fileprivate var decidedBefore: String {
        switch state {
        case .approved: "was already approved"
        case .rejected: "was already declined"
        case .deactivated: "was a member before and is deactivated"
        case .pending: "still waits"
        }
    }
}

/// Who decided about whom since the start, so that a second press can say so; forgets the oldest.
private actor RecentDecisions {
    private var names: [Int64: String] = [:]
    private var order: [Int64] = []
    private static let limit = 200

    func note(_ telegramUserID: Int64, by admin: String) {
        if names.updateValue(admin, forKey: telegramUserID) == nil { order.append(telegramUserID) }
        if order.count > Self.limit { names[order.removeFirst()] = nil }
    }

    func admin(whoDecidedAbout telegramUserID: Int64) -> String? { names[telegramUserID] }
}
