import Ledger
import Records
import Services

extension Command {
    static let export = Command(
        "export", "Your lists as files, for a spreadsheet or a program",
        arguments: "[trades|positions|campaigns|pnl|all] [csv|json] [portfolio] [period]",
        example: "/export trades csv main ytd", isPrivateOnly: true,
        body: .approved { request, caller in
            guard !request.arguments.isEmpty else { return try ExportQuestion.choice(request) }
            let question = try await ExportQuestion(request, caller)
            return question.screen
        })
}

/// What is to be written to files.
private struct ExportQuestion {
    private let export: ListExport
    private let periodText: String

    private static let all = "all"
    private static let standardPeriod = "all"

    init(_ request: CommandRequest, _ caller: Caller) async throws {
        let today = request.services.performance.today
        var (word, rest) = request.arguments.firstAndRest
        var subjects = ListExport.Subject.allCases
        if let subject = ListExport.Subject(rawValue: word.lowercased()) {
            subjects = [subject]
        } else if word.lowercased() != Self.all {
            throw CommandRefusal.misused(
                "“\(word.shortened)” is none of: trades, positions, campaigns, pnl, all.")
        }
        var format = ListExport.Format.csv
        (word, _) = rest.firstAndRest
        if let named = ListExport.Format(rawValue: word.lowercased()) {
            format = named
            rest = rest.firstAndRest.rest
        }
        let words = try await request.listWords([.period, .portfolio], of: caller, in: rest)
        let said = try words.period(or: Self.standardPeriod, today: today)
        periodText = said.name
        export = ListExport(
            subjects, as: format, for: Authority(caller: caller), portfolio: words.portfolio,
            period: said.name == Self.standardPeriod
                ? ListExport.everything(today: today) ?? said.period : said.period,
            on: today)
    }

    var screen: Screen {
        let names = export.subjects.map { $0 == .pnl ? "P&L by day" : $0.rawValue }
        return Screen(
            title: "Export: \(names.joined(separator: ", "))",
            blocks: [
                .facts([
                    Fact("Format", .text(export.format.rawValue)),
                    Fact("Portfolio", .text(export.portfolio?.text ?? "all")),
                    Fact("Period", .text(periodText)),
                ]),
                .note("The files follow. Times and days are UTC; positions are those of now."),
            ], attachment: .export(export))
    }

    static func choice(_ request: CommandRequest) throws(ScreenError) -> Screen {
        var buttons: [Button] = []
        for name in ListExport.Subject.allCases.map(\.rawValue) + [all] {
            buttons.append(try request.button(name, place: "", arguments: name))
        }
        return Screen(
            title: "What do you want as a file?",
            blocks: [
                .note("As CSV, of all portfolios and days; or say more:"),
                .facts([
                    Fact("Usage", .code(request.command.usage)),
                    Fact("Example", .code(request.command.example)),
                ]),
            ], buttons: [buttons])
    }
}
