import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Coming in: the wish, the admins' answer, the group's size.
struct UserTests {
    private func notices(_ world: ServiceWorld, to chat: Int64) async throws -> [Notice] {
        try await world.services.messages.unsent(limit: 100).filter { $0.chatID == chat }
            .compactMap { Notice($0) }
    }

    private func name(_ registration: UserService.Registration) -> String {
        switch registration {
        case .approved: "approved"
        case .pending(_, let isNew): isNew ? "pending, new" : "pending"
        case .rejected: "rejected"
        case .deactivated: "deactivated"
        case .full: "full"
        }
    }

    private func name(_ decision: UserService.Decision) -> String {
        switch decision {
        case .approved: "approved"
        case .rejected: "rejected"
        case .already: "already"
        }
    }

    private func state(_ world: ServiceWorld, _ id: Int64) async throws -> User.State? {
        try await world.services.users.user(telegramUserID: id)?.state
    }

    @Test(arguments: TestBackend.allCases)
    func `who registers waits, and each admin hears of it once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            for admin in [1, 2] as [Int64] { _ = try await world.member(admin, isAdmin: true) }
            _ = try await world.member(3)
            let users = world.services.users
            let first = try await users.register(telegramUserID: 77, username: "ann")
            #expect(name(first) == "pending, new")
            let again = try await users.register(telegramUserID: 77, username: "anna")
            #expect(name(again) == "pending")
            let user = try #require(try await users.user(telegramUserID: 77))
            #expect(user.username == "anna")
            #expect(user.caller == nil)
            for admin in [1, 2] as [Int64] {
                #expect(
                    try await notices(world, to: admin) == [
                        .approvalRequest(userUID: user.uid, telegramUserID: 77, username: "ann")
                    ])
            }
            #expect(try await world.count(of: "outbox") == 2)
            #expect(
                try await world.count(
                    of: "audit_log",
                    where: "entity_type = 'USER' AND action = 'CREATE' AND entity_id = \(user.id)")
                    == 1)
            // A command without a name keeps the one that is known.
            _ = try await users.register(telegramUserID: 77, username: nil)
            #expect(try await users.user(telegramUserID: 77)?.username == "anna")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `approval gives a paper account and a default portfolio, and says so`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let admin = try await world.member(1, isAdmin: true).caller
            let users = world.services.users
            _ = try await users.register(telegramUserID: 77, username: nil)
            let proof = try #require(admin.administrator)
            let decision = try await users.approve(77, by: proof)
            guard case .approved(let user) = decision else {
                Issue.record("\(decision)")
                return
            }
            #expect(user.state == .approved)
            let caller = try #require(user.caller)
            let portfolio = try #require(
                try await world.services.portfolios.all(for: caller).first)
            #expect(portfolio.name == "main")
            #expect(portfolio.isDefault)
            #expect(portfolio.brokerCode == "PAPER")
            #expect(portfolio.baseCurrency == .usd)
            let accounts = try await world.services.accounts.all(for: caller)
            #expect(accounts.map(\.name) == ["paper"])
            #expect(try await notices(world, to: 77) == [.approved])
            #expect(
                try await world.texts(
                    "SELECT CAST(approved_by_user_id AS TEXT) FROM users WHERE telegram_user_id = '77'"
                )
                    == [admin.userID.description])
            #expect(
                try await world.count(
                    of: "audit_log",
                    where:
                        "user_id = \(admin.userID) AND entity_id = \(user.id) AND action = 'APPROVE'"
                )
                    == 1)
            #expect(name(try await users.register(telegramUserID: 77, username: nil)) == "approved")
            #expect(name(try await users.approve(77, by: proof)) == "already")
            #expect(try await notices(world, to: 77) == [.approved])
            #expect(try await world.services.portfolios.all(for: caller).count == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the rejected hear of it, stay out, and may be let in after all`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            _ = try await users.register(telegramUserID: 77, username: nil)
            #expect(name(try await users.reject(77, by: .owner)) == "rejected")
            #expect(try await notices(world, to: 77) == [.rejected])
            #expect(try await state(world, 77) == .rejected)
            #expect(name(try await users.reject(77, by: .owner)) == "already")
            #expect(name(try await users.register(telegramUserID: 77, username: nil)) == "rejected")
            #expect(name(try await users.approve(77, by: .owner)) == "approved")
            #expect(try await state(world, 77) == .approved)
            #expect(try await notices(world, to: 77) == [.rejected, .approved])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a member can't be rejected, nor a stranger answered`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            _ = try await world.member(5)
            let conflict = await #expect(throws: ServiceError.self) {
                try await users.reject(5, by: .owner)
            }
            #expect(conflict?.kind == .conflict)
            #expect(try await state(world, 5) == .approved)
            for answer in [users.approve, users.reject] {
                let unknown = await #expect(throws: ServiceError.self) {
                    try await answer(404, .owner, nil)
                }
                #expect(unknown?.kind == .notFound)
                #expect(unknown?.code == "UNKNOWN_USER")
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the deactivated stay out and keep their place in the books`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            _ = try await world.member(5)
            try await world.execute("UPDATE users SET is_active = $1", [.bool(false)])
            #expect(
                name(try await users.register(telegramUserID: 5, username: nil)) == "deactivated")
            #expect(try await users.user(telegramUserID: 5)?.caller == nil)
            let conflict = await #expect(throws: ServiceError.self) {
                try await users.reject(5, by: .owner)
            }
            #expect(conflict?.kind == .conflict)
            #expect(name(try await users.approve(5, by: .owner)) == "approved")
            #expect(try await world.count(of: "portfolios") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `no more are approved than the limit, and no more wait`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: 2)) { world in
            let users = world.services.users
            for id in [1, 2] as [Int64] {
                _ = try await users.register(telegramUserID: id, username: nil)
            }
            #expect(name(try await users.register(telegramUserID: 3, username: nil)) == "full")
            #expect(try await users.user(telegramUserID: 3) == nil)
            for id in [1, 2] as [Int64] { _ = try await users.approve(id, by: .owner) }
            #expect(
                name(try await users.register(telegramUserID: 3, username: nil)) == "pending, new")
            let before = try await world.rowCounts()
            let full = await #expect(throws: ServiceError.self) {
                try await users.approve(3, by: .owner)
            }
            #expect(full?.kind == .limit)
            #expect(try await state(world, 3) == .pending)
            #expect(try await world.rowCounts() == before)
            let bootstrap = await #expect(throws: ServiceError.self) {
                try await users.add(
                    telegramUserID: 4, username: nil, isAdmin: false, approve: true)
            }
            #expect(bootstrap?.kind == .limit)
            #expect(try await users.user(telegramUserID: 4) == nil)
            // A place that is free again can be taken.
            try await world.execute(
                "UPDATE users SET is_active = $1 WHERE telegram_user_id = '1'", [.bool(false)])
            #expect(name(try await users.approve(3, by: .owner)) == "approved")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the configuration's admins are made so once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            _ = try await users.register(telegramUserID: 2, username: "known")
            try await users.ensureAdmins([1, 2])
            let rows = try await world.rowCounts()
            let versions = try await world.texts(
                "SELECT CAST(version AS TEXT) FROM users ORDER BY id")
            try await users.ensureAdmins([1, 2, 1])
            #expect(try await world.rowCounts() == rows)
            #expect(
                try await world.texts("SELECT CAST(version AS TEXT) FROM users ORDER BY id")
                    == versions)
            let all = try await users.all(for: .owner)
            #expect(all.map(\.telegramUserID) == [2, 1])
            #expect(all.map(\.username) == ["known", nil])
            #expect(all.allSatisfy { $0.isAdmin && $0.state == .approved })
            #expect(try await world.count(of: "portfolios") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `adding a user again adds what is asked on top`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            func add(_ name: String?, admin: Bool, approve: Bool) async throws -> User {
                try await users.add(
                    telegramUserID: 9, username: name, isAdmin: admin, approve: approve)
            }
            let first = try await add("bo", admin: false, approve: false)
            #expect(first.state == .pending)
            let second = try await add(nil, admin: true, approve: false)
            #expect((second.isAdmin, second.state, second.username) == (true, .pending, "bo"))
            let third = try await add("bob", admin: false, approve: true)
            #expect((third.isAdmin, third.state, third.username) == (true, .approved, "bob"))
            #expect((first.id, first.uid) == (third.id, third.uid))
        }
    }
}
