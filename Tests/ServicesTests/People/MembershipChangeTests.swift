import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What admins may do about members, and what follows from it at once.
struct MembershipChangeTests {
    private func administrator(_ authority: Authority) throws -> Administrator {
        try #require(authority.caller.administrator)
    }

    private func user(_ id: Int64, in world: ServiceWorld) async throws -> User {
        try #require(try await world.services.users.user(telegramUserID: id))
    }

    private func notices(_ world: ServiceWorld, to chat: Int64) async throws -> [Notice] {
        try await world.services.messages.unsent(limit: 100).filter { $0.chatID == chat }
            .compactMap { Notice($0) }
    }

    @Test(arguments: TestBackend.allCases)
    func `deactivation ends tokens, hooks and what is being stored, once and on record`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let admin = try await world.member(1, isAdmin: true)
            let ada = try await world.member(5)
            let bob = try await world.member(6)
            let services = world.services
            func token(_ name: String, _ owner: Authority) async throws -> String {
                try await services.tokens.create(
                    name: name, permissions: [.ingest], portfolio: nil, strategy: nil,
                    for: owner.caller)
            }
            let tokens = [try await token("a", ada), try await token("b", ada)]
            let bobs = try await token("a", bob)
            let hook = try await services.hooks.create(
                name: "h", kind: .tradingView, portfolio: nil, strategy: nil, for: ada.caller)
            // As a stream has it that began before.
            let running = try #require(try await services.tokens.authenticate(tokens[0]))
            try await world.post(fill("t1", "BUY", "1", at: "1"), as: running)

            let proof = try administrator(admin)
            let outcome = try await services.users.change(.deactivate, 5, by: proof)
            #expect(outcome.isChanged && outcome.user.state == .deactivated)
            #expect((outcome.tokens, outcome.hooks) == (2, 1))
            for token in tokens { #expect(try await services.tokens.authenticate(token) == nil) }
            #expect(try await services.tokens.authenticate(bobs) != nil)
            #expect(
                try await services.hookIntake.hook(at: hook.secret, kind: .tradingView) == nil)
            let cut = await #expect(throws: ServiceError.self) {
                try await world.post(fill("t2", "BUY", "1", at: "1"), as: running)
            }
            #expect(cut?.kind == .unauthorized)
            let late = await #expect(throws: ServiceError.self) { try await token("c", ada) }
            #expect(late?.kind == .unauthorized)
            #expect(try await world.count(of: "trades") == 1)
            try await world.post(fill("t3", "BUY", "1", at: "1"), as: bob)

            let again = try await services.users.change(.deactivate, 5, by: proof)
            #expect(!again.isChanged && again.user.state == .deactivated)
            #expect(try await notices(world, to: 5) == [.membership(.deactivate)])
            #expect(
                try await world.count(
                    of: "audit_log",
                    where: """
                        action = 'DEACTIVATE' AND user_id = \(admin.caller.userID)
                            AND entity_id = \(ada.caller.userID)
                        """) == 1)

            // They come back to their books, and to no token or hook that acted for them.
            let back = try await services.users.change(.activate, 5, by: proof)
            #expect(back.isChanged && back.user.state == .approved)
            for token in tokens { #expect(try await services.tokens.authenticate(token) == nil) }
            #expect(try await services.hooks.all(for: ada.caller).map(\.isActive) == [false])
            #expect(try await services.portfolios.all(for: ada.caller).map(\.name) == ["main"])
            #expect(try await token("a", ada).hasPrefix("blt_"))
            #expect(
                try await notices(world, to: 5)
                    == [.membership(.deactivate), .membership(.activate)])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the last admin stays`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let boss = try await world.member(1, isAdmin: true)
            _ = try await world.member(2)
            let users = world.services.users
            let proof = try administrator(boss)
            for change in [MembershipChange.deactivate, .demote] {
                for by in [proof, .owner] {
                    let error = await #expect(throws: ServiceError.self) {
                        try await users.change(change, 1, by: by)
                    }
                    #expect(error?.code == "LAST_ADMIN")
                    let told = await #expect(throws: ServiceError.self) {
                        try await users.rehearse(change, 1, by: by)
                    }
                    #expect(told == error)
                }
            }
            #expect(try await users.change(.promote, 2, by: proof).user.isAdmin)
            #expect(try await !users.change(.promote, 2, by: proof).isChanged)
            #expect(try await users.change(.demote, 1, by: proof).isChanged)
            // Who was demoted decides nothing any more, whatever they hold in their hand.
            for change in MembershipChange.allCases {
                let error = await #expect(throws: ServiceError.self) {
                    try await users.change(change, 2, by: proof)
                }
                #expect(error?.kind == .forbidden)
            }
            #expect(try await user(2, in: world).isAdmin)
            #expect(try await notices(world, to: 2) == [.membership(.promote)])
            #expect(try await notices(world, to: 1) == [.membership(.demote)])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `admins who remove each other at once leave one`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ids: [Int64] = [1, 2, 3]
            let services = world.services
            var admins: [Int64: Administrator] = [:]
            for id in ids {
                admins[id] = try administrator(try await world.member(id, isAdmin: true))
            }
            for round in 0..<6 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in ids {
                        let admin = try #require(admins[id])
                        let other = ids[(Int(id) + round) % ids.count]
                        let change: MembershipChange =
                            (Int(id) + round).isMultiple(of: 2) ? .demote : .deactivate
                        group.addTask {
                            do {
                                _ = try await services.users.change(change, other, by: admin)
                            } catch let error as ServiceError {
                                // Too late, or the last one.
                                #expect([.conflict, .forbidden].contains(error.kind))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let left = try await services.users.all(for: .owner)
                    .filter { $0.isAdmin && $0.state == .approved }
                #expect(!left.isEmpty, "round \(round)")
                for id in ids {
                    _ = try await services.users.change(.activate, id, by: .owner)
                    _ = try await services.users.change(.promote, id, by: .owner)
                }
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `who is no member, or nobody, can't be changed, and the group stays within its size`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: 2)) { world in
            _ = try await world.member(1, isAdmin: true)
            _ = try await world.member(2)
            let users = world.services.users
            _ = try await users.register(telegramUserID: 70, username: nil)
            for change in MembershipChange.allCases {
                let waiting = await #expect(throws: ServiceError.self) {
                    try await users.change(change, 70, by: .owner)
                }
                #expect(waiting?.code == "NOT_A_MEMBER")
                let stranger = await #expect(throws: ServiceError.self) {
                    try await users.change(change, 404, by: .owner)
                }
                #expect(stranger?.kind == .notFound)
            }
            _ = try await users.change(.deactivate, 2, by: .owner)
            _ = try await users.approve(70, by: .owner)
            let full = await #expect(throws: ServiceError.self) {
                try await users.change(.activate, 2, by: .owner)
            }
            #expect(full?.code == "GROUP_FULL")
            #expect(try await user(2, in: world).state == .deactivated)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `who decided is on record`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let boss = try await world.member(1, username: "boss", isAdmin: true)
            let users = world.services.users
            for id in [70, 71, 72] as [Int64] {
                _ = try await users.register(telegramUserID: id, username: nil)
            }
            _ = try await users.reject(70, by: try administrator(boss))
            _ = try await users.approve(71, by: .owner)
            let found = try await [70, 71, 72].mapEach { id in
                try await users.decider(about: try await user(id, in: world))
            }
            #expect(found == [.admin(try await user(1, in: world)), .owner, nil])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `who was heard of is listed with what they have`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let boss = try await world.member(1, isAdmin: true)
            let ada = try await world.member(5)
            let users = world.services.users
            try await world.addPortfolio("second", of: ada)
            try await world.addPortfolio("old", of: ada)
            _ = try await world.services.portfolios.archive("old", for: ada.caller)
            try await world.post(
                fill("a", "BUY", "1", at: "1"), fill("b", "BUY", "1", at: "1", symbol: "X"),
                fill("c", "SELL", "1", at: "1", symbol: "X", time: "2026-02-19T15:00:00Z"),
                as: ada)
            users.noteSeen(try await user(5, in: world))
            let first = world.now()
            let proof = try administrator(boss)
            var listings = try await users.listings(for: proof)
            #expect(listings.map(\.user.telegramUserID) == [1, 5])
            #expect(listings.map(\.lastSeenAt) == [nil, first])
            #expect(listings.map(\.portfolios) == [1, 2])
            #expect(listings.map(\.openPositions) == [0, 1])
            let versions = try await world.texts("SELECT CAST(SUM(version) AS TEXT) FROM users")

            await world.world.advance(seconds: 90)
            users.noteSeen(try await user(1, in: world))
            users.noteSeen(try await user(5, in: world))
            try await users.storeSeen()
            try await users.storeSeen()
            listings = try await users.listings(for: proof)
            #expect(listings.map(\.lastSeenAt) == [world.now(), world.now()])
            #expect(
                try await world.texts("SELECT CAST(SUM(version) AS TEXT) FROM users") == versions)
        }
    }
}

extension ServiceWorld {
    fileprivate func now() -> Timestamp { world.now() }
}

extension Array {
    fileprivate func mapEach<Result>(
        _ body: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
