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
        if case .already(let user) = decision { return try await already(user) }
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
        guard user.state == .pending else { return try await already(user) }
        return try await decide(answer, on: telegramUserID, by: admin, named: name, update: update)
    }

    /// Decided before: by whom stands in the audit log.
    private func already(_ user: User) async throws -> Outcome {
        let admin: String? =
            switch try await services.users.decider(about: user) {
            case .admin(let admin): admin.shownName
            case .owner: "the owner, at the command line"
            case nil: nil
            }
        return Outcome(decision: .already(user), admin: admin)
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
