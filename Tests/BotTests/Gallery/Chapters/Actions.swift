import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// How one kind of action comes to be offered: played as often as it takes, it ends with the
/// proposal on the screen of the one who is to decide.
struct ActionScene: Sendable {
    var decider = Player.ada
    let offer: @Sendable (Stage) async throws -> Void

    /// Lets a position be open.
    private static func hold(_ stage: Stage) async throws {
        try await stage.backstage {
            if try await stage.world.count(of: "positions", where: "quantity <> '0'") == 0 {
                try await stage.post([
                    fill("held", "BUY", "2", at: "10", time: "2026-02-19T10:00:00Z")
                ])
            }
        }
    }

    /// By the kind's name. A kind without a scene fails the gallery.
    static let all: [String: ActionScene] = [
        "trade": ActionScene {
            try await $0.says(.ada, "/trade buy 10 AAPL 182.5 type EQUITY currency USD")
        },
        "order": ActionScene {
            try await $0.says(.ada, "/buy 10 AAPL limit 180 type EQUITY currency USD")
        },
        "cancel": ActionScene { stage in
            let uid = try await stage.workingOrder()
            try await stage.says(.ada, "/cancel \(uid)")
        },
        "replace": ActionScene { stage in
            let uid = try await stage.workingOrder()
            try await stage.says(.ada, "/replace \(uid) qty 12 limit 181")
        },
        "close": ActionScene { stage in
            try await hold(stage)
            try await stage.says(.ada, "/close all")
        },
        "exits": ActionScene { stage in
            // One that no other scene closes.
            try await stage.backstage {
                if try await stage.world.count(of: "strategies", where: "name = 'kept'") == 0 {
                    try await stage.post([
                        fill(
                            "kept", "BUY", "2", at: "10", time: "2026-02-19T10:00:00Z",
                            strategy: "kept@1.0")
                    ])
                }
            }
            try await stage.says(.ada, "/sl 5 btcusdt main kept")
        },
        "quarantine": ActionScene { stage in
            try await stage.backstage {
                if try await stage.world.count(of: "hooks") == 0 {
                    try await stage.call(try await stage.makeHook("swing"), "nonsense")
                }
            }
            try await stage.says(.ada, "/quarantine discard all")
        },
        "import": ActionScene { try await $0.sends(.ada, "fills.csv", Array(Chapter.csv.utf8)) },
        "token": ActionScene { stage in
            try await stage.backstage {
                if try await stage.world.count(of: "api_tokens") == 0 {
                    try await stage.says(.ada, "/token new t1")
                }
            }
            try await stage.says(.ada, "/token revoke t1")
        },
        "hooks": ActionScene { stage in
            try await stage.backstage {
                if try await stage.world.count(of: "hooks", where: "name = 'bell'") == 0 {
                    _ = try await stage.makeHook("bell")
                }
            }
            try await stage.says(.ada, "/hooks renew bell")
        },
        "membership": ActionScene(decider: .boss) { try await $0.says(.boss, "/promote @bob") },
        "broadcast": ActionScene(decider: .boss) {
            try await $0.says(.boss, "/broadcast The ledger is down at 20:00 UTC.")
        },
        "portfolio": ActionScene { stage in
            try await stage.backstage {
                if try await stage.world.count(of: "portfolios", where: "name = 'swing'") == 0 {
                    try await stage.addPortfolio("swing", "IBKR")
                }
            }
            try await stage.says(.ada, "/portfolio archive swing")
        },
        "portfolio_lots": ActionScene { try await $0.says(.ada, "/portfolio lots main lifo") },
        "deposit": ActionScene {
            try await $0.says(.ada, "/deposit 5000 USD paper note for the contest")
        },
        "withdraw": ActionScene { try await $0.says(.ada, "/withdraw 250.50") },
        "policy": ActionScene { stage in
            try await stage.backstage {
                try await stage.says(.ada, "/policy add")
                try await stage.presses(.ada, "One order")
                try await stage.presses(.ada, "Largest order")
                try await stage.presses(.ada, "At most so much money, in base currency")
                try await stage.says(.ada, "5000")
                try await stage.presses(.ada, "BLOCK: the order is denied")
                try await stage.presses(.ada, "All portfolios")
            }
            try await stage.says(.ada, "small orders")
        },
        "deleteme": ActionScene { try await $0.says(.ada, "/deleteme") },
        "erase": ActionScene(decider: .boss) { stage in
            try await stage.backstage {
                try await stage.says(.bob, "/deleteme anonymise")
                try await stage.presses(.bob, "Confirm")
            }
            try await stage.lastNotice(.erasureRequest, to: .boss)
        },
    ]
}

/// What may become of a proposal.
private enum ActionState: CaseIterable {
    case offered, pressedByAnother, discarded, pressedAfterDiscarding, expired, confirmed
    case pressedAgain, discardedAfterConfirming
}

extension Chapter {
    static let actions = Chapter("actions") { stage in
        try await stage.enroll(.boss, isAdmin: true)
        for player in [Player.ada, .bob] { try await stage.enroll(player) }
        for kind in ActionKinds.all {
            guard let scene = ActionScene.all[kind.name] else { continue }
            for state in ActionState.allCases { try await stage.play(state, of: kind, scene) }
        }
        await stage.title("trade: refused when it is confirmed")
        try await stage.backstage { try await stage.says(.ada, "/portfolio add late IBKR") }
        try await stage.says(
            .ada, "/trade buy 10 AAPL 182.5 type EQUITY currency USD portfolio late")
        let confirm = try await stage.button("Confirm", of: .ada)
        try await stage.backstage {
            try await stage.says(.ada, "/portfolio archive late")
            try await stage.presses(.ada, "Confirm")
        }
        try await stage.presses(.ada, confirm, "[Confirm]")
        await stage.title("membership: by an admin who is none any more")
        try await stage.backstage { try await stage.enroll(.zoe, isAdmin: true) }
        try await stage.says(.zoe, "/promote @ada")
        let promote = try await stage.button("Confirm", of: .zoe)
        try await stage.backstage {
            try await stage.says(.boss, "/demote @zoe")
            try await stage.presses(.boss, "Confirm")
        }
        try await stage.presses(.zoe, promote, "[Confirm]")
    }
}

extension Stage {
    /// The uid of an order of ada's that works; one is placed where there is none.
    fileprivate func workingOrder() async throws -> String {
        if let known = try await world.texts(
            "SELECT uid FROM orders WHERE status = 'PENDING' AND gateway IS NOT NULL"
        ).first {
            return known
        }
        return try await place(10, "AAPL", .limit(180)).uid
    }

    private func offerAgain(_ scene: ActionScene) async throws {
        try await backstage { try await scene.offer(self) }
    }

    /// The states come in their order: what is confirmed comes last, as it can't be offered again.
    fileprivate func play(
        _ state: ActionState, of kind: ActionKind, _ scene: ActionScene
    ) async throws {
        let player = scene.decider
        title("\(kind.name): \(state.words)")
        switch state {
        case .offered:
            try await scene.offer(self)
            let stored = try await world.texts(
                "SELECT kind FROM pending_actions ORDER BY id DESC LIMIT 1")
            try #require(stored == [kind.name], "the scene offers \(stored)")
        case .pressedByAnother:
            try await presses(player == .boss ? .ada : .bob, "Confirm", of: player)
        case .discarded:
            kept[kind.name] = try button("Confirm", of: player)
            try await presses(player, "Discard")
        case .pressedAfterDiscarding:
            try await presses(player, try #require(kept[kind.name]), "[Confirm]")
        case .expired:
            try await offerAgain(scene)
            let confirm = try button("Confirm", of: player)
            try await expire(confirm)
            try await presses(player, confirm, "[Confirm]")
        case .confirmed:
            try await offerAgain(scene)
            kept[kind.name] = try button("Confirm", of: player)
            kept["discard"] = try button("Discard", of: player)
            try await presses(player, "Confirm")
        case .pressedAgain:
            try await presses(player, try #require(kept[kind.name]), "[Confirm] once more")
        case .discardedAfterConfirming:
            try await presses(player, try #require(kept["discard"]), "[Discard]")
        }
    }

    /// Until a second after the button's action has expired.
    private func expire(_ button: Button) async throws {
        let token = button.action.split(separator: ":").last.map(String.init) ?? ""
        let ends = try await world.texts(
            "SELECT expires_at FROM pending_actions WHERE uid = $1", [.text(token)])
        let end = try #require(ends.first.flatMap { Timestamp(canonical: $0) })
        await advance(seconds: Double(end.wholeSeconds(since: world.world.now()) + 1))
    }
}

extension ActionState {
    fileprivate var words: String {
        switch self {
        case .offered: "offered"
        case .pressedByAnother: "pressed by another"
        case .discarded: "discarded"
        case .pressedAfterDiscarding: "confirmed after it was discarded"
        case .expired: "confirmed too late"
        case .confirmed: "confirmed"
        case .pressedAgain: "confirmed once more"
        case .discardedAfterConfirming: "discarded after it was confirmed"
        }
    }
}
