import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Proposals: decided once, by whom they were made to, in time.
struct ActionTests {
    private let content = #"{"symbol":"AAPL"}"#

    private func propose(
        _ world: ServiceWorld, _ authority: Authority, update: IncomingUpdate? = nil
    ) async throws -> PendingAction {
        try await world.services.actions.propose(
            kind: "trade", contentJSON: content, for: authority.caller, update: update)
    }

    @Test(arguments: TestBackend.allCases)
    func `what is confirmed is carried out once, and its first result stays`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            let action = try await propose(world, ada)
            #expect(action.kind == "trade")
            #expect(action.expiresAt == action.createdAt.adding(seconds: 15 * 60))
            let turn = try await actions.take(action.token, as: .confirm, for: ada.caller)
            guard case .due(let due) = turn else {
                Issue.record("\(turn)")
                return
            }
            #expect(due.contentJSON.filter { $0 != " " } == content)
            let first = ActionOutcome.done(resultJSON: #"{"trade_uid":"u-1"}"#)
            #expect(try await actions.finish(due, with: first, for: ada.caller) == first)
            let second = ActionOutcome.refused("too late")
            #expect(try await actions.finish(due, with: second, for: ada.caller) == first)
            for decision in PendingAction.Decision.allCases {
                let again = try await actions.take(action.token, as: decision, for: ada.caller)
                guard case .done(_, let outcome) = again else {
                    Issue.record("\(again)")
                    continue
                }
                #expect(outcome == first)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a refusal is a result too`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            let action = try await propose(world, ada)
            _ = try await actions.take(action.token, as: .confirm, for: ada.caller)
            let refusal = ActionOutcome.refused("“x” \\ is not there")
            _ = try await actions.finish(action, with: refusal, for: ada.caller)
            let again = try await actions.take(action.token, as: .confirm, for: ada.caller)
            #expect(again == .done(again.action, refusal))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is discarded stays so`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            let action = try await propose(world, ada)
            for decision in [PendingAction.Decision.discard, .confirm, .discard] {
                let turn = try await actions.take(action.token, as: decision, for: ada.caller)
                #expect(turn == .discarded(turn.action), "\(decision)")
            }
            // Nothing that was not confirmed can be finished.
            _ = try await actions.finish(action, with: .refused("x"), for: ada.caller)
            let turn = try await actions.take(action.token, as: .confirm, for: ada.caller)
            #expect(turn == .discarded(turn.action) && turn.action.resultJSON == nil)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was confirmed and not finished is tried again, however late`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let action = try await propose(world, ada)
            _ = try await world.services.actions.take(
                action.token, as: .confirm, for: ada.caller)
            await world.world.advance(seconds: 3600)
            // As a process started anew.
            let actions = Services(
                database: world.database, world: world.world, limits: Limits()
            ).actions
            let discarded = try await actions.take(action.token, as: .discard, for: ada.caller)
            #expect(discarded == .underway(discarded.action))
            let confirmed = try await actions.take(action.token, as: .confirm, for: ada.caller)
            #expect(confirmed == .due(confirmed.action))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `nothing is decided after 15 minutes`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            let early = try await propose(world, ada)
            await world.world.advance(seconds: 15 * 60 - 1)
            let inTime = try await actions.take(early.token, as: .confirm, for: ada.caller)
            #expect(inTime == .due(inTime.action))
            let late = try await propose(world, ada)
            await world.world.advance(seconds: 15 * 60)
            for decision in PendingAction.Decision.allCases {
                let turn = try await actions.take(late.token, as: decision, for: ada.caller)
                #expect(turn == .expired(late), "\(decision)")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `nobody else can decide, an admin neither`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001)
            let bob = try await world.member(1002, isAdmin: true)
            let action = try await propose(world, ada)
            for token in [action.token, "", "x", "00000000-0000-7000-8000-000000000000"] {
                for decision in PendingAction.Decision.allCases {
                    let error = await #expect(throws: ServiceError.self) {
                        try await world.services.actions.take(
                            token, as: decision, for: bob.caller)
                    }
                    #expect(error?.kind == .notFound)
                }
            }
            await #expect(throws: ServiceError.self) {
                try await world.services.actions.finish(
                    action, with: .refused("x"), for: bob.caller)
            }
            let turn = try await world.services.actions.take(
                action.token, as: .confirm, for: ada.caller)
            #expect(turn == .due(turn.action))
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an update that comes again proposes what it did the first time`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001)
            let bob = try await world.member(1002)
            let update = IncomingUpdate(id: 77)
            let first = try await propose(world, ada, update: update)
            #expect(try await propose(world, ada, update: update) == first)
            #expect(try await propose(world, bob, update: update) != first)
            #expect(try await propose(world, ada, update: IncomingUpdate(id: 78)) != first)
            #expect(try await propose(world, ada) != (try await propose(world, ada)))
            #expect(try await world.count(of: "pending_actions") == 5)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a user has at most 50 open proposals, and old ones are forgotten`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(1001)
            let bob = try await world.member(1002)
            var tokens: [String] = []
            for _ in 0..<50 { tokens.append(try await propose(world, ada).token) }
            let error = await #expect(throws: ServiceError.self) { try await propose(world, ada) }
            #expect(error?.kind == .limit)
            _ = try await propose(world, bob)
            // Room again: by a decision, and by time.
            _ = try await world.services.actions.take(
                tokens[0], as: .discard, for: ada.caller)
            _ = try await propose(world, ada)
            await #expect(throws: ServiceError.self) { try await propose(world, ada) }
            await world.world.advance(seconds: 15 * 60)
            _ = try await propose(world, ada)
            #expect(try await world.count(of: "pending_actions") == 53)
            await world.world.advance(seconds: 30 * 24 * 3600 + 1)
            _ = try await propose(world, ada)
            // Of Ada's all but the last are gone; what others were proposed stays theirs.
            #expect(try await world.count(of: "pending_actions") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of decisions at the same time one counts`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            for _ in 0..<10 {
                let action = try await propose(world, ada)
                let turns = try await withThrowingTaskGroup(of: ActionService.Turn.self) { group in
                    for number in 0..<6 {
                        let decision: PendingAction.Decision =
                            number.isMultiple(of: 2) ? .confirm : .discard
                        group.addTask {
                            try await actions.take(action.token, as: decision, for: ada.caller)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let decisions = Set(turns.map(\.action.decision))
                #expect(decisions.count == 1 && !decisions.contains(nil), "\(turns)")
            }
        }
    }
}

extension ActionTests {
    @Test(arguments: TestBackend.allCases)
    func `a kind may give more time or less`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let actions = world.services.actions
            let action = try await actions.propose(
                kind: "k", contentJSON: "{}", lifetimeSeconds: 3600, for: ada.caller)
            #expect(action.expiresAt == action.createdAt.adding(seconds: 3600))
            await world.world.advance(seconds: 3599)
            guard case .due = try await actions.take(action.token, as: .confirm, for: ada.caller)
            else {
                Issue.record("it should still be decided")
                return
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is offered to another is theirs alone to decide, and goes with its unit of work`(
        _ backend: TestBackend
    ) async throws {
        struct Stop: Error {}
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let boss = try await world.member(1, isAdmin: true)
            let services = world.services
            let user = try #require(try await services.users.user(telegramUserID: 1))
            await #expect(throws: Stop.self) {
                try await services.work.write { tx, draw in
                    _ = try ActionService.offer(
                        kind: "k", contentJSON: "{}", to: user, in: tx, &draw)
                    throw Stop()
                }
            }
            #expect(try await world.count(of: "pending_actions") == 0)
            let token = try await services.work.write { tx, draw in
                try ActionService.offer(
                    kind: "k", contentJSON: #"{"about":"ada"}"#, lifetimeSeconds: 7 * 86_400,
                    to: user, in: tx, &draw)
            }
            let refused = await #expect(throws: ServiceError.self) {
                try await services.actions.take(token, as: .confirm, for: ada.caller)
            }
            #expect(refused?.kind == .notFound)
            await world.world.advance(seconds: 6 * 86_400)
            let turn = try await services.actions.take(token, as: .confirm, for: boss.caller)
            guard case .due(let action) = turn else {
                Issue.record("\(turn)")
                return
            }
            #expect(action.kind == "k" && action.contentJSON.contains("ada"))
        }
    }
}
