import Ledger
import Records
import Services

/// A command as it was called, with all that it may use.
struct CommandRequest: Sendable {
    let services: Services
    let approval: Approval
    let gauges: BotGauges
    let command: Command
    let sender: Person
    /// Nil for a stranger.
    let user: User?
    let arguments: Arguments
    /// Where what people send is to be had.
    let files: SentFiles
    /// What was sent with the command.
    var file: SentFile?
    /// Where in its list the screen begins, as a button carried it; empty at the beginning.
    var place = ""
    /// To be handed to the service that acts, which does it once for one update.
    let update: IncomingUpdate?

    /// In which the sender is shown times.
    var zone: TimeZoneRules { services.settings.zone(of: user) }

    /// The place that stands for the picture below the screen instead of a page of it.
    static let picturePlace = "chart"

    /// Whether a picture belongs to the answer: to a message, and where its button is pressed, but
    /// not where a message only shows something else.
    var wantsPicture: Bool { !arguments.isFromButton || place == Self.picturePlace }

    /// Counted from 1.
    var page: Int { Int(place) ?? 1 }
}

extension CommandRequest {
    /// The caller's portfolio that `arguments` name; nil where they are empty.
    func portfolio(
        _ arguments: Arguments, of caller: Caller
    ) async throws -> ExactText? {
        guard !arguments.isEmpty else { return nil }
        // What was archived can still be looked at by its name, and is offered to nobody.
        let all = try await services.portfolios.all(for: caller, includingArchived: true)
        guard let name = arguments.pick(from: all.map(\.name)) else {
            throw CommandRefusal.unknownName(
                arguments.text, kind: "portfolio",
                known: all.filter { !$0.isArchived }.map(\.name))
        }
        return name
    }

    /// A button that shows this command anew; only the one who asked may press it.
    func button(
        _ label: String, place: String = "1", arguments: String, style: Button.Style? = nil
    ) throws(ScreenError) -> Button {
        try Button(label, action: action(place: place, arguments: arguments), style: style)
    }

    func action(place: String, arguments: String) -> String {
        ButtonAction.show(
            command: command.name, owner: sender.telegramUserID, place: place,
            arguments: arguments
        ).data
    }

    /// The page that was asked for of a screen with one long table.
    ///
    /// `arguments` are what its buttons carry. `buttons` stand below those that turn the pages,
    /// `links`, those that belong to a page's rows, above; `details` of these rows stand below the
    /// table.
    func paged(
        _ title: String, facts: [Fact] = [], table: Table, notes: [Cell] = [],
        arguments: String = "", rowsAtMost: Int = .max,
        links: (Page) throws(ScreenError) -> [[Button]] = { _ in [] }, buttons: [[Button]] = [],
        details: (_ rows: Range<Int>) -> [Block] = { _ in [] }
    ) throws(ScreenError) -> Screen {
        try Paging.screen(
            page, of: table, in: zone, rowsAtMost: rowsAtMost
        ) { page throws(ScreenError) in
            let navigation = try page.navigation {
                action(place: String($0), arguments: arguments)
            }
            return Screen(
                title: title,
                blocks: [.facts(facts), .table(page.table)] + details(page.rows)
                    + notes.map(Block.note),
                buttons: (try links(page) + [navigation] + buttons).filter { !$0.isEmpty })
        }
    }
}
