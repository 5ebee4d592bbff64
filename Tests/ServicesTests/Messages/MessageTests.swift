import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What came in by update, and what waits to go out.
struct MessageTests {
    @Test(arguments: TestBackend.allCases)
    func `a redelivered update acts once, whatever it asks for`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            _ = try await world.member(1, isAdmin: true)
            let trader = try await world.member(5)
            let services = world.services
            let actions: [(IncomingUpdate) async throws -> Void] = [
                {
                    _ = try await services.users.register(
                        telegramUserID: 70, username: nil, update: $0)
                },
                {
                    _ = try await services.users.register(
                        telegramUserID: 71, username: nil, update: $0)
                },
                { _ = try await services.users.approve(70, by: .owner, update: $0) },
                { _ = try await services.users.reject(71, by: .owner, update: $0) },
                {
                    _ = try await services.tokens.create(
                        name: "bot", permissions: [.read], portfolio: nil, strategy: nil,
                        for: trader.caller, update: $0)
                },
                { try await services.tokens.revoke(named: "bot", for: trader.caller, update: $0) },
            ]
            for (number, act) in actions.enumerated() {
                let update = IncomingUpdate(id: Int64(900 + number))
                #expect(try await services.messages.answers(to: [update]) == [:])
                try await act(update)
                #expect(try await services.messages.answers(to: [update]) == [update: false])
                let rows = try await world.rowCounts()
                await #expect(throws: IncomingUpdate.AlreadySeen.self) { try await act(update) }
                #expect(try await world.rowCounts() == rows)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an update whose command is refused may come again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let update = IncomingUpdate(id: 7)
            await #expect(throws: ServiceError.self) {
                try await world.services.users.approve(404, by: .owner, update: update)
            }
            #expect(try await world.count(of: "inbox") == 0)
            _ = try await world.services.users.register(telegramUserID: 404, username: nil)
            _ = try await world.services.users.approve(404, by: .owner, update: update)
            await #expect(throws: IncomingUpdate.AlreadySeen.self) {
                try await world.services.users.approve(404, by: .owner, update: update)
            }
            #expect(try await world.count(of: "inbox") == 1)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `updates are remembered for three days`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let (first, second) = (IncomingUpdate(id: 1), IncomingUpdate(id: 2))
            try await messages.keep([], answered: [first])
            await world.world.advance(seconds: 3 * 86_400)
            try await messages.keep([], answered: [second])
            try await messages.pruneInbox()
            let both = [first, second]
            #expect(try await messages.answers(to: both) == [first: true, second: true])
            await world.world.advance(seconds: 1)
            try await messages.pruneInbox()
            #expect(try await messages.answers(to: both) == [second: true])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `messages wait in order until they are sent or given up`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            for id in [10, 11, 12] as [Int64] {
                _ = try await world.services.users.register(telegramUserID: id, username: nil)
                _ = try await world.services.users.reject(id, by: .owner)
            }
            let waiting = try await messages.unsent(limit: 10)
            #expect(waiting.map(\.chatID) == [10, 11, 12])
            #expect(waiting.map(\.attempts) == [0, 0, 0])
            #expect(try await messages.unsent(limit: 2).map(\.chatID) == [10, 11])
            #expect(
                try await messages.unsent(after: waiting[0].id, limit: 1).map(\.chatID) == [11])
            try await messages.markSent(waiting[0], messageID: 4711)
            try await messages.begin(waiting[1])
            let begun = try await messages.unsent(limit: 10)
            #expect(begun.map { $0.begunAt != nil } == [true, false])
            try await messages.takeBack(waiting[1])
            try await messages.begin(waiting[1])
            try await messages.takeBack(waiting[1])
            try await messages.markFailed(waiting[2], reason: "bot was blocked by the user")
            let left = try await messages.unsent(limit: 10)
            #expect(left.map(\.chatID) == [11])
            #expect(left.map(\.attempts) == [2])
            #expect(left.map(\.begunAt) == [nil])
            #expect(
                try await world.texts(
                    """
                    SELECT COALESCE(CAST(message_id AS TEXT), '-') || ' ' || COALESCE(failure, '-')
                    FROM outbox ORDER BY id
                    """) == ["4711 -", "- -", "- bot was blocked by the user"])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `the sender is told of mail once it is stored, and of nothing else`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let services = world.services
            // Nobody to tell: no admin yet.
            _ = try await services.users.register(telegramUserID: 1, username: nil)
            await #expect(throws: ServiceError.self) {
                try await services.users.approve(404, by: .owner)
            }
            _ = try await services.users.approve(1, by: .owner)
            var signals = services.work.outboxGrew.makeAsyncIterator()
            _ = await signals.next()
            #expect(try await services.messages.unsent(limit: 10).map(\.chatID) == [1])
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a notice is read back as it was written, and an unknown kind is nothing`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            _ = try await world.member(1, isAdmin: true)
            let odd = "O'Neil \"x\" \\ \u{E9}e\u{301} 🦆"
            _ = try await world.services.users.register(telegramUserID: 70, username: odd)
            let message = try #require(
                try await world.services.messages.unsent(limit: 10).first)
            guard case .approvalRequest(_, 70, let name)? = Notice(message) else {
                Issue.record("\(message)")
                return
            }
            #expect(name.map { Array($0.utf8) } == Array(odd.utf8))
            try await world.execute("UPDATE outbox SET kind = 'of the future'")
            let later = try await world.services.messages.unsent(limit: 10)
            #expect(later.map { Notice($0) } == [nil])
        }
    }
}
