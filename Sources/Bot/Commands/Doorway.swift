import Records
import Services

/// What people hear who are not members, or have just become one.
enum Doorway {
    static let stranger = Screen(
        title: "You are not a member yet",
        blocks: [.note("This is a trading group's ledger. Send /start to ask to come in.")])

    static let asked = Screen(
        title: "Your request is on its way",
        blocks: [.note("An admin decides whether you come in. You will hear of it here.")])

    static let waiting = Screen(
        title: "Your request is waiting",
        blocks: [
            .note("An admin has not decided yet. You will hear of it here; no need to ask again.")
        ])

    static let rejected = Screen(
        title: "Your request was declined",
        blocks: [.note("An admin decided so. Talk to one of them if that is a mistake.")])

    static let deactivated = Screen(
        title: "Your membership has ended",
        blocks: [.note("An admin closed your access. What you recorded is kept.")])

    static let full = Screen(
        title: "The group takes no more requests",
        blocks: [
            .note("As many people wait already as the group may have members."),
            .note("Try again later, or talk to an admin."),
        ])

    static func welcome(_ user: User) -> Screen {
        Screen(
            title: "Welcome, \(user.shownName)",
            blocks: [
                .note("You are a member of this ledger\(user.isAdmin ? ", and an admin" : "")."),
                .note("Send /positions or /pnl for your figures, /help for all commands."),
            ])
    }

    static let letIn = Screen(
        title: "You are in",
        blocks: [
            .note("An admin approved you. You have a paper account and the portfolio main."),
            .note("Send /help for what this bot can do, /token to let a program post fills."),
        ])

    /// What the one hears whom an admin's decision is about.
    static func changed(_ change: MembershipChange) -> Screen {
        switch change {
        case .deactivate: deactivated
        case .activate:
            Screen(
                title: "You are a member again",
                blocks: [
                    .note("An admin let you in again. What you recorded is as you left it."),
                    .note(
                        """
                        Your API tokens were revoked and your hooks turned off: see \
                        \(code: "/token") and \(code: "/hooks").
                        """),
                ])
        case .promote:
            Screen(
                title: "You are an admin now",
                blocks: [.note("Send /help for what admins can do.")])
        case .demote:
            Screen(
                title: "You are no admin any more",
                blocks: [.note("An admin decided so. You stay a member.")])
        }
    }

    /// What answers anything but /start.
    static func screen(for user: User?) -> Screen {
        switch user?.state {
        case .none: stranger
        case .pending: waiting
        case .rejected: rejected
        case .deactivated: deactivated
        case .approved: letIn
        }
    }
}

extension User {
    /// `@ada`, or `user 1001` where Telegram knows no name.
    var shownName: String { username.map { "@\($0)" } ?? "user \(telegramUserID)" }
}
