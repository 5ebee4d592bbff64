import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

// Who comes in, what they may do, and what an admin sees of them.
extension Chapter {
    static let doorway = Chapter("doorway") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        await stage.title("A stranger says anything")
        try await stage.says(.zoe, "/positions")
        try await stage.says(.zoe, "hello")
        await stage.title("A stranger in a group is not answered")
        try await stage.says(.zoe, "/start", inGroup: true)
        try await stage.says(.zoe, "/start")
        try await stage.says(.zoe, "/start")
        await stage.title("One who waits says anything else")
        try await stage.says(.zoe, "/help")
        await stage.title("The admin is told")
        try await stage.lastNotice(.approvalRequest, to: .boss)
        let approve = try await stage.button("Approve", of: .boss)
        try await stage.presses(.boss, "Approve")
        await stage.title("Pressed again")
        try await stage.presses(.boss, approve, "[Approve] once more")
        await stage.title("The member is told")
        try await stage.lastNotice(.approved, to: .zoe)
        await stage.title("Pressed by one who is no admin")
        try await stage.presses(.zoe, approve, "[Approve] of @boss's")
        try await stage.says(.zoe, "/start")
        try await stage.says(.boss, "/start")
        try await stage.says(.zoe, "hello")

        await stage.title("One without a username asks, and is declined")
        try await stage.says(.nameless, "/start")
        try await stage.lastNotice(.approvalRequest, to: .boss)
        try await stage.presses(.boss, "Reject")
        try await stage.lastNotice(.rejected, to: .nameless)
        try await stage.says(.nameless, "/start")
        try await stage.says(.nameless, "/positions")

        await stage.title("A membership that has ended")
        try await stage.backstage {
            try await stage.says(.boss, "/deactivate @zoe")
            try await stage.presses(.boss, "Confirm")
        }
        try await stage.says(.zoe, "/start")
        try await stage.says(.zoe, "/positions")

        await stage.title("As many wait as the group may have members")
        try await stage.backstage {
            for id in 0..<Int64(50) {
                try await stage.says(Player(id: 5000 + id, username: nil), "/start")
            }
        }
        try await stage.says(.bob, "/start")
    }

    static let help = Chapter("help") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/help")
        try await stage.says(.boss, "/help")
        await stage.title("Each command's manual")
        for command in Commands.all { try await stage.says(.boss, "/help \(command.name)") }
        try await stage.says(.ada, "/help approve")
        try await stage.says(.ada, "/help nonsense")
    }

    static let members = Chapter("members") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        await stage.title("Nobody else is there")
        try await stage.says(.boss, "/users")
        try await stage.enroll(.ada)
        try await stage.enroll(.bob)
        try await stage.says(.zoe, "/start")
        await stage.advance(minutes: 5)
        try await stage.says(.nameless, "/start")
        await stage.title("Two wait")
        try await stage.says(.boss, "/users")
        try await stage.says(.boss, "/approve @Zoe")
        try await stage.says(.boss, "/approve zoe")
        try await stage.says(.boss, "/reject 1004")
        try await stage.says(.boss, "/reject 1004")
        try await stage.says(.boss, "/reject @ada")
        try await stage.says(.boss, "/approve")
        try await stage.says(.boss, "/approve @nobody")
        await stage.title("Nobody waits")
        try await stage.says(.boss, "/users")

        for command in ["deactivate", "activate", "promote", "demote"] {
            try await stage.says(.boss, "/\(command) @ada")
            try await stage.presses(.boss, "Confirm")
            try await stage.lastNotice(.membership, to: .ada)
            try await stage.says(.boss, "/\(command) @ada")
        }
        await stage.title("One who is no member")
        try await stage.says(.boss, "/promote 1004")
        await stage.title("The last admin")
        try await stage.says(.boss, "/demote @boss")
        try await stage.says(.boss, "/deactivate")
        try await stage.says(.ada, "/deactivate @boss")

        await stage.title("Many users: the first page, and the next")
        try await stage.backstage {
            for id in 0..<Int64(45) {
                try await stage.says(
                    Player(id: 5_000_000_000 + id, username: "newcomer_number_\(id)"), "/start")
            }
        }
        try await stage.says(.boss, "/users")
        try await stage.presses(.boss, "2 ›")
        try await stage.presses(.boss, "‹ 1")
    }

    static let leaving = Chapter("leaving") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        try await stage.enroll(.ada)
        try await stage.says(.boss, "/deleteme")
        try await stage.says(.ada, "/deleteme now")
        try await stage.says(.ada, "/deleteme anonymise")
        try await stage.says(.ada, "/deleteme")
        try await stage.presses(.ada, "Confirm")
        await stage.title("The admin is asked")
        try await stage.lastNotice(.erasureRequest, to: .boss)
        try await stage.presses(.boss, "Confirm")
        await stage.title("The one who left is a stranger")
        try await stage.says(.ada, "/positions")
    }
}
