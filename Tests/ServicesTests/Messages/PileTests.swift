import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Many messages told by one, and one by one again.
struct PileTests {
    /// An admin, and requests that wait to be told to them.
    private func requests(_ count: Int, _ world: ServiceWorld) async throws -> [OutboxMessage] {
        _ = try await world.member(1, isAdmin: true)
        for id in 0..<count {
            _ = try await world.services.users.register(
                telegramUserID: Int64(70 + id), username: nil)
        }
        return try await world.services.messages.unsent(limit: 1000)
    }

    @Test(arguments: TestBackend.allCases)
    func `a pile takes the place of what it tells, another pile included`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let waiting = try await requests(5, world)
            let small = try #require(
                try await messages.pile(
                    Array(waiting.prefix(3)), because: .atOnce, isSilent: true))
            #expect(try await messages.unsent(limit: 10) == Array(waiting.suffix(2)) + [small])
            let pile = try #require(
                try await messages.pile(
                    waiting.suffix(2) + [small], because: .telegramWasAway, isSilent: false))
            let stored = try await messages.unsent(limit: 10)
            #expect(stored == [pile])
            let read = try #require(Pile(stored[0]))
            #expect(read.reason == .telegramWasAway && !read.isSilent)
            #expect(read.counts.map(\.kind) == ["approval_request"] && read.count == 5)
            #expect(read.firstID == waiting[0].id && read.since == waiting[0].createdAt)
            try await messages.markSent(pile, messageID: 1)
            #expect(try await messages.unsent(limit: 10).isEmpty)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is for one who can't be reached waits, and comes as a pile when they are back`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let waiting = try await requests(3, world)
            let userID = waiting[0].userID
            try await messages.begin(waiting[0])
            try await messages.markUnreachable(userID)
            #expect(try await messages.unsent(limit: 10).isEmpty)
            let away = try await world.services.users.user(telegramUserID: 1)
            await world.world.advance(seconds: 60)
            try await messages.markUnreachable(userID)
            let later = try await world.services.users.user(telegramUserID: 1)
            #expect(away?.unreachableSince != nil)
            #expect(away?.unreachableSince == later?.unreachableSince)

            try await messages.markReachable(userID)
            let told = try await messages.unsent(limit: 10)
            // What may have gone out goes by itself.
            #expect(told.map(\.id).first == waiting[0].id && told.count == 2)
            #expect(told.last.flatMap(Pile.init)?.reason == .theyWereAway)
            #expect(told.last.flatMap(Pile.init)?.count == 2)
            try await messages.markReachable(userID)
            #expect(try await messages.unsent(limit: 10) == told)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is held is not sent before its time`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let waiting = try await requests(2, world)
            let time = world.world.now().adding(seconds: 3600)
            try await messages.hold(waiting[0], until: time)
            #expect(try await messages.unsent(limit: 10).map(\.id) == [waiting[1].id])
            await world.world.advance(seconds: 3600)
            let due = try await messages.unsent(limit: 10)
            #expect(due.map(\.id) == waiting.map(\.id))
            #expect(due[0].dueAt == time && due[1].dueAt == waiting[1].createdAt)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `news are one's own, from any place in them`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let admin = try await world.member(1, isAdmin: true)
            let other = try await world.member(2)
            #expect(try await messages.news(notAfter: nil, for: admin.caller) == nil)
            let waiting = try await requests(3, world)
            _ = try await messages.pile(waiting, because: .atOnce, isSilent: false)
            let newest = try #require(try await messages.news(notAfter: nil, for: admin.caller))
            #expect(newest.message.id == waiting[2].id)
            #expect(newest.olderID == waiting[1].id && newest.newerID == nil)
            let first = try #require(
                try await messages.news(notAfter: waiting[0].id, for: admin.caller))
            #expect(first.message.id == waiting[0].id)
            #expect(first.olderID == nil && first.newerID == waiting[1].id)
            #expect(
                try await messages.news(notAfter: 0, for: admin.caller)?.message.id
                    == waiting[0].id)
            for id in [nil, waiting[0].id, waiting[2].id] {
                #expect(try await messages.news(notAfter: id, for: other.caller) == nil)
            }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a group's new number is that of what waits for it`(_ backend: TestBackend) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let waiting = try await requests(2, world)
            try await messages.markSent(waiting[0], messageID: 1)
            try await messages.move(from: 1, to: -1_000_600)
            #expect(
                try await world.texts(
                    "SELECT CAST(chat_id AS TEXT) FROM outbox ORDER BY id")
                    == ["1", "-1000600"])
        }
    }
}
