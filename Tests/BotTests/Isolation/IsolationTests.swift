import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// Nobody sees or touches what is another's: whatever of another's somebody asks for is answered
/// exactly as what does not exist.
@Suite struct IsolationTests {
    /// Kinds that some command takes: their owner is answered otherwise than who makes them up.
    private static let typed: Set<MarkedMember.Handle.Kind> = [
        .portfolio, .account, .strategy, .symbol, .campaignNumber, .campaignUID, .tokenName,
        .hookName, .quarantineNumber, .orderUID,
    ]

    @Test func `every argument of every command has something to be tried with`() {
        #expect(CommandForm.unknownPlaces == [])
        #expect(Set(CommandForm.all.map(\.command.name)).count == Commands.all.count)
    }

    @Test(arguments: TestBackend.allCases)
    func `what is another's is answered like what does not exist, by every command`(
        _ backend: TestBackend
    ) async throws {
        try await Desk.run(limits: Limits(maxUsers: 1000), on: backend) { desk in
            let ada = try await MarkedMember.settle(in: desk.world)
            #expect(
                Set(ada.handles.map(\.kind)).isSuperset(of: Self.typed), "\(ada.handles)")
            let before = try await Self.everything(of: ada, desk)
            // Which text it is makes no difference to a database: one tries what names something.
            let handles =
                backend == .sqlite
                ? ada.handles : ada.handles.filter { Self.typed.contains($0.kind) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, form) in CommandForm.all.enumerated() {
                    group.addTask {
                        try await Self.probe(
                            form, number: Int64(number), for: handles, ada, desk)
                    }
                }
                try await group.waitForAll()
            }
            for (now, then) in zip(try await Self.everything(of: ada, desk), before) {
                #expect(now == then)
            }
            #expect(try await Self.taken(by: ada, desk) == Self.typed)
        }
    }

    /// Two members who have the same ask: one for what is another's, one for what is made up.
    private static func probe(
        _ form: CommandForm, number: Int64, for handles: [MarkedMember.Handle],
        _ ada: MarkedMember, _ desk: Desk
    ) async throws {
        let ids = (prying: 20_000 + 2 * number, guessing: 20_001 + 2 * number)
        _ = try await desk.world.settledMember(ids.prying)
        _ = try await desk.world.settledMember(ids.guessing)
        let prying = desk.console(ids.prying)
        let guessing = desk.console(ids.guessing)
        for handle in handles {
            for (asked, guessed) in zip(
                form.lines(with: handle.text), form.lines(with: handle.madeUp))
            {
                let answer = try await prying.says(asked)
                let other = try await guessing.says(guessed)
                #expect(
                    Likeness.of(answer, askedFor: handles.map(\.text))
                        == Likeness.of(other, askedFor: handles.map(\.madeUp)),
                    "\(asked) is answered otherwise than \(guessed)")
                #expect(ada.secretTraces(in: answer) == [], "\(asked)")
                // Who never said a word of hers hears none.
                #expect(ada.traces(in: other) == [], "\(guessed)")
                // So that the proposals do not reach their limit.
                for (console, shown) in [(prying, answer), (guessing, other)]
                where shown.contains("[2] Discard") {
                    _ = try await console.says("2")
                }
            }
        }
    }

    /// What every command shows its owner.
    private static func everything(
        of ada: MarkedMember, _ desk: Desk
    ) async throws -> [String] {
        let console = desk.console(MarkedMember.telegramUserID, username: "zqxowner")
        var shown: [String] = []
        // Rates are everybody's, and anybody stores them.
        for command in Commands.all where command.access < .admin && command.name != "fx" {
            for argument in ["", " zqxbook", " zqxcoin", " all"] {
                let answer = try await console.says("/\(command.name)\(argument)")
                if answer.contains("[2] Discard") { _ = try await console.says("2") }
                shown.append(answer)
            }
        }
        return shown
    }

    /// The kinds for which some command answers their owner otherwise than for what is made up.
    private static func taken(
        by ada: MarkedMember, _ desk: Desk
    ) async throws -> Set<MarkedMember.Handle.Kind> {
        let console = desk.console(MarkedMember.telegramUserID, username: "zqxowner")
        var taken: Set<MarkedMember.Handle.Kind> = []
        for handle in ada.handles where typed.contains(handle.kind) {
            for form in CommandForm.all where !taken.contains(handle.kind) {
                for (own, guessed) in zip(
                    form.lines(with: handle.text), form.lines(with: handle.madeUp))
                {
                    // What is made up first: it changes nothing.
                    let other = try await console.says(guessed)
                    let answer = try await console.says(own)
                    if Likeness.of(answer, askedFor: [handle.text])
                        != Likeness.of(other, askedFor: [handle.madeUp])
                    {
                        taken.insert(handle.kind)
                    }
                }
            }
        }
        return taken
    }

    private static let outsiders: [(id: Int64, title: String)] = [
        (3001, "You are not a member yet"), (3002, "Your request is waiting"),
        (3003, "Your request was declined"), (3004, "Your membership has ended"),
    ]

    @Test func `who is no member hears how they stand, whatever they send`() async throws {
        try await Desk.run(limits: Limits(maxUsers: 50)) { desk in
            let ada = try await MarkedMember.settle(in: desk.world)
            let users = desk.world.services.users
            for id in [3002, 3003] as [Int64] {
                _ = try await users.register(telegramUserID: id, username: nil)
            }
            _ = try await users.reject(3003, by: .owner)
            _ = try await desk.member(3004)
            _ = try await users.change(.deactivate, 3004, by: .owner)
            for (id, title) in Self.outsiders {
                let console = desk.console(id)
                for form in CommandForm.all where form.command.name != "start" {
                    for handle in ada.handles {
                        let answer = try await console.says("\(form.head) \(handle.text)")
                        #expect(answer.hasPrefix(title), "\(id): \(form.head) \(handle.text)")
                        #expect(ada.traces(in: answer) == [])
                    }
                }
                let state = try await users.user(telegramUserID: id)?.state
                #expect(state != .approved)
            }
        }
    }
}
