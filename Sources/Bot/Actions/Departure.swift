import Ledger
import Records
package import Services
import Wire

/// A member's wish to leave.
package struct Departure: Sendable, Hashable {
    let erasure: Erasure
    /// Who wishes it; nil until it is confirmed.
    var caller: Caller?

    /// Throws `CommandRefusal` for what names no way to leave.
    init(_ arguments: Arguments) throws(CommandRefusal) {
        switch arguments.text.lowercased() {
        case "", "erase": erasure = .erase
        case "anonymise", "anonymize": erasure = .anonymise
        default:
            throw .misused("“\(arguments.text.shortened)” is neither erase nor anonymise.")
        }
    }

    init?(_ action: PendingAction, by caller: Caller) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let erasure = content["erasure"]?.string.flatMap(Erasure.init(rawValue:))
        else { return nil }
        self.erasure = erasure
        self.caller = caller
    }

    var json: String {
        String(
            decoding: JSONWriter.object { $0.write("erasure", erasure.rawValue) }, as: UTF8.self)
    }

    var words: String {
        switch erasure {
        case .erase: "everything of yours is erased, trades and all"
        case .anonymise: "your trades stay in the group's books, without your name"
        }
    }

    var other: Cell {
        switch erasure {
        case .erase:
            "To leave your trades to the group's books, nameless: \(code: "/deleteme anonymise")."
        case .anonymise: "To have your trades erased, too: \(code: "/deleteme erase")."
        }
    }

    /// Everything of theirs, after which the admins are asked.
    func export(today: Day) -> ListExport? {
        guard let caller, let period = ListExport.everything(today: today) else { return nil }
        var export = ListExport(
            ListExport.Subject.allCases, as: .csv, for: Authority(caller: caller), period: period,
            on: today)
        export.includesClosed = true
        export.next = .askAdmins(self)
        return export
    }

    /// What is said to the one who leaves. Throws `ServiceError` and what storage throws.
    package func askAdmins(_ services: Services) async throws -> Screen {
        guard let caller else { throw ServiceError.outdatedProposal }
        let count = try await services.users.askToErase(caller, erasure)
        return Screen(
            title: "The admins are asked",
            blocks: [
                .facts([Fact("Asked", "\(count) \(count == 1 ? "admin" : "admins")")]),
                .note("Keep the files above. You will hear no more from here once it is done."),
            ])
    }
}

extension ServiceError {
    static let outdatedProposal = ServiceError(
        .invalid, code: "INVALID_FIELD",
        detail: "another version of the bot proposed this: send the command again")
}

extension ActionKind {
    /// A member's own Confirm: what is done about it waits for the files, and for an admin.
    static let deleteMe = ActionKind(
        name: "deleteme", title: { _ in "leave the ledger" },
        perform: { action, services, caller in
            guard Departure(action, by: caller) != nil else { throw ServiceError.outdatedProposal }
            try await services.users.checkMayLeave(caller)
            return "{}"
        },
        facts: { _, _ in [Fact("Next", "your files, then the admins are asked")] },
        attachment: { action, services, caller in
            Departure(action, by: caller)?.export(today: services.performance.today)
                .map(Attachment.export)
        })

    /// An admin's Confirm: it is done.
    static let erase = ActionKind(
        name: "erase",
        title: { action in
            let request = ErasureRequest(json: action.contentJSON)
            return "\(request?.erasure.rawValue ?? "erase") \(request?.shownName ?? "a member")"
        },
        perform: { action, services, caller in
            guard let admin = caller.administrator else {
                throw ServiceError(
                    .forbidden, code: "NOT_AN_ADMIN", detail: "only an admin may do this")
            }
            // Once it is done the request no longer says whom it was about.
            guard let request = ErasureRequest(json: action.contentJSON) else {
                return "{\"outcome\":\"done before\"}"
            }
            let isDone = try await services.users.erase(request, by: admin)
            return "{\"outcome\":\"\(isDone ? "done" : "done before")\"}"
        },
        facts: { _, resultJSON in
            let outcome = (try? JSONValue(parsing: resultJSON))?["outcome"]?.string ?? "done"
            return [Fact("Outcome", .text(outcome))]
        })
}

extension ErasureRequest {
    var shownName: String { username.map { "@\($0)" } ?? "user \(telegramUserID)" }

    /// To an admin, with the buttons of the request's token.
    func screen(token: String) throws(ScreenError) -> Screen {
        Screen(
            title: "\(shownName) wants to leave",
            blocks: [
                .facts([
                    Fact("Name", .text(username.map { "@\($0)" } ?? "none")),
                    Fact("Telegram id", "\(telegramUserID)"),
                    Fact(
                        "What is done",
                        erasure == .erase
                            ? "everything of theirs is erased, trades and all"
                            : "their trades stay, without their name"),
                ]),
                .note("They have their files. Confirm does it at once; it can't be undone."),
            ], buttons: try Confirmation.buttons(token: token))
    }
}
