import Ledger
import Records
import Services
import TestSupport
import Testing

/// What came in is kept until it is answered, whichever of the two is stored first.
struct InboxTests {
    private func entry(_ id: Int64, chat: Int64 = 7) -> InboxEntry {
        InboxEntry(updateID: id, chatID: chat, contentJSON: "{\"text\":\"a\\u0000b \(id)\"}")
    }

    @Test(arguments: TestBackend.allCases)
    func `a chat's updates wait in order until they are answered`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            #expect(try await messages.newestUpdate() == nil)
            let entries = [entry(3), entry(1), entry(2, chat: -8), entry(5)]
            try await messages.keep(entries, answered: [])
            try await messages.keep(entries, answered: [])
            #expect(try await messages.waitingChats() == [-8, 7])
            #expect(
                try await messages.waiting(in: 7, after: nil, limit: 2) == [entry(1), entry(3)])
            let last = IncomingUpdate(id: 3)
            #expect(try await messages.waiting(in: 7, after: last, limit: 2) == [entry(5)])
            #expect(try await messages.newestUpdate() == IncomingUpdate(id: 5))

            try await messages.keep([entry(6)], answered: [1, 3].map(IncomingUpdate.init))
            #expect(
                try await messages.waiting(in: 7, after: nil, limit: 9) == [entry(5), entry(6)])
            // Nothing of what was said stays.
            #expect(
                try await world.count(
                    of: "inbox", where: "content_json IS NULL AND answered_at IS NOT NULL") == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `an update that acted or was answered first is stored all the same, and rightly`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let messages = world.services.messages
            let (acted, answered) = (IncomingUpdate(id: 1), IncomingUpdate(id: 2))
            _ = try await world.services.users.register(
                telegramUserID: 70, username: nil, update: acted)
            try await messages.keep([], answered: [answered])
            try await messages.keep([entry(1), entry(2)], answered: [])
            #expect(try await messages.waiting(in: 7, after: nil, limit: 9) == [entry(1)])
            #expect(
                try await messages.answers(to: [acted, answered, IncomingUpdate(id: 9)])
                    == [acted: false, answered: true])
            await #expect(throws: IncomingUpdate.AlreadySeen.self) {
                try await world.services.users.register(
                    telegramUserID: 71, username: nil, update: acted)
            }
        }
    }
}
