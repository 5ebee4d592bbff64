import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// The log of who did what, as admins read it.
struct AuditTests {
    private func actions(_ rows: [AuditListing]) -> [String] {
        rows.map { "\($0.action) \($0.entity)" }
    }

    @Test(arguments: TestBackend.allCases)
    func `the newest come first, page by page, and trades are for those who ask for them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member(5, username: "ada")
            let audit = world.services.audit
            _ = try await world.ingest(
                (0..<30).map { fill("t\($0)", "BUY", "1", at: "1") }, as: ada)
            for number in 0..<5 { try await world.addPortfolio("p\(number)", of: ada) }
            _ = try await world.ingest(
                (30..<60).map { fill("t\($0)", "BUY", "1", at: "1") }, as: ada)

            var all: [AuditListing] = []
            var before: Int64?
            repeat {
                let page = try await audit.page(
                    about: nil, entity: nil, before: before, limit: 3, for: .owner)
                #expect(page.rows.count == 3 || page.next == nil)
                all += page.rows
                before = page.next
            } while before != nil
            let whole = try await audit.page(
                about: nil, entity: nil, before: nil, limit: 1000, for: .owner)
            #expect(whole.next == nil && whole.rows == all)
            #expect(all.map(\.id) == all.map(\.id).sorted(by: >))
            #expect(
                all.count
                    == (try await world.count(of: "audit_log", where: "entity_type <> 'TRADE'")))
            #expect(all.prefix(5).allSatisfy { $0.entity == "PORTFOLIO" })
            #expect(all.first?.actor?.username == "ada")
            #expect(all.first?.detailsJSON.contains("p4") == true)

            let trades = try await audit.page(
                about: nil, entity: .trade, before: nil, limit: 1000, for: .owner)
            #expect(trades.rows.count == 60)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `of a user it tells what they did and what was done to them`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let boss = try await world.member(1, isAdmin: true)
            let ada = try await world.member(5)
            let bob = try await world.member(6)
            let services = world.services
            let proof = try #require(boss.caller.administrator)
            try await world.addPortfolio("adas", of: ada)
            try await world.addPortfolio("bobs", of: bob)
            _ = try await services.users.change(.promote, 5, by: proof)
            func log(
                _ id: Int64?, _ entity: AuditEntry.Entity? = nil
            ) async throws -> [String] {
                actions(
                    try await services.audit.page(
                        about: id, entity: entity, before: nil, limit: 100, for: proof
                    ).rows)
            }
            let adas = try await log(5)
            #expect(adas.first == "PROMOTE USER")
            #expect(adas.contains("CREATE PORTFOLIO"))
            #expect(try await log(5, .user).first == "PROMOTE USER")
            #expect(try await log(5, .portfolio).allSatisfy { $0.hasSuffix("PORTFOLIO") })
            #expect(try await !log(6).contains("PROMOTE USER"))
            #expect(try await log(1).contains("PROMOTE USER"))
            let unknown = await #expect(throws: ServiceError.self) { try await log(404) }
            #expect(unknown?.kind == .notFound)
            let wrong = await #expect(throws: ServiceError.self) {
                try await services.audit.page(
                    about: nil, entity: nil, before: nil, limit: 0, for: proof)
            }
            #expect(wrong?.kind == .invalid)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a message to all is told once to each member, however often it is sent`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let boss = try await world.member(1, username: "boss", isAdmin: true)
            _ = try await world.member(5)
            _ = try await world.member(6)
            let services = world.services
            _ = try await services.users.register(telegramUserID: 70, username: nil)
            _ = try await services.users.change(.deactivate, 6, by: .owner)
            let proof = try #require(boss.caller.administrator)
            let text = "down at <b>8</b>\nback at 9"
            func told() async throws -> [Int64] {
                try await services.messages.unsent(limit: 100)
                    .filter { Notice($0) == .broadcast(Broadcast(from: "boss", text: text)) }
                    .map(\.chatID)
            }
            for _ in 0..<3 {
                #expect(
                    try await services.messages.broadcast(text, token: "k1", by: proof) == 2)
                #expect(try await told() == [1, 5])
            }
            #expect(
                try await world.count(of: "audit_log", where: "entity_type = 'MESSAGE'") == 1)
            _ = try await world.member(7)
            _ = try await services.messages.broadcast(text, token: "k1", by: proof)
            #expect(try await told() == [1, 5, 7])
            _ = try await services.messages.broadcast(text, token: "k2", by: proof)
            #expect(try await told() == [1, 5, 7, 1, 5, 7])
            for wrong in ["", String(repeating: "x", count: 2001)] {
                let error = await #expect(throws: ServiceError.self) {
                    try await services.messages.broadcast(wrong, token: "k3", by: proof)
                }
                #expect(error?.kind == .invalid)
            }
            _ = try await services.users.change(.promote, 5, by: proof)
            _ = try await services.users.change(.demote, 1, by: .owner)
            let gone = await #expect(throws: ServiceError.self) {
                try await services.messages.broadcast(text, token: "k4", by: proof)
            }
            #expect(gone?.kind == .forbidden)
        }
    }
}
