import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Requests and answers that come at the same moment.
struct MembershipRaceTests {
    /// Runs `body` for each at once.
    private func atOnce<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            for item in items { group.addTask { try await body(item) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `two admins who approve at once act once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            for applicant in Int64(100)..<106 {
                _ = try await users.register(telegramUserID: applicant, username: nil)
                let decisions = try await atOnce(Array(0..<4)) { _ in
                    try await users.approve(applicant, by: .owner)
                }
                let acted = decisions.filter { if case .approved = $0 { true } else { false } }
                #expect(acted.count == 1)
                #expect(decisions.count == 4)
                #expect(
                    try await world.count(
                        of: "outbox", where: "chat_id = \(applicant) AND kind = 'approved'") == 1)
            }
            #expect(try await world.count(of: "portfolios") == 6)
            #expect(try await world.count(of: "audit_log", where: "action = 'APPROVE'") == 6)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of an approval and a rejection at once one holds`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            for applicant in Int64(100)..<106 {
                _ = try await users.register(telegramUserID: applicant, username: nil)
                _ = try await atOnce([true, false, true, false]) { isApproval in
                    // An approval after a rejection is allowed, a rejection after it is not.
                    do {
                        _ =
                            isApproval
                            ? try await users.approve(applicant, by: .owner)
                            : try await users.reject(applicant, by: .owner)
                    } catch let error as ServiceError where error.kind == .conflict {}
                }
                #expect(try await users.user(telegramUserID: applicant)?.state == .approved)
                let notices = try await world.services.messages.unsent(limit: 100)
                    .filter { $0.chatID == applicant }.map(\.kind)
                #expect(notices.last == "approved")
                #expect(notices.filter { $0 == "approved" }.count == 1)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `one who registers many times at once is one, and asked for once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            _ = try await world.member(1, isAdmin: true)
            let users = world.services.users
            let answers = try await atOnce(Array(0..<8)) { _ in
                try await users.register(telegramUserID: 77, username: "ann")
            }
            let new = answers.filter {
                if case .pending(_, isNew: true) = $0 { true } else { false }
            }
            #expect(new.count == 1)
            #expect(answers.count == 8)
            #expect(try await world.count(of: "users") == 2)
            #expect(try await world.count(of: "outbox") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `limits hold for those who come at once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: 3)) { world in
            let users = world.services.users
            let answers = try await atOnce(Array(Int64(1)...10)) {
                try await users.register(telegramUserID: $0, username: nil)
            }
            #expect(answers.filter { $0 == .full }.count == 7)
            #expect(try await world.count(of: "users") == 3)
            let waiting = try await users.all(for: .owner).map(\.telegramUserID)
            // Three take the places while three more, added past the queue, want them too.
            let taken = try await atOnce(waiting + [101, 102, 103]) { id in
                do {
                    _ = try await users.add(
                        telegramUserID: id, username: nil, isAdmin: false, approve: true)
                    return true
                } catch let error as ServiceError where error.kind == .limit {
                    return false
                }
            }
            #expect(taken.filter(\.self).count == 3)
            let approved = try await users.all(for: .owner).filter { $0.state == .approved }
            #expect(approved.count == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an update that is delivered many times at once acts once`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let users = world.services.users
            _ = try await users.register(telegramUserID: 77, username: nil)
            let outcomes = try await atOnce(Array(0..<8)) { _ in
                do {
                    _ = try await users.approve(77, by: .owner, update: IncomingUpdate(id: 5))
                    return "acted"
                } catch is IncomingUpdate.AlreadySeen {
                    return "seen"
                }
            }
            #expect(outcomes.sorted() == ["acted"] + Array(repeating: "seen", count: 7))
            #expect(try await world.count(of: "outbox") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `names that are taken at once are given once`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let services = world.services
            let outcomes = try await atOnce(Array(0..<6)) { number in
                do {
                    if number.isMultiple(of: 2) {
                        _ = try await services.tokens.create(
                            name: "bot", permissions: [.read], portfolio: nil, strategy: nil,
                            for: trader.caller)
                    } else {
                        _ = try await services.portfolios.add(
                            name: "swing", brokerCode: "IBKR", currency: .usd, isDefault: true,
                            for: trader.caller)
                    }
                    return "made"
                } catch let error as ServiceError {
                    return error.code
                }
            }
            #expect(
                outcomes.sorted() == Array(repeating: "NAME_TAKEN", count: 4) + ["made", "made"])
            #expect(try await world.count(of: "accounts") == 2)
            let defaults = try await services.portfolios.all(for: trader.caller)
                .filter(\.isDefault)
            #expect(defaults.map(\.name) == ["swing"])
        }
    }
}
